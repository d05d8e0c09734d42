"""How long requests took, recorded or replayed: quantiles of days to close that know of the open ones, and lateness.

Open requests, and those closed on a clerical day, are censored: they took at least so long. Quantiles are those of
Kaplan and Meier (1958). Late means closed after the due day, or open when it passed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.dense import Bools, Counts
from allocation.evaluate.settings import MassClosing
from domain.panel import Floats

COLUMNS = ("category", "filed", "due", "closed", "is_censored", "weight")
"""One row a request or cohort: ordinal days; closed is the last day seen where is_censored; weight in requests."""
CLEARED = 0.9
"""Share of the requests open longer than the median that a clerical day closes."""
DAYS_BEFORE = 3


@dataclass(frozen=True)
class Closing:
    """One category and quarter. NaN where a quantile lies beyond what was seen, or nothing had a due day."""

    median_days: float
    p90_days: float
    late_share: float
    requests: float


def mass_closing_days(filed: Counts, closed: Counts, is_open: Bools, rule: MassClosing) -> set[int]:
    """Ordinal days on which a list was cleared: of the requests open longer than the median takes nearly all were
    closed, `times` as many as a usual day with closures closes of any age, and at least so many; and all closures were
    twice those of any of the days just before. Crews after a storm close as many, but new ones, or a part of a queue.

    filed, closed: ordinal days; what is open was closed on a day beyond all others.
    """
    done = ~is_open
    if not done.any():
        return set()
    usual = float(np.median(np.unique(closed[done], return_counts=True)[1]))
    old = filed + int(np.median((closed - filed)[done]))
    days, counts = np.unique(closed[done & (closed > old)], return_counts=True)
    many = days[counts >= max(rule.times * usual, rule.at_least)]
    return {int(d) for d in many if _is_cleared(closed[(old < d) & (closed >= d)], d) and _is_sudden(closed, d)}


def _is_cleared(closed: Counts, day: int) -> bool:
    return bool((closed == day).mean() >= CLEARED)


def _is_sudden(closed: Counts, day: int) -> bool:
    before = max(int((closed == day - back).sum()) for back in range(1, DAYS_BEFORE + 1))
    return bool((closed == day).sum() >= 2 * before)


def quantiles(days: Floats, is_censored: Bools, weight: Floats, shares: Floats) -> Floats:
    """The days by which each of `shares` is closed, (len(shares),); NaN where so many were not seen to close."""
    if not len(days):
        return np.full(len(shares), np.nan)
    times, gone = _closed_shares(days, is_censored, weight)
    at = np.searchsorted(gone, shares - 1e-9)
    found: Floats = np.where(at < len(times), times[np.minimum(at, len(times) - 1)], np.nan)
    return found


def closed_by(rows: pd.DataFrame, days: Floats) -> Floats:
    """Share of the rows closed by each of `days` after filing, in the same estimate; the last one seen stays."""
    took, censored, weight = _days_to_close(rows)
    times, gone = _closed_shares(took, censored, weight)
    return np.append(0.0, gone)[np.searchsorted(times, days, side="right")]


def _closed_shares(days: Floats, is_censored: Bools, weight: Floats) -> tuple[Floats, Floats]:
    """Days seen in order, and the share closed by each."""
    times, at = np.unique(days, return_inverse=True)
    ended = np.bincount(at, np.where(is_censored, 0.0, weight), minlength=len(times))
    total = np.bincount(at, weight, minlength=len(times))
    at_risk = total[::-1].cumsum()[::-1]
    alive = np.cumprod(1 - np.divide(ended, at_risk, out=np.zeros(len(times)), where=at_risk > 0))
    return times, 1 - alive


def _days_to_close(rows: pd.DataFrame) -> tuple[Floats, Bools, Floats]:
    days = (rows["closed"] - rows["filed"]).clip(lower=0).to_numpy(dtype=float)
    return days, rows["is_censored"].to_numpy(dtype=bool), rows["weight"].to_numpy(dtype=float)


def closings(rows: pd.DataFrame) -> dict[tuple[str, str], Closing]:
    """By category and quarter filed. Lateness is judged of what fell due before the last day seen."""
    last = float(rows["closed"].max()) if len(rows) else 0.0
    quarter = pd.to_datetime(rows["filed"] - 719_163, unit="D").dt.to_period("Q").astype(str)
    found = {}
    for (category, name), part in rows.groupby([rows["category"], quarter], sort=True):
        found[str(category), str(name)] = _closing(part, last)
    return found


def _closing(part: pd.DataFrame, last: float) -> Closing:
    days, censored, weight = _days_to_close(part)
    due = part["due"].to_numpy(dtype=float)
    late = part["closed"].to_numpy(dtype=float) > due
    judged = np.isfinite(due) & (due < last) & (late | ~censored)
    share = float(weight[judged & late].sum() / weight[judged].sum()) if weight[judged].sum() > 0 else float("nan")
    median, p90 = quantiles(days, censored, weight, np.array([0.5, 0.9]))
    return Closing(float(median), float(p90), share, float(weight.sum()))
