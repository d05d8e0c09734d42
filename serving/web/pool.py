"""Solving in a few processes of its own: pages stay quick, and no more is begun than can be finished."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from threading import Lock, Thread
from typing import Any, TypeVar

from domain.errors import SolveFailedError, TooOftenError
from serving.web.works import Works

Ask = TypeVar("Ask")
Told = TypeVar("Told")
WAITING_EACH = 3
"""So many asks may wait for each process."""
LONGEST_SECONDS = 180.0
LATE = "ask for fewer changes at once"
NICE = 5


class Pool:
    """The processes start with the first ask, or with `warm`; one that dies takes its asks with it and is replaced."""

    def __init__(self, works: Works, processes: int) -> None:
        self.works = works
        self._processes = processes
        self._lock = Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._under_way = 0
        self._tasks: set[asyncio.Future[Any]] = set()

    async def run(
        self, work: Callable[[Ask], Told], ask: Ask, then: Callable[[Told], None] | None = None, late: str = LATE
    ) -> Told:
        """The work's answer. then: called with it before it is given, and also where nobody waits for it any more.
        late: what to do where it takes too long; it goes on to its end all the same.

        Raises what work and then raise, TooOftenError where too many wait, SolveFailedError where it takes too long or
        its process died.
        """
        if self._under_way >= self._processes * (1 + WAITING_EACH):
            raise TooOftenError(
                "too many plans are being solved just now", remedy="wait a little, and ask again", seconds=10
            )
        self._under_way += 1
        with _untouched_by_ctrl_c():
            future = asyncio.get_running_loop().run_in_executor(self._executor(), work, ask)
        task = asyncio.ensure_future(self._finished(future, then))
        self._tasks.add(task)  # the loop alone would let go of one that nobody waits for
        task.add_done_callback(self._tasks.discard)
        try:
            return await asyncio.wait_for(asyncio.shield(task), LONGEST_SECONDS)
        except TimeoutError as error:
            raise SolveFailedError(f"this takes longer than {LONGEST_SECONDS:.0f} seconds", remedy=late) from error
        except BrokenProcessPool as error:
            self.close()
            raise SolveFailedError("the process that was solving ended", remedy="try again") from error

    def warm(self) -> None:
        """Start the processes, so that the first planner does not wait for it."""
        with _untouched_by_ctrl_c():
            for _ in range(self._processes):
                self._executor().submit(self.works.warm)

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    async def _finished(self, future: asyncio.Future[Told], then: Callable[[Told], None] | None) -> Told:
        try:
            told = await future
        finally:
            self._under_way -= 1
        if then is not None:
            then(told)
        return told

    def _executor(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=_behave)
            return self._pool


@contextmanager
def _untouched_by_ctrl_c() -> Iterator[None]:
    """Processes begun in the block never see Ctrl-C, not even while they import: it is the server's to handle."""
    resource_tracker.ensure_running()  # begun later, it would unblock the signal before our processes start
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _behave() -> None:
    """Solving yields to serving, and ends with it, also where the server was killed."""
    os.nice(NICE)
    server = multiprocessing.parent_process()
    if server is not None:
        Thread(target=_leave_with, args=(server,), daemon=True).start()


def _leave_with(server: BaseProcess) -> None:
    server.join()
    os._exit(1)
