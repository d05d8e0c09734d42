from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from allocation.evaluate.closing import closed_by, closings, mass_closing_days, quantiles
from allocation.evaluate.settings import MassClosing

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
    assert list(quantiles(days, NO, np.ones(10), np.array([0.5, 0.9]))) == [5, 9]


def test_open_requests_make_the_quantile_longer_and_may_leave_it_unseen() -> None:
    days, censored = np.array([1.0, 2, 3, 3, 3]), np.array([False, False, True, True, True])
    half = np.array([0.5])
    assert np.isnan(quantiles(days, censored, np.ones(5), half))
    assert quantiles(days[:3], censored[:3], np.ones(3), half) == 2


RULE = MassClosing(times=10, at_least=50)
OPEN = 999


def _usual(days: int) -> tuple[np.ndarray, np.ndarray]:
    """Ten requests filed a day, closed on the next."""
    filed = np.repeat(np.arange(days), 10)
    return filed, filed + 1


def _found(filed: np.ndarray, closed: np.ndarray, rule: MassClosing = RULE) -> set[int]:
    return mass_closing_days(filed, closed, closed == OPEN, rule)


def test_a_day_on_which_the_list_of_old_requests_is_cleared_is_clerical() -> None:
    filed, closed = _usual(200)
    old, open_still = np.arange(120), np.arange(5)
    filed, closed = np.concatenate([filed, old, open_still]), np.concatenate([closed, np.full(120, 150), [OPEN] * 5])
    assert _found(filed, closed) == {150}
    assert _found(filed, closed, MassClosing(times=10, at_least=200)) == set()
    none = np.zeros(0, dtype=np.int64)
    assert _found(none, none) == set()


def test_crews_after_a_storm_are_no_clerks_whether_they_close_the_newest_or_a_part_of_a_queue() -> None:
    filed, closed = _usual(200)
    soon, storm, queue = np.full(300, 150), np.full(600, 150), 155 + np.arange(600) // 120
    assert _found(np.concatenate([filed, soon]), np.concatenate([closed, soon + 1])) == set()
    assert _found(np.concatenate([filed, storm]), np.concatenate([closed, queue])) == set()


def test_late_is_closed_after_the_due_day_and_an_open_one_counts_once_it_has_passed() -> None:
    rows = _rows([1, 4, 5, 9, 2], [False, False, False, True, True])
    (found,) = closings(rows).values()
    assert found.late_share == pytest.approx(2 / 4), "what is censored before its due day is not judged"


def test_what_falls_due_on_the_last_day_seen_is_not_judged() -> None:
    (found,) = closings(_rows([1, 2, 4], [False, False, True], due=4)).values()
    assert np.isnan(found.late_share)


def test_the_share_closed_by_a_day_is_that_of_the_quantiles() -> None:
    rows = _rows([1, 2, 2, 5, 7], [False, False, False, False, True])
    np.testing.assert_allclose(closed_by(rows, np.array([0.0, 1, 2, 4, 5, 30])), [0, 0.2, 0.6, 0.6, 0.8, 0.8])
