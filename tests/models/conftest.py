"""Small made-up cities as `Known` records, and the real one where its data lie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.category import Category
from domain.chance import generator
from domain.city import City, CityPlan
from domain.panel import AreaMap, Demand, Floats, Ints, IssuedWeather, Known, Places, Weather
from domain.words import WEATHER_VARIABLES

ORIGIN = date(2024, 6, 30)
WEEKDAY = np.array([1.3, 1.3, 1.2, 1.2, 1.1, 0.5, 0.4])


def area_map(count: int) -> AreaMap:
    """A row of areas in districts of three, neighbours side by side."""
    step = np.arange(count)
    names = tuple(f"area-{i:02d}" for i in range(count))
    district = tuple(f"district-{i // 3}" for i in range(count))
    beside = np.abs(step[:, None] - step) == 1
    return AreaMap(names, district, 1000.0 + 100 * step, 29.7 + 0.01 * step, -95.4 + 0.0 * step, beside)


def make_weather(dates: pd.DatetimeIndex, seed: int) -> Weather:
    """Seasons, showers and a few frosts; every daily variable observed, no hours."""
    rng = generator(seed, "weather")
    season = 12 - 14 * np.cos(2 * np.pi * (dates.day_of_year.to_numpy() - 20) / 365.25)
    mean = season + rng.normal(0, 4, len(dates))
    rain = np.where(rng.random(len(dates)) < 0.3, rng.gamma(0.7, 12, len(dates)), 0.0)
    snow = np.where(mean < 0, rain, 0.0)
    columns = [mean - 5, mean, mean + 5, rain, snow, snow, np.full(len(dates), 3.0), *[np.full(len(dates), np.nan)] * 2]
    return Weather(dates, np.stack(columns, axis=1))


def make_known(
    *,
    areas: int = 6,
    days: int = 800,
    categories: tuple[str, ...] = ("pothole",),
    level: float = 2.0,
    seed: int = 3,
    origin: date = ORIGIN,
    with_weather: bool = True,
    counts: Ints | None = None,
    hours: Ints | None = None,
    places: pd.DataFrame | None = None,
) -> Known:
    """A city with a weekday pattern and days that are busy everywhere at once."""
    dates = pd.date_range(end=pd.Timestamp(origin), periods=days, freq="D", unit="us")
    rng = generator(seed, "counts")
    if counts is None:
        busy = rng.gamma(4, 0.25, (len(categories), 1, days))
        mean = level * WEEKDAY[dates.day_of_week] * busy * np.linspace(0.5, 1.5, areas)[:, None]
        counts = rng.poisson(mean).astype(np.int32)
    ahead = timedelta(days=400)
    return Known(
        city="testville",
        as_of=origin,
        origin=origin,
        demand=Demand(dates, area_map(areas).names, categories, counts, np.zeros((len(categories), days), np.int32)),
        areas=area_map(areas),
        holidays={date(year, 7, 4): "Independence Day" for year in range(dates[0].year, (origin + ahead).year + 1)},
        weather=make_weather(dates, seed) if with_weather else None,
        issued=None,
        hours=hours,
        places=None if places is None else Places(places),
    )


@pytest.fixture(scope="session")
def city_known() -> Callable[..., Known]:
    """Builds a made-up city; see `make_known` for what may be set."""
    return make_known


def make_plan(categories: tuple[str, ...] = ("pothole",), **models: object) -> CityPlan:
    """A city of one yard and three shifts; `models` are settings of its models section."""
    settings = {"forecasters": ("exponential_smoothing", "recent_weekdays"), "weather_paths": 20, "draws": 300}
    clock = {"day": ("07:00", "15:00"), "evening": ("15:00", "23:00"), "night": ("23:00", "07:00")}
    city = City.model_validate(
        {
            "schema": 1,
            "city": "testville",
            "title": "Testville",
            "timezone": "America/Chicago",
            "holidays": {"country": "US"},
            "requests": {"kind": "files"},
            "areas": {"kind": "files"},
            "categories": categories,
            "crews": {
                "shifts": [{"name": n, "start": a, "end": b, "minutes": 400} for n, (a, b) in clock.items()],
                "types": [{"name": "patchers", "skills": {"patching": None}, "cost_per_hour": 100}],
                "yards": [{"name": "North", "crews": {"patchers": 2}}],
            },
            "models": {**settings, **models},
        }
    )
    return CityPlan(city=city, categories=tuple(make_category(c) for c in categories))


def make_category(name: str, **changes: object) -> Category:
    """Queue work with a worklist."""
    content = {
        "schema": 1,
        "category": name,
        "title": name.title(),
        "noun": f"{name} requests",
        "kind": "queue",
        "skill": "patching",
        "service_minutes": {"value": 40, "basis": "expert"},
        "queue": {"due_hours": 96, "cost_per_late_day": 25},
        "shift_profile": {"day": 0.6, "evening": 0.3, "night": 0.1},
        "worklist": {"preventive_work": "look at it", "length": 50},
    }
    return Category.model_validate({**content, **changes})


@pytest.fixture(scope="session")
def city_plan() -> Callable[..., CityPlan]:
    """Builds a city's plan; see `make_plan`."""
    return make_plan


@pytest.fixture(scope="session")
def category_of() -> Callable[..., Category]:
    """Builds a category; see `make_category`."""
    return make_category


def _weather_values(frame: pd.DataFrame) -> Floats:
    names = {
        "temperature_min_c": "tmin_c",
        "temperature_mean_c": "tmean_c",
        "temperature_max_c": "tmax_c",
        "precipitation_mm": "prcp_mm",
        "snowfall_mm": "snow_mm",
        "wind_ms": "wind_ms",
    }
    missing = pd.Series(np.nan, index=frame.index)
    return np.stack([frame.get(names.get(v, ""), missing).to_numpy(float) for v in WEATHER_VARIABLES], axis=1)


@pytest.fixture(scope="session")
def houston(shared_data: Path) -> Callable[[date], Known]:
    """What was known of the real city at the end of a day; districts are its areas."""
    folder = shared_data / "houston"
    counts = pd.read_parquet(folder / "counts_council_district.parquet")
    wide = counts.pivot_table(index="date", columns=["category", "area"], values="count")
    areas = tuple(sorted(counts["area"].unique()))
    panel = np.stack([wide[c][list(areas)].to_numpy().T for c in ("flooding", "pothole")]).astype(np.int32)
    observed = pd.read_parquet(folder / "weather_observed.parquet")
    issued = pd.read_parquet(folder / "weather_issued.parquet")
    issued["tmean_c"] = (issued["tmin_c"] + issued["tmax_c"]) / 2
    origins = pd.DatetimeIndex(sorted(issued["origin"].unique())).as_unit("us")
    archive = np.full((len(origins), 14, len(WEATHER_VARIABLES)), np.nan)
    row = origins.get_indexer(pd.DatetimeIndex(issued["origin"]).as_unit("us"))
    archive[row, issued["lead_days"].to_numpy() - 1] = _weather_values(issued)
    places = _places(folder / "requests.parquet")
    one = AreaMap(areas, areas, *(np.full(len(areas), np.nan) for _ in range(3)), np.zeros((11, 11), bool))

    def known(day: date) -> Known:
        end = pd.Timestamp(day)
        until, seen = wide.index <= end, observed["date"] <= end
        demand = panel[:, :, until]
        return Known(
            city="houston",
            as_of=day,
            origin=day,
            demand=Demand(
                pd.DatetimeIndex(wide.index[until]).as_unit("us"),
                areas,
                ("flooding", "pothole"),
                demand,
                np.zeros((2, demand.shape[2]), np.int32),
            ),
            areas=one,
            holidays={},
            weather=Weather(pd.DatetimeIndex(observed["date"][seen]).as_unit("us"), _weather_values(observed[seen])),
            issued=IssuedWeather(origins[origins <= end], archive[origins <= end]),
            places=Places(places[places["date"] <= end]),
        )

    return known


def _places(file: Path) -> pd.DataFrame:
    rows = pd.read_parquet(file, columns=["category", "council_district", "created", "lat", "lon"])
    rows = rows[rows["lat"].notna()]
    return pd.DataFrame(
        {
            "category": rows["category"],
            "area": rows["council_district"].fillna("").astype(str),
            "date": rows["created"].dt.normalize(),
            "lat": rows["lat"],
            "lon": rows["lon"],
        }
    ).reset_index(drop=True)
