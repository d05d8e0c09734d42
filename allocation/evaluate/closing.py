"""How long requests took, recorded or replayed: quantiles of days to close that know of the open ones, and lateness.

Open requests, and those closed on a clerical day, are censored: they took at least so long. Quantiles are those of
Kaplan and Meier (1958). Late means closed after the due day, or open when it passed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.dense import Bools
from allocation.evaluate.settings import MassClosing, Tolerance
from domain.panel import Floats

COLUMNS = ("category", "filed", "due", "closed", "is_censored", "weight")
"""One row a request or cohort: ordinal days; closed is the last day seen where is_censored; weight in requests."""


@dataclass(frozen=True)
class Closing:
    """One category and quarter. NaN where a quantile lies beyond what was seen, or nothing had a due day."""

    median_days: float
    p90_days: float
    late_share: float
    requests: float


@dataclass(frozen=True)
class Match:
    category: str
    quarter: str
    recorded: Closing
    replayed: Closing
    is_within: bool


def mass_closing_days(closed: pd.Series, rule: MassClosing) -> set[int]:
    """Ordinal days that closed `times` the median of days with closures, and at least so many."""
    counts = closed.value_counts()
    if counts.empty:
        return set()
    most = max(rule.times * float(counts.median()), rule.at_least)
    return {int(day) for day in counts.index[counts >= most]}


def quantile_days(days: Floats, is_censored: Bools, weight: Floats, share: float) -> float:
    """The day by which `share` are closed; NaN where so many were not seen to close."""
    if not len(days):
        return float("nan")
    times, at = np.unique(days, return_inverse=True)
    ended = np.bincount(at, np.where(is_censored, 0.0, weight), minlength=len(times))
    total = np.bincount(at, weight, minlength=len(times))
    at_risk = total[::-1].cumsum()[::-1]
    alive = np.cumprod(1 - np.divide(ended, at_risk, out=np.zeros(len(times)), where=at_risk > 0))
    reached = np.flatnonzero(alive <= 1 - share + 1e-9)
    return float(times[reached[0]]) if len(reached) else float("nan")


def closings(rows: pd.DataFrame) -> dict[tuple[str, str], Closing]:
    """By category and quarter filed."""
    quarter = pd.to_datetime(rows["filed"] - 719_163, unit="D").dt.to_period("Q").astype(str)
    found = {}
    for (category, name), part in rows.groupby([rows["category"], quarter], sort=True):
        found[str(category), str(name)] = _closing(part)
    return found


def _closing(part: pd.DataFrame) -> Closing:
    days = (part["closed"] - part["filed"]).clip(lower=0).to_numpy(dtype=float)
    censored, weight = part["is_censored"].to_numpy(dtype=bool), part["weight"].to_numpy(dtype=float)
    due = part["due"].to_numpy(dtype=float)
    late = part["closed"].to_numpy(dtype=float) > due
    judged = np.isfinite(due) & (late | ~censored)
    share = float(weight[judged & late].sum() / weight[judged].sum()) if weight[judged].sum() > 0 else float("nan")
    return Closing(
        quantile_days(days, censored, weight, 0.5),
        quantile_days(days, censored, weight, 0.9),
        share,
        float(weight.sum()),
    )


def matches(recorded: pd.DataFrame, replayed: pd.DataFrame, rule: Tolerance) -> list[Match]:
    """Every category and quarter with enough recorded requests, held against the replay."""
    theirs, ours = closings(recorded), closings(replayed)
    return [
        Match(*key, one, ours[key], is_within(one, ours[key], rule))
        for key, one in theirs.items()
        if one.requests >= rule.least_requests and key in ours
    ]


def is_within(recorded: Closing, replayed: Closing, rule: Tolerance) -> bool:
    """Median, 90th percentile and share late all within the stated error; an unknown quantile on one side alone is
    not."""
    return (
        _near(recorded.median_days, replayed.median_days, rule.median_days, rule.median_share)
        and _near(recorded.p90_days, replayed.p90_days, rule.p90_days, rule.p90_share)
        and _near(recorded.late_share, replayed.late_share, rule.late_points, 0.0)
    )


def _near(one: float, other: float, least: float, share: float) -> bool:
    if np.isnan(one) or np.isnan(other):
        return bool(np.isnan(one) and np.isnan(other))
    return abs(one - other) <= max(least, share * one)


def is_calibrated(found: list[Match]) -> bool:
    """Every judged quarter is within the error, and there is one."""
    return bool(found) and all(m.is_within for m in found)
