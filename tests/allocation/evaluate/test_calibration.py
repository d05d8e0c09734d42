from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.evaluate.calibration import is_calibrated, matches, told
from allocation.evaluate.settings import Tolerance

MONDAY = 738_900  # 2024-01-15
RULE = Tolerance()


def _rows(days: list[int], category: str = "pothole") -> pd.DataFrame:
    n = len(days)
    return pd.DataFrame(
        {
            "category": [category] * n,
            "filed": [MONDAY] * n,
            "due": [float(MONDAY + 4)] * n,
            "closed": [MONDAY + d for d in days],
            "is_censored": [False] * n,
            "weight": [1.0] * n,
        }
    )


RECORD = _rows([1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 5)


def test_a_replay_like_the_record_is_calibrated_and_one_twice_as_slow_is_not() -> None:
    slow = RECORD.assign(closed=RECORD["filed"] + 2 * (RECORD["closed"] - RECORD["filed"]))
    assert is_calibrated(matches(RECORD, RECORD, RULE))
    assert not is_calibrated(matches(RECORD, slow, RULE))
    assert not is_calibrated(matches(RECORD[:5], RECORD[:5], RULE)), "too few requests judge nothing"


def test_what_differs_is_told_with_category_quarter_and_both_figures() -> None:
    slow = RECORD.assign(closed=RECORD["filed"] + 2 * (RECORD["closed"] - RECORD["filed"]))
    other = _rows([1, 2, 3, 4] * 10, "flooding")
    found = matches(pd.concat([RECORD, other]), pd.concat([slow, other]), RULE)
    text = told(found)
    assert text.startswith("not calibrated: 1 of 2 categories and quarters lie within the stated error")
    assert "pothole 2024Q1: median 5 days against 10 days, 90th percentile 9 days against 18 days, late 60%" in text
    assert "flooding" not in text


def test_a_quantile_that_one_side_alone_has_not_seen_is_told_as_unknown() -> None:
    never = RECORD.assign(is_censored=True, closed=MONDAY + 11)
    (match,) = matches(RECORD, never, RULE)
    assert match.outside == ("median_days", "p90_days", "late_share")
    assert np.isnan(match.replayed.median_days)
    assert "median 5 days against unknown" in told([match])


def test_of_many_that_differ_the_first_are_named_and_the_rest_counted() -> None:
    slow = RECORD.assign(closed=RECORD["filed"] + 30)
    (match,) = matches(RECORD, slow, RULE)
    assert told([match] * 9).endswith("; and 3 more")


def test_a_recorded_quarter_of_which_nothing_was_replayed_is_no_match() -> None:
    other = _rows([1, 2, 3, 4] * 10, "flooding")
    found = matches(pd.concat([RECORD, other]), RECORD, RULE)
    assert not is_calibrated(found)
    assert "flooding 2024Q1: median 2 days against unknown" in told(found)
