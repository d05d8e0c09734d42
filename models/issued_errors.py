"""What an issued forecast says of the days ahead, and how wrong such forecasts were: the law of the weather paths.

Amounts (rain, snow) are read on a square-root scale. For every lead a ridge regression on all issues of the day, their
median, range and share of wet ones, and the days beside it gives an expected value; the amounts that followed the
most similar expectations, moved by the difference, are the law of the amount (a local meta-Gaussian processor in the
manner of Krzysztofowicz 2001 and of Wu et al. 2011, with ranks instead of normal scores). Temperature is a ridge
regression on the departures from the season's normal, and the errors it left behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.panel import Floats
from models.issued_archive import Archive
from models.season import normals, waves

RIDGE = 20.0
HALF_WINDOW = 60
LEAST_WINDOW = 10
LEAST_WET = 0.05
"""Square root of mm: a wet day is not moved below it."""


@dataclass(frozen=True)
class Expected:
    """Expected values of one variable and lead: past (M,), each without its own outcome, and today."""

    past: Floats
    today: float


def ridge(x: Floats, y: Floats, today: Floats) -> Expected:
    """Ridge regression on standardised columns; past values are the exact leave-one-out ones (hat matrix)."""
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - centre) / spread
    inverse = np.linalg.inv(z.T @ z + RIDGE * np.eye(z.shape[1]))
    weights = inverse @ (z.T @ (y - y.mean()))
    hat = np.einsum("ij,jk,ik->i", z, inverse, z) + 1.0 / len(y)
    fitted = y.mean() + z @ weights
    past: Floats = y - (y - fitted) / np.maximum(1.0 - hat, 0.05)
    return Expected(past, float(y.mean() + (today - centre) / spread @ weights))


def filled(issues: Floats) -> Floats:
    """(N, J) with an issue that is missing replaced by the next newer one, the newest by 0."""
    out = issues.copy()
    out[:, 0] = np.nan_to_num(out[:, 0])
    for j in range(1, out.shape[1]):
        out[:, j] = np.where(np.isfinite(out[:, j]), out[:, j], out[:, j - 1])
    return out


def stacked(archive: Archive, variable: int) -> tuple[Floats, Floats]:
    """Issues of the past and of today in one array (M + 1, L, J), and weather of the day itself (M + 1,)."""
    issued = np.concatenate([archive.issued[..., variable], archive.today[None, ..., variable]])
    here = np.append(archive.now[:, variable], archive.here[variable])
    return issued, np.nan_to_num(here)


def usable_issues(issued: Floats, lead: int) -> int:
    """How many issues of a lead are there on most days, at least one."""
    there = np.isfinite(issued[:, lead]).mean(axis=0) > 0.5
    return max(int(there.argmin()) if not there.all() else len(there), 1)


def expected_amount(archive: Archive, variable: int, lead: int, season: Floats) -> Expected:
    """Expected square root of an amount. season: (M + 1, 2) of the past days and today."""
    issued, here = stacked(archive, variable)
    root = np.sqrt(np.maximum(issued, 0.0))
    of_lead = filled(root[:, lead, : usable_issues(issued, lead)])
    columns = [*of_lead.T, of_lead.mean(axis=1), (of_lead > 0).mean(axis=1)]
    for few in (2, 3, 5):
        if of_lead.shape[1] >= few:
            some = of_lead[:, :few]
            columns += [np.median(some, axis=1), some.min(axis=1), some.max(axis=1)]
    for beside in (lead - 1, lead + 1):
        if 0 <= beside < archive.leads:
            columns += list(np.nan_to_num(root[:, beside, :2]).T)
    x = np.column_stack([*columns, np.sqrt(np.maximum(here, 0.0)), season])
    y = np.sqrt(np.maximum(np.nan_to_num(archive.observed[:, lead, variable]), 0.0))
    return ridge(x[:-1], y, x[-1])


def windows(past: Floats) -> tuple[np.ndarray, np.ndarray]:
    """For every rank of `past` the ranks of its neighbours, (M, 2 HALF_WINDOW), and which of them there are."""
    size = len(past)
    half = max(min(HALF_WINDOW, size // 4), LEAST_WINDOW)
    ranks = np.arange(size)[:, None] + np.arange(-half, half)
    return np.clip(ranks, 0, size - 1), (ranks >= 0) & (ranks < size)


def moved(amounts: Floats, by: Floats) -> Floats:
    """Wet amounts moved by a difference of expectations; dry ones stay dry."""
    out: Floats = np.where(amounts > 0, np.maximum(amounts + by, LEAST_WET), 0.0)
    return out


def amount_ranks(expected: Expected, came: Floats, rng: np.random.Generator) -> Floats:
    """Where each past amount fell within its own law, (M,) in 0 … 1, ties broken at random."""
    order = np.argsort(expected.past, kind="stable")
    past, root = expected.past[order], np.sqrt(came[order])
    near, there = windows(past)
    law = moved(root[near], past[:, None] - past[near])
    below = ((law < root[:, None]) & there).sum(axis=1)
    equal = ((law == root[:, None]) & there).sum(axis=1)
    ranks = np.empty(len(past))
    ranks[order] = (below + rng.random(len(past)) * equal) / there.sum(axis=1)
    return ranks


def amount_law(expected: Expected, came: Floats) -> Floats:
    """Today's amounts in mm, ascending: those that followed the most similar expectations, moved to today's."""
    order = np.argsort(expected.past, kind="stable")
    past, root = expected.past[order], np.sqrt(came[order])
    near, there = windows(past)
    rank = int(np.clip(np.searchsorted(past, expected.today), 0, len(past) - 1))
    chosen = near[rank][there[rank]]
    law: Floats = np.sort(moved(root[chosen], expected.today - past[chosen])) ** 2
    return law


def temperature_errors(
    archive: Archive, variable: int, dates: pd.DatetimeIndex, series: Floats, origin: pd.Timestamp
) -> tuple[Floats, Floats]:
    """Expected temperature of the days ahead (L,), and the errors such expectations left in the past, (M, L).

    NaN in both where a lead has no forecast today.
    """
    leads = archive.leads
    ahead = pd.date_range(dates[0], periods=len(dates) + leads, freq="D")
    normal = normals(dates, series, ahead)
    day = np.append(archive.day, dates.get_indexer(pd.DatetimeIndex([origin])))
    issued, here = stacked(archive, variable)
    here = np.nan_to_num(here - normal[day])
    expected, errors = np.full(leads, np.nan), np.full((len(archive.day), leads), np.nan)
    for lead in range(leads):
        if not np.isfinite(issued[-1, lead, 0]):
            continue
        usual = normal[day + lead + 1]
        x = np.column_stack([filled(issued[:, lead, : usable_issues(issued, lead)] - usual[:, None]), here])
        y = archive.observed[:, lead, variable] - usual[:-1]
        found = ridge(x[:-1], y, x[-1])
        expected[lead] = usual[-1] + found.today
        errors[:, lead] = y - found.past
    return expected, errors


def season_waves(dates: pd.DatetimeIndex, day: np.ndarray, lead: int) -> Floats:
    """Season of the day `lead` + 1 after each day, (M + 1, 2)."""
    return waves(dates[day] + pd.Timedelta(days=lead + 1), 1)
