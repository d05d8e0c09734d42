from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from allocation.evaluate.closing import closings, is_calibrated, mass_closing_days, matches, quantile_days
from allocation.evaluate.settings import MassClosing, Tolerance

MONDAY = 738_900  # 2024-01-15
NO = np.zeros(10, dtype=bool)


def _rows(days: list[int], censored: list[bool] | None = None, due: int = 4) -> pd.DataFrame:
    n = len(days)
    return pd.DataFrame(
        {
            "category": ["pothole"] * n,
            "filed": [MONDAY] * n,
            "due": [float(MONDAY + due)] * n,
            "closed": [MONDAY + d for d in days],
            "is_censored": censored or [False] * n,
            "weight": [1.0] * n,
        }
    )


def test_quantiles_without_censoring_are_the_plain_ones() -> None:
    days = np.arange(1, 11, dtype=float)
    assert quantile_days(days, NO, np.ones(10), 0.5) == 5
    assert quantile_days(days, NO, np.ones(10), 0.9) == 9


def test_open_requests_make_the_quantile_longer_and_may_leave_it_unseen() -> None:
    days, censored = np.array([1.0, 2, 3, 3, 3]), np.array([False, False, True, True, True])
    assert np.isnan(quantile_days(days, censored, np.ones(5), 0.5))
    assert quantile_days(days[:3], censored[:3], np.ones(3), 0.5) == 2


def test_a_day_that_closes_ten_times_the_usual_is_clerical() -> None:
    closed = pd.Series([1, 1, 2, 2, 3, 3] + [4] * 60)
    assert mass_closing_days(closed, MassClosing(times=10, at_least=50)) == {4}
    assert mass_closing_days(closed, MassClosing(times=10, at_least=100)) == set()
    assert mass_closing_days(closed[:0], MassClosing()) == set()


def test_late_is_closed_after_the_due_day_and_an_open_one_counts_once_it_has_passed() -> None:
    rows = _rows([1, 4, 5, 9, 2], [False, False, False, True, True])
    (found,) = closings(rows).values()
    assert found.late_share == pytest.approx(2 / 4), "what is censored before its due day is not judged"


def test_a_replay_like_the_record_is_calibrated_and_one_twice_as_slow_is_not() -> None:
    record = _rows([1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 5)
    slow = record.assign(closed=record["filed"] + 2 * (record["closed"] - record["filed"]))
    rule = Tolerance()
    assert is_calibrated(matches(record, record, rule))
    assert not is_calibrated(matches(record, slow, rule))
    assert not is_calibrated(matches(record[:5], record[:5], rule)), "too few requests judge nothing"
