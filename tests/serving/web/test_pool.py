"""Processes that solve: bounded, replaced when they die, and honest about what went wrong in them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from configs.locks import inline_lock
from domain.errors import LockError, SolveFailedError, TooOftenError
from serving.web.pool import NICE, WAITING_EACH, Pool
from serving.web.works import Works


def slow(value: int) -> int:
    time.sleep(0.5)
    return value


@pytest.fixture
def pool() -> Iterator[Pool]:
    works = Works(solve=time.sleep, publish=str, file_sheet=len, warm=os.getpid)
    made = Pool(works, 1)
    yield made
    made.close()


def test_work_is_done_elsewhere_and_yields(pool) -> None:
    own = os.nice(0)
    assert asyncio.run(pool.run(os.nice, 0)) == min(own + NICE, 19)


def test_no_more_is_begun_than_can_wait(pool) -> None:
    async def crowd() -> list[object]:
        asks = [pool.run(time.sleep, 0.2) for _ in range(2 + WAITING_EACH)]
        return await asyncio.gather(*asks, return_exceptions=True)

    found = asyncio.run(crowd())
    assert [type(one) for one in found] == [type(None)] * (1 + WAITING_EACH) + [TooOftenError]
    assert asyncio.run(pool.run(str, 5)) == "5"


def test_what_takes_too_long_is_finished_all_the_same(pool, monkeypatch) -> None:
    """So a publication that nobody waits for any more still has its line in the audit log."""
    monkeypatch.setattr("serving.web.pool.LONGEST_SECONDS", 0.1)
    told: list[float] = []

    async def asked() -> None:
        await asyncio.to_thread(pool.warm)
        with pytest.raises(SolveFailedError, match="longer than") as found:
            await pool.run(slow, 7, told.append, "look later")
        assert found.value.remedy == "look later"
        assert told == []
        for _ in range(200):
            await asyncio.sleep(0.05)
            if told:
                break

    asyncio.run(asked())
    assert told == [7]


def test_an_error_of_ours_arrives_with_its_remedy(pool) -> None:
    with pytest.raises(LockError) as found:
        asyncio.run(pool.run(inline_lock, "nonsense"))
    assert "it is not a date" in found.value.what
    assert found.value.remedy


def test_a_process_that_dies_is_replaced(pool) -> None:
    with pytest.raises(SolveFailedError, match="ended"):
        asyncio.run(pool.run(os._exit, 3))
    assert asyncio.run(pool.run(str, 5)) == "5"
