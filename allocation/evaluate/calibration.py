"""Whether a replay closes requests as the city did: every judged quarter within the stated error, or what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.evaluate.closing import Closing, closings
from allocation.evaluate.settings import Tolerance

MEASURES = {"median_days": "median", "p90_days": "90th percentile", "late_share": "late"}
MOST_TOLD = 6
NOTHING = Closing(np.nan, np.nan, np.nan, 0.0)
"""Of a quarter that the replay has no request of."""


@dataclass(frozen=True)
class Match:
    """outside: the figures of MEASURES that differ by more than the stated error."""

    category: str
    quarter: str
    recorded: Closing
    replayed: Closing
    is_within: bool
    outside: tuple[str, ...]


def matches(recorded: pd.DataFrame, replayed: pd.DataFrame, rule: Tolerance) -> list[Match]:
    """Every category and quarter with enough recorded requests, held against the replay."""
    theirs, ours = closings(recorded), closings(replayed)
    found = []
    for key, one in theirs.items():
        if one.requests >= rule.least_requests:
            own = ours.get(key, NOTHING)
            apart = outside(one, own, rule)
            found.append(Match(*key, one, own, not apart, apart))
    return found


def outside(recorded: Closing, replayed: Closing, rule: Tolerance) -> tuple[str, ...]:
    """Which of median, 90th percentile and share late differ by more than the stated error; a quantile unknown on one
    side alone does."""
    allowed = {
        "median_days": (rule.median_days, rule.median_share),
        "p90_days": (rule.p90_days, rule.p90_share),
        "late_share": (rule.late_points, 0.0),
    }
    return tuple(n for n, error in allowed.items() if not _near(getattr(recorded, n), getattr(replayed, n), *error))


def _near(one: float, other: float, least: float, share: float) -> bool:
    if np.isnan(one) or np.isnan(other):
        return bool(np.isnan(one) and np.isnan(other))
    return abs(one - other) <= max(least, share * one)


def is_calibrated(found: Sequence[Match]) -> bool:
    """Every judged quarter is within the error, and there is one."""
    return bool(found) and all(m.is_within for m in found)


def told(found: Sequence[Match]) -> str:
    """How the test went in one sentence, with the figures that differ, recorded against replayed."""
    if not found:
        return "not calibrated: no quarter of the window holds requests enough to judge"
    bad = [m for m in found if not m.is_within]
    if not bad:
        return f"calibrated: all {len(found)} categories and quarters lie within the stated error"
    named = [f"{m.category} {m.quarter}: {', '.join(_differs(m, name) for name in m.outside)}" for m in bad]
    more = [f"and {len(bad) - MOST_TOLD} more"] if len(bad) > MOST_TOLD else []
    good = f"{len(found) - len(bad)} of {len(found)} categories and quarters lie within the stated error"
    return f"not calibrated: {good}; recorded against replayed: {'; '.join([*named[:MOST_TOLD], *more])}"


def _differs(match: Match, name: str) -> str:
    one, other = (_shown(name, getattr(side, name)) for side in (match.recorded, match.replayed))
    return f"{MEASURES[name]} {one} against {other}"


def _shown(name: str, value: float) -> str:
    if np.isnan(value):
        return "unknown"
    return f"{value:.0%}" if name == "late_share" else f"{value:.0f} days"
