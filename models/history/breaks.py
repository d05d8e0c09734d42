"""Lasting steps of the city's level: a migration, a new promise, a campaign. Season and weather are set aside first.

Weekly log levels are split by optimal partitioning (Jackson and others, 2005: the least squared error plus a penalty
a step, solved exactly). As errors of neighbouring weeks resemble each other, the penalty rests on their long-run
variance, from differences that steps do not touch (Chakar and others, 2017). Season and weather are fitted around the
steps found so far, in turns, as BFAST does (Verbesselt and others, 2010). A step counts where it is large, sudden and
beyond doubt; a smaller one needs more weeks to show.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from domain.panel import Floats, Known
from models.history.ordinary import Days
from models.history.record import Break, Finding
from models.history.weeks import WEEK, Weeks, explained, weeks_of

PENALTY = 4.0
"""A step pays for itself by this × long-run variance × log of the number of weeks."""
SHORTEST = 2
TURNS = 4
LEAST_STEP, QUICK_STEP = np.log(1.7), np.log(3.0)
"""A new level lasts SURE_WEEKS before it is believed, or SHORTEST where it is QUICK_STEP away."""
SURE_WEEKS, AFTER_EXTREME_WEEKS = 5, 13
LEAST_BEFORE = 52
"""Weeks before a step: without a year, a season looks like one."""
DOUBTS = 5.0
SUDDEN, OUTSTANDING = 0.6, 3.1
"""What lies between the three weeks before and the three after: this share of the step at least, and this many times
what usually lies between such weeks. A level that wanders has no breaks."""
SUDDEN_WEEKS = 3
LARGEST_LINK = 0.6
SMALLEST_SPREAD = 0.08


def breaks(known: Known, days: Days, usable: NDArray[np.bool_]) -> tuple[tuple[Break, ...], list[Finding]]:
    """The steps of a category, by day, as far as the days up to the origin show them. usable: (T,) ordinary days."""
    weeks = weeks_of(known, days, usable)
    if len(weeks.start) < LEAST_BEFORE + SHORTEST:
        return (), []
    level = np.full(len(weeks.start), float(np.median(weeks.log_level)))
    steps: list[int] = []
    for _ in range(TURNS):
        clean = weeks.log_level - explained(weeks, level)
        variance = long_run_variance(clean)
        steps = believed(partition(tamed(clean, variance), variance), clean, variance, weeks, days)
        found = levels(clean, steps)
        if np.allclose(found, level, atol=1e-9):
            break
        level = found
    return _told(weeks, days, steps, level)


def partition(series: Floats, variance: float) -> list[int]:
    """Positions at which the best piecewise constant fit to `series` (W,) steps."""
    size = len(series)
    sums, squares = (np.concatenate([[0.0], np.cumsum(v)]) for v in (series, series**2))
    best = np.full(size + 1, np.inf)
    best[0] = 0.0
    start = np.zeros(size + 1, dtype=np.intp)
    penalty = PENALTY * variance * np.log(size)
    for end in range(SHORTEST, size + 1):
        from_ = np.arange(0, end - SHORTEST + 1)
        error = squares[end] - squares[from_] - (sums[end] - sums[from_]) ** 2 / (end - from_)
        cost = best[from_] + error + penalty
        start[end] = from_[int(np.argmin(cost))]
        best[end] = cost[start[end]]
    steps, end = [], size
    while end > 0:
        end = int(start[end])
        steps.append(end)
    return sorted(s for s in steps if s > 0)


def long_run_variance(series: Floats) -> float:
    """Variance of a mean of n weeks × n, for errors that resemble their neighbours (autoregressive, one week)."""
    one, two = (float(np.median(np.abs(series[k:] - series[:-k]))) for k in (1, 2))
    link = float(np.clip((two / max(one, 1e-9)) ** 2 - 1.0, 0.0, LARGEST_LINK))
    spread = max(1.4826 * one / np.sqrt(2.0 * (1.0 - link)), SMALLEST_SPREAD)
    return float(spread**2 * (1.0 + link) / (1.0 - link))


def tamed(series: Floats, variance: float) -> Floats:
    """Single weeks far from the median of the five around them, drawn back to three spreads: a flood is no step."""
    padded = np.concatenate([series[1::-1], series, series[:-3:-1]])
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    reach = 3.0 * np.sqrt(variance)
    drawn: Floats = np.clip(series, middle - reach, middle + reach)
    return drawn


def levels(series: Floats, steps: list[int]) -> Floats:
    """(W,) median between steps."""
    out = np.empty(len(series))
    for first, end in zip([0, *steps], [*steps, len(series)], strict=True):
        out[first:end] = np.median(series[first:end])
    return out


def believed(steps: list[int], series: Floats, variance: float, weeks: Weeks, days: Days) -> list[int]:
    """Steps that are large, sudden and beyond doubt; the weakest of the others is dropped first, then all again."""
    kept = list(steps)
    while kept:
        strength = [_strength(i, kept, series, variance, weeks, days) for i in range(len(kept))]
        weakest = int(np.argmin(strength))
        if strength[weakest] >= 1.0:
            break
        del kept[weakest]
    return kept


def _strength(which: int, steps: list[int], series: Floats, variance: float, weeks: Weeks, days: Days) -> float:
    """The least of the step's measures, each 1 where it just holds."""
    before, at, after = ([0, *steps][which], steps[which], [*steps, len(series)][which + 1])
    size = float(np.median(series[at:after]) - np.median(series[before:at]))
    error = np.sqrt(variance * (1.0 / (after - at) + 1.0 / (at - before)))
    near = float(np.sign(size)) * _jump(series, before, at, after, size)
    usual = _contrast(series)
    is_last = after == len(series)
    needed = AFTER_EXTREME_WEEKS if days.is_extreme[weeks.start[at]] else SURE_WEEKS
    lasted = (after - at) / needed if is_last and (abs(size) < QUICK_STEP or needed > SURE_WEEKS) else 1.0
    measures = (
        abs(size) / LEAST_STEP,
        abs(size) / (DOUBTS * error),
        near / (SUDDEN * abs(size) + 1e-9),
        near / (OUTSTANDING * usual + 1e-9),
        lasted,
        at / LEAST_BEFORE,
    )
    return float(min(measures))


def _jump(series: Floats, before: int, at: int, after: int, size: float) -> float:
    """Mean of the weeks after a step less those before. One week beside it may be left out, on the side that shows the
    step better: it may fall into the middle of a week."""
    jumps: list[float] = [
        float(np.mean(series[at + i : after][:SUDDEN_WEEKS]) - np.mean(series[before : at - j][-SUDDEN_WEEKS:]))
        for i, j in ((0, 0), (0, 1), (1, 0))
        if before < at - j and at + i < after
    ]
    return float(max(jumps) if size > 0 else min(jumps))


def _contrast(series: Floats) -> float:
    """Spread of the differences between three weeks and the three before, steps and floods not counting."""
    means = np.convolve(series, np.full(SUDDEN_WEEKS, 1.0 / SUDDEN_WEEKS), mode="valid")
    return 1.4826 * float(np.median(np.abs(means[SUDDEN_WEEKS:] - means[:-SUDDEN_WEEKS])))


def _told(weeks: Weeks, days: Days, steps: list[int], level: Floats) -> tuple[tuple[Break, ...], list[Finding]]:
    found, findings = [], []
    for at in steps:
        index = first_day(days, int(weeks.start[at]))
        day = days.dates[index].date()
        factor = float(np.exp(level[at] - level[at - 1]))
        found.append(Break(index, day, factor))
        words = f"the level became {factor:.2g} times what it was, beyond season and weather"
        findings.append(Finding("level break", day, day, factor, words))
    return tuple(found), findings


def first_day(days: Days, week: int) -> int:
    """The day around a week's first at which the split of the eight weeks around it is likeliest (Poisson)."""
    low, high = max(week - 4 * WEEK, 0), min(week + 4 * WEEK, len(days.requests))
    came = np.concatenate([[0.0], np.cumsum(days.requests[low:high])])
    due = np.concatenate([[0.0], np.cumsum(days.factor[low:high])])
    tries = np.arange(max(week - WEEK - 3, low + 1), min(week + WEEK + 3, high - 1)) - low
    sides = [(came[tries], due[tries]), (came[-1] - came[tries], due[-1] - due[tries])]
    value = sum(y * np.log(np.maximum(y, 0.5) / np.maximum(d, 1e-9)) for y, d in sides)
    return int(low + tries[int(np.argmax(value))]) if len(tries) else week
