"""Fitting to records that a known law made: a queue of one working day at full pace, longer in a busy month."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from allocation.evaluate.fit import SHARES, Fitted, fit
from allocation.waits import Waits

ALWAYS = (True,) * 7
FIRST = 738_906  # a Sunday
DAYS, A_DAY = 168, 40
LAST = FIRST + DAYS + 120
BUSY = range(56, 84)
WORK = [
    SimpleNamespace(category="pothole", kind="queue", waits=None),
    SimpleNamespace(category="flooding", kind="event", waits=None),
]


def _law(fitted: Fitted) -> pd.DataFrame:
    """Every category alike: the wait, then a day of queue, and in the busy month 12 days of it at a pace of 1."""
    parts = []
    for j, work in enumerate(WORK):
        shares = np.ones(1) if fitted.waits is None else fitted.waits.shares[j]
        wait = np.flatnonzero(shares)
        filed = np.repeat(FIRST + np.arange(DAYS), len(wait))
        busy = np.isin(filed - FIRST, BUSY)
        queue = 1 + np.where(busy, round(12 / fitted.pace[work.category]), 0)
        closed = filed + np.tile(wait, DAYS) + queue
        parts.append(
            pd.DataFrame(
                {
                    "category": work.category, "filed": filed, "due": filed + 4.0, "closed": closed,
                    "is_censored": closed > LAST, "weight": A_DAY * np.tile(shares[wait], DAYS),
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _recorded(fitted: Fitted) -> pd.DataFrame:
    """One row a request."""
    rows = _law(fitted)
    return rows.loc[np.repeat(rows.index, np.round(rows["weight"]).astype(int))].assign(weight=1.0)


def _waits(*rows: dict[int, float]) -> Waits:
    shares = np.zeros((len(rows), 31))
    for j, row in enumerate(rows):
        shares[j, list(row)] = list(row.values())
    return Waits(shares, (ALWAYS,) * len(rows))


TRUE = Fitted(
    {"pothole": 1.4, "flooding": 4.0}, _waits({0: 0.25, 2: 0.5, 10: 0.15, 30: 0.1}, {0: 0.9, 5: 0.05, 20: 0.05})
)


def _fit(recorded: pd.DataFrame) -> Fitted:
    work: Any = WORK
    return fit(recorded, work, (ALWAYS, ALWAYS), _law)


def test_waits_and_paces_that_made_a_record_are_found_again() -> None:
    found = _fit(_recorded(TRUE))
    assert found.pace == TRUE.pace
    assert found.waits is not None
    assert TRUE.waits is not None
    np.testing.assert_allclose(found.waits.shares, TRUE.waits.shares, atol=1 / len(SHARES))
    assert [found.waits.days(0, share) for share in (0.5, 0.9)] == [2, 10]


def test_a_queue_slower_than_doubts_of_its_minutes_go_is_not_fitted_away() -> None:
    found = _fit(_recorded(Fitted({"pothole": 0.2, "flooding": 1.0})))
    assert found.pace["pothole"] == 0.7
    assert found.waits is None, "days that left no queue show no wait"


def test_stated_waits_are_played_as_they_stand_and_only_the_others_are_fitted() -> None:
    stated = SimpleNamespace(days={0: 0.33, 7: 0.67}, weekdays=ALWAYS)
    work: Any = [SimpleNamespace(category="pothole", kind="queue", waits=stated), WORK[1]]
    played: list[Fitted] = []

    def law(fitted: Fitted) -> pd.DataFrame:
        played.append(fitted)
        return _law(fitted)

    found = fit(_recorded(TRUE), work, (ALWAYS, ALWAYS), law)
    for one in [*played, found]:
        assert one.waits is not None
        assert dict(enumerate(one.waits.shares[0][:8])) == {d: stated.days.get(d, 0.0) for d in range(8)}
    assert TRUE.waits is not None
    assert found.waits is not None
    np.testing.assert_allclose(found.waits.shares[1], TRUE.waits.shares[1][: found.waits.shares.shape[1]], atol=0.026)
    assert found.stated == {"pothole"}


def test_too_few_requests_fit_nothing() -> None:
    few = _recorded(TRUE).groupby("category").head(99)
    assert _fit(few) == Fitted({"pothole": 1.0, "flooding": 1.0})
