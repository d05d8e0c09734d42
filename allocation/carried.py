"""What work that is late at a plan's end will cost beyond it: the days until crews have caught up.

A fluid queue (Newell 1982, "Applications of queueing theory", ch. 2): while overdue work waits, one job more makes one
job late on every day until the overdue work is gone, whichever job is served first. Regular crews catch up by what
they have left beside the mean of new work.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.absence import present_share
from allocation.candidates import longest_shift
from allocation.capacity import net_capacity
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, tally
from allocation.evaluate.workload import DAYS_OPEN, mean_minutes, regular_minutes
from domain.panel import Floats

LEAST_DAYS, MOST_DAYS = 2.0, 28.0
"""A late job is seldom served on the next morning, and nobody knows the load four weeks after a plan."""


def carried(dense: Dense, held: Counts, duty: Bools, opening: Floats, arrivals: Floats, weight: Floats) -> Dense:
    """The dense problem with its `closing_days` set to the days until overdue work is gone after the plan.

    Days = minutes of the work late at the end when every crew works its longest shift ÷ (regular minutes a day −
    minutes of new work a day), within LEAST_DAYS and MOST_DAYS. Skills and yards are pooled, and locks are left out, so
    that the price of a lock rests on the same charge. held, duty, opening, arrivals, weight: as of
    `allocation.candidates.choose_roster`.
    """
    dates = len(dense.problem.dates)
    daily = arrivals.sum(axis=(2, 3)) @ weight / dates
    each = mean_minutes(dense, DAYS_OPEN * daily)
    late = tally(dense, _everybody(dense, held, duty), opening, arrivals).late
    spare = regular_minutes(dense) / dates - float((daily * each).sum())
    days = float((late @ weight * each).sum()) / spare if spare > 0 else MOST_DAYS
    return replace(dense, closing_days=float(np.clip(days, LEAST_DAYS, MOST_DAYS)))


def days_still_late(late_minutes: float, spare_a_day: float) -> float:
    """Days that work late now stays late on average, by the same law: it shrinks by the spare minutes each day, so the
    mean job waits half the time until all is gone; within LEAST_DAYS and MOST_DAYS. What `carried` charges one job more
    is the slope of what this charges all of them."""
    if late_minutes <= 0:
        return 0.0
    if spare_a_day * MOST_DAYS >= late_minutes:
        return max(late_minutes / spare_a_day / 2, LEAST_DAYS)
    return MOST_DAYS - max(spare_a_day, 0.0) * MOST_DAYS**2 / (2 * late_minutes)


def _everybody(dense: Dense, held: Counts, duty: Bools) -> Crewing:
    """Every crew on its longest shift without overtime; absence takes its mean share of each."""
    high = np.broadcast_to(dense.available[:, None], held.shape)
    crews = longest_shift(replace(dense, low=np.zeros_like(dense.low), high=np.array(high)), held)
    there = duty[:, None, None] * present_share(dense)[:, None, None, :, None]
    regular, standing = (net_capacity(dense, c[..., None] * there) for c in (crews, held))
    return Crewing(regular, standing)
