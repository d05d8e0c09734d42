"""A few answers asked for while those before them are used, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Answer = TypeVar("Answer")


def in_order(ask: Callable[[Job], Answer], jobs: Iterable[Job], at_once: int) -> Iterator[Answer]:
    """The answers in the order of the jobs, at most `at_once` of them asked for or waiting to be used."""
    waiting: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(at_once) as pool:
        try:
            for job in jobs:
                waiting.append(pool.submit(ask, job))
                if len(waiting) >= at_once:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def read_ahead(items: Iterator[Answer]) -> Iterator[Answer]:
    """The items in their order, the next one made in a thread while one is used. None of them is None."""
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(next, items, None)
        while (found := ahead.result()) is not None:
            ahead = pool.submit(next, items, None)
            yield found
