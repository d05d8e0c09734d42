"""The rosters that policies make: every crew on its longest shift, or the published planner's."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from allocation.absence import present_share
from allocation.candidates import choose_roster
from allocation.candidates import longest_shift as on_longest_shift
from allocation.carried import carried
from allocation.dense import Counts, Dense
from allocation.evaluate.evenings import days_of
from allocation.evaluate.levels import levels_of
from allocation.evaluate.policy import Believed, Committed, View
from allocation.evaluate.station_search import best_stations
from allocation.evaluate.stations import by_share
from allocation.evaluate.window import Stations
from allocation.evaluate.workload import DAYS_OPEN, mean_minutes, regular_minutes, yard_of
from allocation.other_work import readiness_beside_work
from allocation.readiness import districts
from allocation.roster_checks import checker
from allocation.roster_rules import broken_rules, filled, fitted_overtime
from allocation.solve import solve
from allocation.surrogate import pool
from allocation.without_work import without_work
from allocation.work import OVERDUE_BUCKETS
from domain.crew_rules import CrewRules
from domain.panel import Floats

LUCKS = 8
"""Absences drawn for a belief of a single draw, so that one luck does not decide it."""


def even(view: View) -> Committed:
    """Every crew where the city has it, on its longest shift; no overtime, nobody held ready."""
    return _plain(view, view.stations, np.zeros(_shape(view.dense)))


def by_past_work(view: View, daily_jobs: Floats) -> Committed:
    """Crews by each yard's share of past work, on their longest shift; overtime where a yard's overdue work and a
    week's new work exceed its crews' week. daily_jobs: (J, A) jobs a day of the past days that count."""
    dense = view.dense
    minutes = daily_jobs * mean_minutes(dense, DAYS_OPEN * daily_jobs)
    stations = by_share(dense, view.stations, minutes) if view.crews_change_yard else view.stations
    placed = view.windows.dense(view.first, view.days, stations)
    return _plain(view, stations, _overtime(placed, view.opening, minutes))


def planned(view: View) -> Committed:
    """What the published planner makes of the view's belief: readiness, the solved roster, and the race against the
    simple one. Crews are first placed at the yards where dispatch makes most of them."""
    believed = view.believed
    if believed is None:
        raise ValueError("a planned roster needs a belief about the days ahead; state what the policy needs")
    stations = view.stations
    if view.crews_change_yard:
        stations = best_stations(view, believed)
    dense = _after_notice(view.placed(stations))
    ready = readiness_beside_work(dense, days_of(believed, view.opening), view.everyday)
    sure = believed if len(believed.weight) > 1 else repeated(believed, LUCKS)
    dense = carried(dense, ready.held, sure.duty, view.opening, sure.arrivals, sure.weight)
    b = believed
    pooled = pool(dense, view.opening, b.arrivals, b.duty, ready.held, b.weight, pace=b.pace)
    solved, broken = solve(dense, pooled), partial(broken_rules, pooled)
    around = (ready.held, sure.duty, view.opening, sure.arrivals, sure.weight, view.seed, sure.pace)
    chosen = choose_roster(dense, solved, *around, broken=broken, search=checker(pooled)).roster
    return Committed(
        view.first, stations, chosen.crews, ready.held, chosen.overtime_hours, levels_of(dense, ready.table)
    )


def _after_notice(dense: Dense) -> Dense:
    """Contractors' crews from the day on which they can come when ordered on the eve of the first date."""
    available, high = dense.available.copy(), dense.high.copy()
    for k, crew_type in enumerate(dense.problem.crew_types):
        if crew_type.contract is not None:
            soon = max(crew_type.contract.notice_days - 1, 0)
            available[:soon, :, k], high[:soon, :, :, k] = 0, 0
    return replace(dense, available=available, high=high)


def repeated(believed: Believed, times: int) -> Believed:
    """The same single draw, `times` over."""
    return Believed(
        np.repeat(believed.arrivals, times, axis=-1),
        {c: np.repeat(r, times, axis=-1) for c, r in believed.requests.items()},
        np.full(times, 1 / times),
        np.repeat(believed.duty, times, axis=-1),
        believed.weather,
        None if believed.pace is None else np.repeat(believed.pace, times, axis=-1),
    )


def _plain(view: View, stations: Stations, overtime: Floats) -> Committed:
    dense = view.windows.dense(view.first, view.days, stations)
    held = np.zeros(_shape(dense), dtype=np.int64)
    level = np.zeros((len(dense.work), len(districts(dense)), view.days), dtype=np.int64)
    crews, hours = within_rules(dense, on_longest_shift(dense, held), overtime)
    return Committed(view.first, stations, crews, held, hours, level)


def within_rules(dense: Dense, crews: Counts, hours: Floats) -> tuple[Counts, Floats]:
    """A simple roster as rest, longest week and machines allow: crews one by one on the longest shift that is left to
    them, and of the overtime what takes no week beyond its longest."""
    rules = dense.problem.rules
    if rules.working_time == CrewRules().working_time and not rules.equipment:
        return crews, hours
    s = without_work(dense)
    none = np.zeros(hours.shape)
    if broken_rules(s, crews, none):
        crews = filled(s, np.where(dense.worked[..., None], dense.low, 0), none)
    hours = np.minimum(hours, crews * dense.overtime_by_type[None, :, None] / 60)
    return crews, fitted_overtime(s, crews, hours)


def _shape(dense: Dense) -> tuple[int, int, int, int]:
    h, n, y = dense.worked.shape
    return h, n, y, dense.available.shape[2]


def _overtime(dense: Dense, opening: Floats, daily_minutes: Floats) -> Floats:
    """Hours that let each yard's crews clear what their week does not hold, evenly over the days, within the limit."""
    yard, days = yard_of(dense), len(dense.problem.dates)
    each = mean_minutes(dense, opening.sum(axis=2))
    overdue = opening[:, :, :OVERDUE_BUCKETS].sum(axis=2) * each
    crews = on_longest_shift(dense, np.zeros(_shape(dense), dtype=np.int64))
    hours = np.zeros(crews.shape)
    whole = regular_minutes(dense) or 1.0
    for y in range(len(dense.drive)):
        own = crews[:, :, y]
        have = float((own * dense.net_minutes[None] * present_share(dense)[:, None, :]).sum()) * 7 / days
        missing = float(overdue[:, yard == y].sum() + 7 * daily_minutes[:, yard == y].sum()) - have
        room = own * dense.overtime_by_type[None] / 60
        total = float(room.sum()) * 7 / days
        if missing > 0 and total > 0 and whole > 0:
            hours[:, :, y] = room * min(1.0, missing / 60 / total)
    return hours
