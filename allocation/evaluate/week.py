"""A week of one policy: its roster, then day by day what really came, under the one dispatch rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from allocation.absence import absence_chance, present_share
from allocation.dense import Counts, Dense
from allocation.evaluate.account import Account, Paid, account, late_days_by_area
from allocation.evaluate.day import Day, replay_day
from allocation.evaluate.evenings import Evenings
from allocation.evaluate.facts import Loaded
from allocation.evaluate.jobs import Jobs, bucketed
from allocation.evaluate.levels import CALL_IN, called_in, readied
from allocation.evaluate.moves import Morning, move_to_overdue
from allocation.evaluate.policy import Committed
from allocation.evaluate.stations import as_stations
from allocation.evaluate.worth_moving import is_worth_moving
from allocation.roster_cost import contract_by_slot, is_hired
from domain.panel import Floats

Dispatch = Literal["moved", "stay"]
"""Whether crews may change yard in the morning before the rule sends them out."""
ROOM_DAYS = 2
ABSENCE_SEED = 11
"""Of the absences that come, as no plan is told."""


@dataclass(frozen=True)
class Rules:
    """How every policy's days are played. rain_call_in_mm: None calls nobody in by rain."""

    dispatch: Dispatch
    rain_call_in_mm: float | None = None


@dataclass(frozen=True)
class Played:
    """One day: its state in the evening, what was served, its account, late requests by area (A,), and crews by shift,
    yard and type as they worked, (N, Y, K)."""

    day: date
    done: Day
    account: Account
    late_by_area: Floats
    crews: Counts


def play(
    loaded: Loaded,
    committed: Committed,
    open_jobs: Jobs,
    days: int,
    rules: Rules,
    before: Committed | None = None,
    evenings: Evenings | None = None,
) -> list[Played]:
    """Play the first `days` of a roster from `open_jobs` on. before: the roster in force until now, for changes.
    evenings: days whose readiness is thought over on their eve."""
    played: list[Played] = []
    hired = _hired_by_day(loaded, committed)
    for h in range(days):
        day = committed.first + timedelta(days=h)
        again = None if evenings is None else evenings.decide(loaded, day, committed.stations, open_jobs)
        repealed = _repealed(committed, before, h)
        played.append(_one_day(loaded, committed, h, day, open_jobs, rules, repealed, again, float(hired[h])))
        open_jobs = played[-1].done.open
    return played


def _one_day(
    loaded: Loaded,
    committed: Committed,
    h: int,
    day: date,
    open_jobs: Jobs,
    rules: Rules,
    repealed: float,
    again: tuple[Counts, Counts] | None,
    hired: float,
) -> Played:
    room = room_days(loaded, day)
    planned = loaded.dense(day, room, committed.stations)
    level, crews, held = _standing(planned, loaded, committed, h, day, rules, again)
    hours = _within(planned, committed.overtime_hours[h], committed.crews[h], crews)
    opening, _ = bucketed(planned, open_jobs.parted(day.toordinal())[0], day.toordinal())
    stay = Morning(crews, hours, 0)
    morning = move_to_overdue(planned, crews, hours, opening) if rules.dispatch == "moved" else stay
    dense = loaded.dense(day, room, as_stations((morning.crews + held).sum(axis=0))) if morning.moved else planned
    if morning.moved and not is_worth_moving(planned, stay, dense, morning, opening):
        morning, dense = stay, planned
    there = _there(dense) * loaded.facts.duty[loaded.facts.at(day)]
    regular = (morning.crews * dense.net_minutes[:, None, :] + 60 * morning.overtime_hours) * there
    standing_by = held * dense.net_minutes[:, None, :] * there
    pace = None if loaded.facts.pace is None else loaded.facts.pace[loaded.facts.at(day)]
    done = replay_day(dense, open_jobs, day.toordinal(), regular, standing_by, loaded.jobs(day), pace)
    came = loaded.facts.requests[:, :, loaded.facts.at(day)].sum(axis=2)
    ready = readied(dense, level, loaded.usual, came, held, there)
    paid = Paid(morning.overtime_hours, hired)
    told = account(dense, loaded.each, day.toordinal(), done, paid, ready, morning.moved + repealed, came.sum())
    return Played(day, done, told, late_days_by_area(dense, loaded.each, day.toordinal(), done), morning.crews + held)


def _there(dense: Dense) -> Floats:
    """Share of the first date's crews that come, (Y, K): where absence is a distribution, of each yard as drawn for
    that date, the same for every policy."""
    if dense.problem.rules.absence is None:
        return np.broadcast_to(present_share(dense)[0], dense.available.shape[1:])
    drawn = 1 - absence_chance(dense, 1, ABSENCE_SEED)[0]  # (Y, 1)
    return np.where(is_hired(dense)[None, :], 1.0, drawn)


def _hired_by_day(loaded: Loaded, committed: Committed) -> Floats:
    """Money of the contractors that a roster orders, by its dates, (H,)."""
    dense = loaded.windows.dense(committed.first, len(committed.crews), committed.stations)
    money: Floats = contract_by_slot(dense, committed.crews).sum(axis=(1, 2, 3))
    return money


def room_days(loaded: Loaded, day: date) -> int:
    """Dates a day is replayed on: enough for every due time in force."""
    if loaded.facts.due_days is None:
        longest = int(loaded.windows.dense(day, ROOM_DAYS, loaded.stations).due_days.max(initial=0))
    else:
        longest = int(loaded.facts.due_days.max(initial=0))
    return max(longest + ROOM_DAYS, ROOM_DAYS)


def _standing(
    dense: Dense,
    loaded: Loaded,
    committed: Committed,
    h: int,
    day: date,
    rules: Rules,
    again: tuple[Counts, Counts] | None,
) -> tuple[Counts, Counts, Counts]:
    """(level (J, D), regular crews (N, Y, K), held (N, Y, K)) of a day: the roster's, called in by rain, or thought
    over `again` on its eve."""
    if again is not None:
        level, held = again
        return level, _without(dense, committed.crews[h] + committed.held[h], held), held
    rain = loaded.facts.rain_mm.get(day, 0.0)
    if rules.rain_call_in_mm is None or rain < rules.rain_call_in_mm:
        return committed.level[:, :, h], committed.crews[h], committed.held[h]
    level, held = called_in(dense, np.full_like(committed.level[:, :, h], CALL_IN))
    return level, _without(dense, committed.crews[h], held), held


def _without(dense: Dense, crews: Counts, held: Counts) -> Counts:
    """Regular crews less those called in, from their yard's shifts, the longest first."""
    left = crews.copy()
    for y, k in np.argwhere(held.sum(axis=0) > 0):
        gone = int(held[:, y, k].sum())
        for n in np.argsort(-dense.minutes, kind="stable"):
            taken = min(gone, int(left[n, y, k]))
            left[n, y, k] -= taken
            gone -= taken
    return left


def _within(dense: Dense, hours: Floats, planned: Counts, crews: Counts) -> Floats:
    """Overtime of the crews still on regular work, (N, Y, K)."""
    share = np.divide(crews, planned, out=np.zeros(hours.shape), where=planned > 0)
    return np.minimum(hours * share, crews * dense.overtime_by_type[:, None] / 60)


def _repealed(committed: Committed, before: Committed | None, h: int) -> float:
    """Crews that the roster in force until now had elsewhere on that day."""
    if before is None:
        return 0.0
    at = (committed.first - before.first).days + h
    if at >= len(before.crews):
        return 0.0
    was, now = before.crews[at] + before.held[at], committed.crews[h] + committed.held[h]
    return float(np.abs(was - now).sum()) / 2
