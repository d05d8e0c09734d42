"""Generated planning problems of any size, with joint draws, a backlog and snow: one seed, one instance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from allocation.dense import Bools, Counts, Dense, dense
from allocation.problem import AreaSite, CrewRule, Problem, ShiftRule, Stationed, TravelRule, WorkRule, YardSite
from allocation.travel import drive_minutes
from allocation.work import OVERDUE_BUCKETS, buckets
from domain.category import Conversion, EventWork, Figure, QueueWork, ReadinessLevel
from domain.chance import generator
from domain.city import Travel, Yard
from domain.panel import AreaMap, Floats

FIRST = date(2016, 3, 7)  # a Monday
CITY_KM = 40.0
NET_SHARE = 0.86
"""Of a crew's minutes, what set-up and absence leave."""
MINUTES_WITH_TRAVEL = (52.0, 96.0)
"""Rough minutes a job with its drive, by category: they set the load, nothing else."""


@dataclass(frozen=True)
class Size:
    """areas, days, yards and draws of an instance; crew types are patching, drainage and combined, shifts are two."""

    areas: int
    days: int
    yards: int
    draws: int
    crews: int = 4
    """Crews a yard: two of the first type, the others in turn."""


@dataclass(frozen=True)
class Instance:
    """A problem and what it is planned on. Axes as in `allocation.dense`; jobs, not requests."""

    dense: Dense
    opening: Floats
    arrivals: Floats
    duty: Bools
    held: Counts
    weight: Floats


def instance(size: Size, seed: int, load: float = 1.0) -> Instance:
    """One instance. load: mean work with travel ÷ regular crew minutes.

    A day's jobs are Poisson about a gamma factor that all areas share and that lasts from day to day; areas differ
    by a gamma factor of their own; one draw in ten has a snow day that takes the types with snow duty.
    """
    rng = generator(seed, "instance")
    d = dense(problem(size, rng))
    jobs = _jobs_a_day(d, load)
    arrivals = _arrivals(d, size, jobs, rng)
    opening = np.zeros((len(d.work), size.areas, buckets(d)))
    share = arrivals.sum(axis=(2, 3)).mean(axis=-1)
    waiting = 2.0 * jobs[:, None] * share / share.sum(axis=1, keepdims=True)
    opening[:, :, OVERDUE_BUCKETS - 2 : OVERDUE_BUCKETS + 4] = rng.poisson(waiting[..., None] / 6, (*waiting.shape, 6))
    snowy = np.zeros((size.days, size.draws), dtype=bool)
    snowy[rng.integers(0, size.days, size.draws // 10), np.arange(size.draws // 10)] = True
    leaves = np.array([t.snow_duty for t in d.problem.crew_types])
    held = np.zeros((*d.worked.shape, d.available.shape[2]), dtype=np.int64)
    duty = ~(snowy[:, None, :] & leaves[None, :, None])
    return Instance(d, opening, arrivals, duty, held, np.full(size.draws, 1 / size.draws))


def problem(size: Size, rng: np.random.Generator) -> Problem:
    """Areas and yards at random places of a square, `Size.crews` crews a yard."""
    km = rng.uniform(0, CITY_KM, (size.areas + size.yards, 2)) - CITY_KM / 2
    lat, lon = 29.7 + km[:, 0] / 111.2, -95.4 + km[:, 1] / 96.6
    here, there = slice(0, size.areas), slice(size.areas, None)
    areas = _map(lat[here], lon[here])
    yards = [
        Yard(name=f"yard {i + 1}", lat=a, lon=b, crews={})
        for i, (a, b) in enumerate(zip(lat[there], lon[there], strict=True))
    ]
    drives = drive_minutes(yards, areas, Travel())
    dates = tuple(FIRST + timedelta(days=i) for i in range(size.days))
    worked = tuple(d for d in dates if d.weekday() < 5)
    return Problem(
        city="generated",
        timezone="America/Chicago",
        currency="USD",
        is_invented=True,
        dates=dates,
        areas=tuple(AreaSite(area=a, district="all") for a in areas.names),
        work=(_potholes(), _flooding()),
        shifts=(
            ShiftRule(name="day", start_minute=420, clock_minutes=480, minutes=420, overtime_minutes=120, dates=worked),
            ShiftRule(
                name="evening", start_minute=900, clock_minutes=480, minutes=420, overtime_minutes=60, dates=dates
            ),
        ),
        crew_types=(
            CrewRule(name="patching", skills=("patching",), cost_per_hour=118, overtime_factor=1.5, snow_duty=True),
            CrewRule(name="drainage", skills=("drainage",), cost_per_hour=134, overtime_factor=1.5, snow_duty=False),
            CrewRule(
                name="combined", skills=("drainage", "patching"), cost_per_hour=141, overtime_factor=1.5, snow_duty=True
            ),
        ),
        yards=tuple(
            YardSite(name=y.name, lat=y.lat, lon=y.lon, shifts=("day", "evening"), drive=drive)
            for y, drive in zip(yards, drives, strict=True)
        ),
        stationed=tuple(
            Stationed(yard=y.name, crew_type=name, crews=(number,) * size.days)
            for y in yards
            for name, number in _stationed(size.crews).items()
        ),
        travel=TravelRule(minutes_within_area=8, minutes_unknown=20),
        absence_share=0.06,
        snow_duty_from_mm=25,
    )


def _stationed(crews: int) -> dict[str, int]:
    return {"patching": crews - 2 * (crews // 4), "drainage": crews // 4, "combined": crews // 4}


def _map(lat: Floats, lon: Floats) -> AreaMap:
    count = len(lat)
    return AreaMap(
        names=tuple(f"area {i + 1:03d}" for i in range(count)),
        district=("all",) * count,
        population=np.full(count, 1.0),
        lat=lat,
        lon=lon,
        neighbours=np.zeros((count, count), dtype=bool),
    )


def _potholes() -> WorkRule:
    return WorkRule(
        category="pothole", title="Potholes", noun="pothole requests", kind="queue", owner="public works",
        skill="patching", service_minutes=_expert(40), conversion=_conversion(30), event=None, perishable=None,
        queue=QueueWork(due_hours=48, cost_per_late_day=60), minutes={"patching": 40.0, "combined": 46.0},
    )  # fmt: skip


def _flooding() -> WorkRule:
    normal = ReadinessLevel(name="normal", crews=0, cost=0)
    rule = EventWork(
        due_hours=12,
        cost_per_late_day=200,
        cost_per_missed_request=150,
        requests_per_crew_day=_expert(7),
        levels=(normal,),
    )
    return WorkRule(
        category="flooding", title="Flooding", noun="flooding requests", kind="event", owner="public works",
        skill="drainage", service_minutes=_expert(75), conversion=_conversion(20), event=rule, perishable=None,
        queue=None, minutes={"drainage": 75.0, "combined": 84.0},
    )  # fmt: skip


def _expert(value: float) -> Figure:
    return Figure(value=value, basis="expert")


def _conversion(setup: float) -> Conversion:
    return Conversion(setup_minutes_per_shift=_expert(setup), nearby_factor=_expert(0.8))


def _jobs_a_day(d: Dense, load: float) -> Floats:
    """Mean jobs a day of the whole city, (J,): two thirds of the minutes on potholes."""
    shifts = d.worked.any(axis=1).mean(axis=0)
    minutes = NET_SHARE * float(d.minutes.max()) * float((d.available.mean(axis=0).sum(axis=1) * shifts).sum())
    jobs: Floats = load * minutes * np.array([2 / 3, 1 / 3]) / np.array(MINUTES_WITH_TRAVEL)
    return jobs


def _arrivals(d: Dense, size: Size, jobs: Floats, rng: np.random.Generator) -> Floats:
    """Jobs by slot, (J, A, H, N, S)."""
    place = rng.gamma(2.0, 0.5, (len(jobs), size.areas))
    place /= place.sum(axis=1, keepdims=True)
    shock = np.array([0.15, 0.6])[:, None, None] * rng.standard_normal((len(jobs), size.days, size.draws))
    level = np.zeros_like(shock)
    level[:, 0] = shock[:, 0]
    for day in range(1, size.days):
        level[:, day] = 0.6 * level[:, day - 1] + shock[:, day]
    city = jobs[:, None, None] * np.exp(level - level.var(axis=(1, 2), keepdims=True) / 2)
    of_shift = np.array([0.7, 0.3])
    mean = place[:, :, None, None, None] * city[:, None, :, None, :] * of_shift[None, None, None, :, None]
    arrivals: Floats = rng.poisson(mean).astype(float)
    return arrivals
