"""A small budget: one city of eight areas, 200 days, 60 draws, all figures made up."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from allocation.budget.arrivals import requests_by_shift
from allocation.budget.fiscal import whole_quarters
from allocation.budget.pool import Pool, build_pool
from allocation.budget.study import Study, study
from allocation.budget.terms import Terms, resolve_terms
from allocation.dense import dense
from allocation.resolve import resolve
from domain.category import Category
from domain.chance import generator
from domain.city import City, CityPlan
from domain.panel import AreaMap, Draws, WeatherPaths
from domain.progress import silent
from domain.words import WEATHER_VARIABLES
from serving.budget.about import About

AS_OF = date(2024, 10, 20)
DAYS = 253  # to 2025-06-30: two fiscal quarters and what lies before
DRAWS, PATHS = 60, 12
SNOW = WEATHER_VARIABLES.index("snowfall_mm")

BUDGET: dict[str, Any] = {
    "is_invented": True,
    "fiscal_year_start": "07-01",
    "crews": {
        "patching": {
            "wage_per_hour": {"value": 70, "basis": "expert"}, "fringe_share": 0.3, "truck_per_day": 100,
            "material_per_job": 20, "authorised": 2, "vacant": 1, "hiring_lead_days": 30, "cost_code": "=P&1",
        },
        "drainage": {"wage_per_hour": 80, "fringe_share": 0.3, "truck_per_day": 150, "hiring_lead_days": 40},
    },
    "seasonal": [{"name": "winter", "crew_type": "patching", "crews": 1, "from": "12-15", "until": "02-15"}],
    "contractors": [
        {"name": "Paving Ltd", "price_per_job": {"pothole": 180}, "mobilisation_fee": 500, "minimum_order_jobs": 5}
    ],
    "snow_cost_code": "snow",
    "spent": {"adopted": 900_000, "amount": 300_000, "through": "2024-09-30"},
}  # fmt: skip


def plan(budget: dict[str, Any] | None = None, title: str = "Testford") -> CityPlan:
    common = {"schema": 1, "service_minutes": {"value": 40, "basis": "expert"}}
    pothole = common | {
        "category": "pothole", "title": "Potholes", "noun": "potholes", "kind": "queue", "skill": "patching",
        "queue": {"due_hours": 96, "cost_per_late_day": 25},
    }  # fmt: skip
    drain = common | {
        "category": "drain", "title": "Drains", "noun": "blocked drains", "kind": "queue", "skill": "drainage",
        "queue": {"due_hours": 120, "cost_per_late_day": 40},
    }  # fmt: skip
    city = City.model_validate(
        {
            "schema": 1, "city": "testford", "title": title, "timezone": "America/Chicago",
            "holidays": {"country": "US"}, "requests": {"kind": "files"}, "areas": {"kind": "files"},
            "categories": ["pothole", "drain"],
            "crews": {
                "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 420, "overtime_minutes": 90}],
                "types": [
                    {"name": "patching", "skills": {"patching": None}, "cost_per_hour": 100, "snow_duty": True},
                    {"name": "drainage", "skills": {"drainage": None}, "cost_per_hour": 120},
                ],
                "yards": [{"name": "North", "lat": 40.0, "lon": -90.0, "crews": {"patching": 1, "drainage": 1}}],
                "absence_share": 0.05,
            },
            "budget": BUDGET if budget is None else budget,
        }
    )  # fmt: skip
    return CityPlan(city=city, categories=(Category.model_validate(pothole), Category.model_validate(drain)))


def areas() -> AreaMap:
    at = np.arange(8)
    return AreaMap(
        tuple(f"a{i}" for i in at), tuple(f"district {i // 4}" for i in at), np.full(8, 1000.0),
        39.95 + 0.02 * (at // 3), -90.05 + 0.02 * (at % 3), np.zeros((8, 8), dtype=bool),
    )  # fmt: skip


def weather(dates: list[date]) -> WeatherPaths:
    """Snow on some winter days of half the paths; rain differs from path to path."""
    rng = generator(3, "budget weather")
    values = np.zeros((PATHS, len(dates), len(WEATHER_VARIABLES)))
    values[:, :, WEATHER_VARIABLES.index("precipitation_mm")] = rng.gamma(0.5, 4.0, (PATHS, 1)) * np.ones(len(dates))
    winter = np.array([d.month in (12, 1) for d in dates])
    values[: PATHS // 2, :, SNOW] = 40.0 * (winter & (np.arange(len(dates)) % 9 == 0))
    index = pd.DatetimeIndex([pd.Timestamp(d) for d in dates])
    return WeatherPaths(index, values, np.full(PATHS, 1 / PATHS), ("2020",) * PATHS, "climatology")


@cache
def ingredients(
    title: str = "Testford", mean: float = 6.0, contractors: bool = True
) -> tuple[Pool, Terms, WeatherPaths, np.ndarray]:
    """mean: potholes a day in the city, the same number of drains."""
    budget = BUDGET if contractors else {**BUDGET, "contractors": []}
    town, dates = plan(budget, title), [AS_OF + timedelta(days=d + 1) for d in range(DAYS)]
    problem = resolve(town, areas(), dates, {})
    d, paths = dense(problem), weather(dates)
    draws = Draws(5, (np.arange(DRAWS) % PATHS).astype(np.int32), np.full(DRAWS, 1 / DRAWS))
    rain = paths.values[:, :, WEATHER_VARIABLES.index("precipitation_mm")].mean(axis=1)[draws.weather_path_id]
    level = mean * (0.7 + 0.3 * rain / rain.mean()) * generator(5, "trend").gamma(20, 1 / 20, DRAWS)
    arrivals, index = {}, pd.DatetimeIndex([pd.Timestamp(x) for x in dates])
    for w in d.work:
        daily = generator(5, "demand", w.category).poisson(level, (DAYS, DRAWS)).astype(np.int32)
        arrivals[w.category] = requests_by_shift(daily, index, np.full((7, 4, 24), 1 / 24), town.city.crews.shifts)
    share = {w.category: np.full(8, 1 / 8) for w in d.work}
    opening = np.zeros((2, 8, 5 + DAYS + 1))
    opening[:, 0, 0], opening[:, 1, 6] = 4.0, 6.0
    pool = build_pool(d, arrivals, share, opening, paths, draws, {}, town.city.budget.fiscal_year_start)
    return pool, resolve_terms(town, problem), paths, draws.weather_path_id


@cache
def made_study(title: str = "Testford", mean: float = 6.0, contractors: bool = True) -> Study:
    pool, terms, paths, path = ingredients(title, mean, contractors)
    return study(pool, terms, whole_quarters(AS_OF, 2, "07-01"), 0.9, paths, path, silent)


def made_about(title: str = "Testford") -> About:
    return About(
        budget_id="2024-10-20-2q-climatology-00000000", title=title, label="Simulated city", is_simulated=True,
        is_invented=True, as_of=AS_OF, scenario="climatology", rule="all are equally likely", weather="climatology",
        view_id="2024-10-20-400d-climatology-00000000", modes=(),
    )  # fmt: skip
