"""A published roster played again, without solving: what a what-if is compared with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.candidates import Choice
from allocation.compare import KEY, changed_slots, roster_frame
from allocation.dense import Counts, Dense
from allocation.dispatch import simulate
from allocation.given import Given
from allocation.plan import Decision
from allocation.played import crewing, stage
from allocation.posed import Posed, posed
from allocation.posted import change_cost
from allocation.simulated_cost import money_by_draw
from allocation.solve import Roster
from allocation.story import named_dates
from domain.manifest import SolveEntry
from domain.panel import Floats
from domain.progress import Progress, silent

CLOSE = 1e-6
"""Relative difference of minutes within which a simulation counts as the published one."""


def played_again(
    given: Given, published: pd.DataFrame, entry: SolveEntry, progress: Progress = silent
) -> Decision | None:
    """The decision that was published, its roster (columns of `domain.tables.ROSTER`) simulated on `given`.

    None where this release makes something else of it: other crews held ready, or other minutes worked.
    """
    p = posed(given, progress)
    roster = Roster(*arrays_of(p.dense, published), entry)
    made = replayed(p, roster)
    again = roster_frame(made)
    if not changed_slots(published, again).empty:
        return None
    both = published.merge(again, on=KEY, suffixes=("", "_again"))
    same = np.allclose(both["expected_minutes"], both["expected_minutes_again"], rtol=CLOSE, atol=CLOSE)
    return made if same else None


def replayed(p: Posed, roster: Roster) -> Decision:
    """A roster simulated on what is posed, not solved for."""
    d, work = p.dense, p.work
    seen = stage(d, p.ready.held, p.duty, work.opening, work.arrivals, p.weight, p.seed, p.pace)
    comes = crewing(seen, roster.crews, roster.overtime_hours)
    outcome = simulate(d, comes, work.opening, work.arrivals, p.weight, named_dates=named_dates(d))
    cost = float(money_by_draw(d, roster, outcome) @ p.weight)
    chosen = Choice(roster, comes, cost, cost, cost, change_cost(d, roster.crews, p.ready.held))
    return Decision(d, work, p.duty, p.ready, chosen, outcome, p.weight, p.pace, None)


def arrays_of(d: Dense, published: pd.DataFrame) -> tuple[Counts, Floats]:
    """Crews on regular work and overtime hours, (H, N, Y, K) each."""
    problem = d.problem
    shape = (*d.worked.shape, d.available.shape[2])
    crews, hours = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    axes: list[pd.Index] = [pd.DatetimeIndex([pd.Timestamp(day) for day in problem.dates])]
    axes += [pd.Index([x.name for x in each]) for each in (problem.shifts, problem.yards, problem.crew_types)]
    at = tuple(axis.get_indexer(pd.Index(published[column])) for axis, column in zip(axes, KEY, strict=True))
    crews[at], hours[at] = published["crews"], published["overtime_hours"]
    return crews, hours
