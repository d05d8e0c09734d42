"""Since when a category is filed. What lies before its first day, or before a pause of years, is no demand of 0.

Where counts come at a steady rate the pauses between days with requests are alike, and of all of them each is as likely
to be the longest. Days without a request before the first one are therefore no chance where they last TIMES_LONGEST
times as long as any pause since: with SURE_DAYS days filed that comes about once in a hundred thousand such series,
however low the rate. A rate that comes in seasons or storms has long pauses later, too, and is told apart by them; one
storm alone, which fills a fortnight, by SURE_WEEKS.
A pause in the middle must last a whole year, which no season does; after a shorter one forecasts are wide, not wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from domain.panel import Ints, Known

TIMES_LONGEST = 10
SURE_DAYS, SURE_WEEKS = 10, 3
"""Days with requests that there must be since, and weeks that hold them. Fewer days before a pause are strays: misdated
rows, a label tried out."""
AFTER_OTHERS_WEEKS = 8
"""Weeks with requests where there were any before: no storm of a rare kind lasts so long."""
LEAST_DAYS = 28
YEAR_DAYS = 365
KEPT_DAYS = 56
"""The history that the simplest forecaster needs: so much stays, zeros included."""


@dataclass(frozen=True)
class Rule:
    """kept: days that stay at least. weeks: with requests, that there must be since. shorter_than: days, of every pause
    since."""

    kept: int = KEPT_DAYS
    weeks: int = SURE_WEEKS
    shorter_than: float = np.inf


CATEGORY = Rule()
ENDED = Rule(kept=0)
AREA = Rule(kept=0, weeks=4, shorter_than=7)
"""Many areas are looked at, and in the weeks after two storms a rare one looks new: it must be filed every week."""


def first_day(requests: Ints, rule: Rule = CATEGORY) -> int:
    """Position of the first day to learn from, of daily requests (T,): 0 unless a category clearly began, or began
    again, later."""
    days = len(requests)
    busy = np.flatnonzero(requests)
    if len(busy) < SURE_DAYS:
        return 0
    pauses = np.diff(busy, prepend=-1) - 1
    until_now = np.append(pauses[1:], days - 1 - busy[-1])
    longest_since = np.maximum.accumulate(until_now[::-1])[::-1]
    longest_before = np.maximum.accumulate(np.append(0, pauses[:-1]))
    are_strays = np.arange(len(busy)) < SURE_DAYS
    usual = np.maximum(longest_since, np.where(are_strays, 0, longest_before))
    needed = np.maximum(TIMES_LONGEST * usual, np.where(are_strays, LEAST_DAYS, YEAR_DAYS))
    begins = (pauses >= needed) & (longest_since < rule.shorter_than)
    begins &= np.arange(len(busy)) <= len(busy) - SURE_DAYS
    for at in busy[begins][::-1]:
        weeks = (busy[busy >= at] - at) // 7
        least = rule.weeks if at == busy[0] else max(rule.weeks, AFTER_OTHERS_WEEKS)
        if len(np.unique(weeks)) >= least:
            return max(min(int(at), days - rule.kept), 0)
    return 0


def area_starts(counts: Ints) -> NDArray[np.intp]:
    """(A,) position of the day on which an area began to file, or began again, or the day after its last request where
    it files no more (the same looked at from the end); 0 where neither is clear. counts: (A, T)."""
    days = counts.shape[1]
    filed: NDArray[np.intp] = np.append(np.flatnonzero(counts.any(axis=0)), days)  # a silence of all is none of an area
    starts = []
    for own in counts[:, filed[:-1]]:
        end = first_day(own[::-1], ENDED)
        starts.append(max(first_day(own, AREA), len(own) - end if end else 0))
    at: NDArray[np.intp] = np.array(starts, dtype=np.intp)
    return np.where(at > 0, filed[at], 0)


def first_day_of(known: Known, category: str) -> int:
    """`first_day` of a category, by its requests that have an area. Days on which nothing at all was filed in the city
    are no pause of the category."""
    demand = known.demand
    filed: NDArray[np.intp] = np.flatnonzero(demand.counts.any(axis=(0, 1)) | demand.unlocated.any(axis=0))
    first = first_day(demand.of(category).sum(axis=0)[filed])
    return min(int(filed[first]), len(demand.dates) - KEPT_DAYS) if first else 0


def own_history(known: Known, category: str) -> Known:
    """What was known, its demand cut to the days that the category is learnt from: what a city that began on that day
    would know. The very same record where that is the whole history."""
    first = first_day_of(known, category)
    return since(known, first) if first else known


def since(known: Known, first: int) -> Known:
    """The record without its first days of demand, of all categories. Weather and calendar stay."""
    demand = known.demand
    share = demand.reported_share
    cut = replace(
        demand,
        dates=demand.dates[first:],
        counts=np.ascontiguousarray(demand.counts[:, :, first:]),
        unlocated=np.ascontiguousarray(demand.unlocated[:, first:]),
        reported_share=None if share is None else np.ascontiguousarray(share[:, first:]),
        mended=None if demand.mended is None else demand.mended[:, first:],
    )
    return replace(known, demand=cut)
