from __future__ import annotations

from datetime import date

import numpy as np

from models.history.record import Break, History
from models.history.windows import BEFORE_DAYS, FEWEST, SETTLED_DAYS, learnable

DAYS, LEADS = 400, 14
ORIGINS = np.arange(30, DAYS - LEADS, 3, dtype=np.intp)


def history(trust: dict[int, float], *breaks: int) -> History:
    weight = np.ones(DAYS)
    for day, value in trust.items():
        weight[day] = value
    return History(weight, tuple(Break(at, date(2024, 1, 1), 2.0) for at in breaks), ())


def test_a_window_with_a_gap_in_or_before_it_says_nothing_of_errors_and_one_with_a_catastrophe_does() -> None:
    kept = learnable(history({200: 0.0}), ORIGINS, LEADS)
    gone = sorted(set(ORIGINS.tolist()) - set(kept.tolist()))
    assert gone == [t for t in ORIGINS if 200 - LEADS <= t < 200 + BEFORE_DAYS]
    assert gone
    np.testing.assert_array_equal(learnable(history({200: 0.1}), ORIGINS, LEADS), ORIGINS)


def test_windows_from_before_the_last_break_are_left_out_where_enough_came_after() -> None:
    kept = learnable(history({}, 100, 150), ORIGINS, LEADS)
    assert 150 + SETTLED_DAYS <= kept.min() < 150 + SETTLED_DAYS + 3
    late = DAYS - LEADS - 3 * (FEWEST - 2)
    np.testing.assert_array_equal(learnable(history({}, late), ORIGINS, LEADS), ORIGINS)


def test_where_few_windows_would_be_left_all_are_kept() -> None:
    np.testing.assert_array_equal(learnable(history(dict.fromkeys(range(DAYS), 0.0)), ORIGINS, LEADS), ORIGINS)
