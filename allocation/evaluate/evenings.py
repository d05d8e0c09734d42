"""Readiness thought over again on the evening before, as a planner with a new plan every day would.

A supervisor calls crews in the evening before heavy rain. Policies that plan on a belief may do the same on the
evenings that are thought over: levels for the next day are chosen by the planner's own account
(`allocation.other_work`), on what is believed and open then. The roster itself stays: crews held come off their yard's
regular shifts, and those no longer held go back to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from allocation.dense import Counts
from allocation.evaluate.facts import Ahead, Loaded, came
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.levels import levels_of
from allocation.evaluate.policy import Belief, Believed
from allocation.evaluate.waiting import with_open
from allocation.evaluate.window import Stations
from allocation.other_work import Ahead as Days
from allocation.other_work import readiness_beside_work
from domain.panel import Floats

Beliefs = Mapping[Belief, Ahead]


@dataclass(frozen=True)
class Evenings:
    """ahead: the day to decide on -> what is believed on its eve; other days are left as the roster has them. days: how
    far a belief looks."""

    needs: Belief = "none"
    ahead: Mapping[date, Beliefs] = field(default_factory=dict)
    days: int = 14

    def decide(self, loaded: Loaded, day: date, stations: Stations, open_jobs: Jobs) -> tuple[Counts, Counts] | None:
        """(level (J, D), held (N, Y, K)) of a day, or None where it is not thought over."""
        if self.needs == "none" or day not in self.ahead:
            return None
        believed = believed_by(self.needs, loaded, day, self.ahead[day], self.days)
        assert believed is not None
        dense = loaded.windows.dense(day, self.days, stations)
        opening, dense = with_open(dense, open_jobs, day.toordinal())
        ready = readiness_beside_work(dense, days_of(believed, opening), loaded.everyday)
        return levels_of(dense, ready.table)[:, :, 0], ready.held[0]


def days_of(believed: Believed, opening: Floats) -> Days:
    """A belief and the jobs open, (J, A, B), as readiness is chosen on."""
    b = believed
    return Days(b.requests, opening, b.arrivals, b.duty, b.weight, b.weather, b.pace)


def believed_by(needs: Belief, loaded: Loaded, first: date, ahead: Beliefs, days: int) -> Believed | None:
    """What a policy is given, and nothing more."""
    if needs == "none":
        return None
    if needs == "arrivals":
        return loaded.believed(came(loaded.facts, first, days))
    return loaded.believed(ahead["paths"].mean() if needs == "mean" else ahead[needs])
