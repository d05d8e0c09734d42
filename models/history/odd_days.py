"""Days whose counts are not the demand of that day: no rows, rows keyed in together, or a catastrophe."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats, Ints
from models.history.alone import standing_alone
from models.history.ordinary import Days
from models.history.record import Finding, runs, span

Mask = NDArray[np.bool_]

SURE_GAP, GAP_DAYS, LIKELY_GAP = 40.0, 21, 20.0
"""Requests of all categories that days in a row should have had and have not: a gap from SURE_GAP on, or from
LIKELY_GAP on where there are GAP_DAYS of them."""
SURE_ZERO = 12.0
"""Ordinary requests at which a day without one is no chance (e^-12), even where counts are overdispersed."""
OFTEN_A_YEAR = 0.5
"""Stretches of (nearly) empty days of one length that come more often are this city's way, not a fault."""
LONGEST_BACKLOG = 10
"""Days that may be keyed in together on the day after."""
OUT_OF_LINE = 5.0
"""Requests ÷ ordinary from which a dry day may be a batch entry."""
LEAST_EXTRA = 25
SPREADS = 8.0
CATASTROPHE = 10.0
"""Requests ÷ ordinary from which a day of extreme weather is a catastrophe."""


def gaps(days: Days, everything: Ints) -> tuple[Mask, list[Finding]]:
    """Days without rows: stretches in which no category has a request, and days that should have many and have none.

    everything: (T,) requests of all categories. A single day is none: holidays empty an office.
    """
    usual = _usual(everything)
    missing = (days.requests == 0) & (days.sure >= SURE_ZERO)
    found = np.zeros(len(missing), dtype=bool)
    for first, last in runs(everything == 0):
        size = last - first + 1
        found[first : last + 1] |= size * usual >= (LIKELY_GAP if size >= GAP_DAYS else SURE_GAP)
    for first, last in _rare(runs(missing), len(missing)):
        found[first : last + 1] |= last > first
    words = "nothing is learnt from them, levels are those of the weeks before"
    return found, [
        Finding("gap", *span(days.dates, a, b), 0.0, f"no request on {b - a + 1} days: {words}") for a, b in runs(found)
    ]


def batches(days: Days, everything: Days) -> tuple[Mask, list[Finding]]:
    """Days keyed in together: a backlog entered at once after (nearly) empty days, a dry day far out of line, or
    days in any weather that stand alone far beyond the record.

    everything: of all categories, whose backlog is one of each: a rare one alone does not show it.
    """
    found, findings = _entered(days, "")
    others, more = _entered(everything, " of all kinds")
    new = [f for f in more if not found[days.dates.get_loc(pd.Timestamp(f.last))]]
    found |= others
    findings += new
    for first, last in runs(_out_of_line(days) & ~found):
        found[first : last + 1] = True
        most = int(days.requests[first : last + 1].max())
        size = most / days.ordinary[first : last + 1].mean()
        words = f"{most:,} requests a day, {size:.0f} times the usual, in dry weather: not learnt from"
        findings.append(Finding("batch entry", *span(days.dates, first, last), float(size), words))
    for first, last in standing_alone(days, found):
        found[first : last + 1] = True
        alone = _alone(days, first, last)
        findings = [f for f in findings if not alone.first <= f.first <= f.last <= alone.last] + [alone]
    return found, sorted(findings, key=lambda f: f.first)


def _alone(days: Days, first: int, last: int) -> Finding:
    most = int(days.requests[first : last + 1].max())
    size = float(most / np.maximum(days.ordinary[first : last + 1], 1.0).mean())
    beside = "day before" if last + 1 == len(days.requests) else "days before and after"
    what = f"{most:,} requests a day, {size:,.0f} times the usual and far beyond other days like it"
    return Finding(
        "batch entry", *span(days.dates, first, last), size, f"{what}, the {beside} as usual: not learnt from"
    )


def _entered(days: Days, what: str) -> tuple[Mask, list[Finding]]:
    """Backlogs keyed in on one day, with the days they are of."""
    found = np.zeros(len(days.requests), dtype=bool)
    findings = []
    for first, last in _caught_up(days):
        found[first : last + 1] = True
        size = float(days.requests[last] / days.ordinary[last])
        few = "1 day" if last - first == 1 else f"{last - first} days"
        words = f"{days.requests[last]:,} requests{what} keyed in at once after {few} with few: not learnt from"
        findings.append(Finding("batch entry", *span(days.dates, first, last), size, words))
    return found, findings


def catastrophes(days: Days, entered: Mask) -> tuple[Floats, list[Finding]]:
    """Weights (T,) that bound the influence of days of extreme weather with extreme demand, and what they were.

    Such days are kept, as the next one will come too, but weigh no more than a day at the bound. entered: (T,) rows
    keyed in together, as in the dry days after a storm: they are no catastrophe.
    """
    least = CATASTROPHE * np.maximum(days.calm, 2.0)
    is_one = days.is_extreme & (days.requests >= least + LEAST_EXTRA) & ~entered
    weight = np.where(is_one, least / np.maximum(days.requests, 1), 1.0)
    joined = is_one.copy()
    for first, last in runs(~is_one):
        joined[first : last + 1] |= last - first < 3 and first > 0 and last < len(is_one) - 1
    findings = []
    for first, last in runs(joined):
        most = int(days.requests[first : last + 1].max())
        size = float(most / max(days.calm[first : last + 1].mean(), 1.0))
        words = f"up to {most:,} requests a day in extreme weather: learnt from with bounded weight"
        findings.append(Finding("catastrophe", *span(days.dates, first, last), size, words))
    return weight, findings


def _rare(stretches: list[tuple[int, int]], days: int) -> list[tuple[int, int]]:
    """Those that at most OFTEN_A_YEAR others a year are as long as, one other in any case."""
    length = np.array([b - a + 1 for a, b in stretches])
    most = 1 + max(OFTEN_A_YEAR * days / 365, 1.0)
    return [s for s, size in zip(stretches, length, strict=True) if (length >= size).sum() <= most]


def _usual(requests: Ints) -> float:
    """Requests a day in the middle one of all four-week stretches: gaps and catastrophes do not move it."""
    whole = requests[len(requests) % 28 :].reshape(-1, 28)
    return float(np.median(whole.mean(axis=1))) if len(whole) else 0.0


def _caught_up(days: Days) -> list[tuple[int, int]]:
    """(first nearly empty day, day of the entry), where the entry makes up for what is missing before it."""
    low = (days.requests <= 0.1 * days.sure) & (days.sure >= SURE_ZERO / 2)
    found = []
    for first, last in _rare(runs(low), len(low)):
        entry = last + 1
        if entry >= len(low) or last - first + 1 > LONGEST_BACKLOG:
            continue
        due = float(days.calm[first : entry + 1].sum())
        kept = due - float(days.calm[entry])
        came = float(days.requests[first : entry + 1].sum())
        if kept >= SURE_ZERO and came >= 0.55 * due and days.requests[entry] >= 0.5 * kept + 0.6 * days.calm[entry]:
            found.append((first, entry))
    return found


def _out_of_line(days: Days) -> Mask:
    """Dry days whose requests lie beyond anything that their spread on dry days explains."""
    ordinary = np.maximum(days.ordinary, 1.0)
    score = 2.0 * (np.sqrt(days.requests + 0.375) - np.sqrt(ordinary + 0.375))
    dry = score[days.is_dry]
    if len(dry) < 100:
        return np.zeros(len(score), dtype=bool)
    spread = max(1.0, 1.4826 * float(np.median(np.abs(dry - np.median(dry)))))
    far = score - float(np.median(dry)) >= SPREADS * spread
    much = days.requests >= OUT_OF_LINE * ordinary + LEAST_EXTRA
    odd: Mask = days.is_dry & far & much
    return odd
