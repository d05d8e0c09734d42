"""Small cities to plan for, built as the pipeline builds them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.problem import Problem
from allocation.resolve import resolve
from domain.category import Category
from domain.chance import generator
from domain.city import City, CityPlan
from domain.panel import AreaMap, Draws, SamplePaths, WeatherPaths
from domain.words import WEATHER_VARIABLES

ORIGIN = date(2024, 1, 7)  # a Sunday

POTHOLE: dict[str, Any] = {
    "schema": 1,
    "category": "pothole",
    "title": "Potholes",
    "noun": "pothole requests",
    "kind": "queue",
    "skill": "patching",
    "service_minutes": {"value": 40, "basis": "expert"},
    "conversion": {
        "job_share": {"value": 0.85, "basis": "assumed"},
        "requests_per_job": {"value": 1.15, "basis": "assumed"},
        "self_found_share": {"value": 0.1, "basis": "assumed"},
        "setup_minutes_per_shift": {"value": 30, "basis": "expert"},
        "nearby_factor": {"value": 0.8, "basis": "assumed"},
    },
    "queue": {"due_hours": 96, "cost_per_late_day": 25},
}
FLOODING: dict[str, Any] = {
    "schema": 1,
    "category": "flooding",
    "title": "Flooding",
    "noun": "flooding requests",
    "kind": "event",
    "skill": "drainage",
    "service_minutes": {"value": 75, "basis": "expert"},
    "conversion": {"setup_minutes_per_shift": {"value": 20, "basis": "expert"}},
    "event": {
        "due_hours": 72,
        "cost_per_late_day": 60,
        "cost_per_missed_request": 150,
        "requests_per_crew_day": {"value": 7, "basis": "expert"},
        "levels": [
            {"name": "normal", "crews": 0, "cost": 0},
            {"name": "standby", "crews": 1, "cost": 180},
            {"name": "call-in", "crews": 2, "cost": 700},
            {"name": "storm", "crews": 4, "cost": 1900},
        ],
    },
}
NOISE: dict[str, Any] = {
    "schema": 1,
    "category": "noise",
    "title": "Noise",
    "noun": "noise complaints",
    "kind": "perishable",
    "owner": "police",
    "skill": "noise",
    "service_minutes": {"value": 25, "basis": "assumed"},
    "perishable": {"response_minutes": 60},
}
SHIFTS: list[dict[str, Any]] = [
    {"name": "day", "start": "07:00", "end": "15:00", "minutes": 420},
    {"name": "evening", "start": "15:00", "end": "23:00", "minutes": 400, "overtime_minutes": 60},
    {"name": "night", "start": "23:00", "end": "07:00", "minutes": 400, "weekdays": []},
]
TYPES: list[dict[str, Any]] = [
    {"name": "patching", "skills": {"patching": None}, "cost_per_hour": 120, "snow_duty": True},
    {"name": "drainage", "skills": {"drainage": None}, "cost_per_hour": 160},
    {"name": "mixed", "skills": {"patching": 50, "drainage": 90}, "cost_per_hour": 140},
]


def yards(number: int, crews: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """Yards on a circle around the middle of the map."""
    turn = np.linspace(0, 2 * np.pi, number, endpoint=False)
    return [
        {
            "name": f"yard {i + 1}",
            "lat": 40 + 0.08 * float(np.sin(t)),
            "lon": -90 + 0.1 * float(np.cos(t)),
            "crews": crews or {"patching": 2, "drainage": 1, "mixed": 1},
        }
        for i, t in enumerate(turn)
    ]


def city_plan(*, categories: list[dict[str, Any]] | None = None, **crews: Any) -> CityPlan:
    """A city; keyword arguments replace parts of its crews section."""
    chosen = [POTHOLE, FLOODING, NOISE] if categories is None else categories
    section: dict[str, Any] = {"shifts": SHIFTS, "types": TYPES, "yards": yards(2)} | crews
    city = City.model_validate(
        {
            "schema": 1,
            "city": "testford",
            "title": "Testford",
            "timezone": "America/Chicago",
            "holidays": {"country": "US"},
            "requests": {"kind": "files"},
            "areas": {"kind": "files"},
            "categories": [c["category"] for c in chosen],
            "crews": section,
        }
    )
    return CityPlan(city=city, categories=tuple(Category.model_validate(c) for c in chosen))


def area_map(number: int, districts: int = 2) -> AreaMap:
    """Areas on a grid of about 22 × 17 km; NaN nowhere."""
    side = int(np.ceil(number**0.5))
    at = np.arange(number)
    return AreaMap(
        names=tuple(f"a{i:03d}" for i in at),
        district=tuple(f"district {i * districts // number + 1}" for i in at),
        population=np.full(number, 1000.0),
        lat=39.9 + 0.2 * (at // side + 0.5) / side,
        lon=-90.1 + 0.2 * (at % side + 0.5) / side,
        neighbours=np.zeros((number, number), dtype=bool),
    )


def paths_of(plan: CityPlan, areas: AreaMap, days: int, draws: int, mean: float = 0.7, seed: int = 1) -> SamplePaths:
    """Joint paths with a gamma factor a day shared by all areas."""
    rng = generator(seed, "test paths")
    shape = (len(plan.categories), len(areas.names), days, draws)
    level = mean * rng.gamma(2.0, 0.5, (shape[0], 1, days, draws))
    return SamplePaths(
        origin=ORIGIN,
        dates=pd.date_range(ORIGIN + timedelta(days=1), periods=days, unit="us"),
        areas=areas.names,
        categories=tuple(c.category for c in plan.categories),
        samples=rng.poisson(np.broadcast_to(level, shape)).astype(np.int32),
        draws=Draws(seed, (np.arange(draws) % 10).astype(np.int32), np.full(draws, 1 / draws)),
    )


def split(paths: SamplePaths, shares: tuple[float, ...]) -> np.ndarray:
    """Requests by shift, the same whole numbers: earlier shifts rounded, the last takes the rest."""
    edges = np.floor(paths.samples[..., None, :] * np.cumsum(shares)[:, None] + 1e-9)
    return np.diff(edges, axis=-2, prepend=0).astype(np.int32)


def weather_of(paths: SamplePaths, snow_mm: float = 0.0, snow_day: int = 0, rain_mm: float = 2.0) -> WeatherPaths:
    """Ten weather paths; the first three bring snow on one day."""
    values = np.zeros((10, len(paths.dates), len(WEATHER_VARIABLES)))
    values[:3, snow_day, WEATHER_VARIABLES.index("snowfall_mm")] = snow_mm
    values[:, :, WEATHER_VARIABLES.index("precipitation_mm")] = rain_mm
    return WeatherPaths(paths.dates, values, np.full(10, 0.1), tuple("2020-01-01" for _ in range(10)), "climatology")


def backlog_of(areas: AreaMap, category: str, number: int, age_days: float = 3.0, area: str | None = None) -> Any:
    """Open requests spread over the areas, `age_days` old at the origin's end, without a due time of their own."""
    names = list(areas.names)
    end = pd.Timestamp("2024-01-08 06:00", tz="UTC").as_unit("us")
    created = pd.Series([end - pd.Timedelta(days=age_days)] * number, dtype="datetime64[us, UTC]")
    return pd.DataFrame(
        {
            "request_id": pd.Series([f"{category}-{i}" for i in range(number)], dtype="str"),
            "category": pd.Series([category] * number, dtype="str"),
            "area": pd.Series([names[i % len(names)] if area is None else area for i in range(number)], dtype="str"),
            "created_at": created,
            "due_at": pd.Series([pd.NaT] * number, dtype="datetime64[us, UTC]"),
            "due_basis": pd.Series(["category"] * number, dtype="str"),
            "age_days": np.full(number, age_days),
            "is_late": np.zeros(number, dtype=bool),
            "is_stale": np.zeros(number, dtype=bool),
            "lat": np.full(number, np.nan),
            "lon": np.full(number, np.nan),
        }
    )


def problem_of(
    plan: CityPlan, areas: AreaMap, days: int, holidays: dict[date, str] | None = None, skip: int = 0
) -> Problem:
    return resolve(plan, areas, [ORIGIN + timedelta(days=skip + i + 1) for i in range(days)], holidays or {})


class Build:
    """The builders by name: `build.city_plan(...)`."""

    city_plan = staticmethod(city_plan)
    area_map = staticmethod(area_map)
    paths_of = staticmethod(paths_of)
    split = staticmethod(split)
    weather_of = staticmethod(weather_of)
    backlog_of = staticmethod(backlog_of)
    problem_of = staticmethod(problem_of)
    yards = staticmethod(yards)
    pothole, flooding, noise = POTHOLE, FLOODING, NOISE
    shifts, types = SHIFTS, TYPES


@pytest.fixture(scope="session")
def build() -> type[Build]:
    return Build
