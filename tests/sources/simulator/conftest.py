"""Simulated worlds that several tests look at; each is built once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pytest

from domain.chance import generator
from domain.panel import Floats, Ints
from sources.simulator.geography import make_geography
from sources.simulator.history import gather
from sources.simulator.rows import make_rows
from sources.simulator.settings import WorldSettings
from sources.simulator.state import first_state, repeat
from sources.simulator.step import step
from sources.simulator.town import Day, Town, make_days, make_town
from sources.simulator.weather_law import make_weather
from sources.simulator.world import World, build

WORLDS = 10
SMALL_WORLDS = 48
WARM_UP_DAYS = 200


@dataclass(frozen=True)
class ManyWorlds:
    """W histories of one town under weathers of their own, lived side by side by the same daily step.

    counts: (W, C, A, T) with an area. weather: (W, T, V). rows: requests of all worlds, created and closed.
    """

    settings: WorldSettings
    town: Town
    dates: pd.DatetimeIndex
    days: tuple[Day, ...]
    counts: Ints
    weather: Floats
    rows: pd.DataFrame


def live_side_by_side(settings: WorldSettings, worlds: int, luck: str = "side by side") -> ManyWorlds:
    """luck: names the random numbers; the weathers are the same under each."""
    geography = make_geography(settings)
    town = make_town(settings, geography)
    weathers = [
        make_weather(settings.climate, settings.start, settings.days, 1000 + i, hurricane=True) for i in range(worlds)
    ]
    weather = np.stack([w.values[: settings.days] for w in weathers])
    dates = weathers[0].dates[: settings.days]
    days = make_days(settings, dates, None)
    rng = generator(settings.seed, luck)
    state = repeat(
        first_state(len(geography.names), len(geography.district_names), town.climatology.wet_mm, rng), worlds
    )
    lived = []
    for day in days:
        state, today = step(town, state, day, weather[:, day.index], settings.unlocated_share, rng)
        lived.append(today)
    history = gather(lived, days, (state,))
    rows = make_rows(settings, geography, history)
    rows = rows[rows["created"] >= pd.Timestamp(settings.start) + pd.Timedelta(days=WARM_UP_DAYS)]
    counts = np.stack([t.counts for t in lived], axis=-1)
    return ManyWorlds(
        settings,
        town,
        dates[WARM_UP_DAYS:],
        days[WARM_UP_DAYS:],
        counts[..., WARM_UP_DAYS:],
        weather[:, WARM_UP_DAYS:],
        rows,
    )


@pytest.fixture(scope="session")
def many_worlds() -> ManyWorlds:
    """Ten worlds of five and a half years, the first 200 days of six being left to settle."""
    return live_side_by_side(WorldSettings(seed=5), WORLDS)


@pytest.fixture(scope="session")
def closings_of_other_lucks() -> list[pd.DataFrame]:
    """Rows of the same ten worlds under four other random numbers: how long storms hold crews up varies much."""
    return [live_side_by_side(WorldSettings(seed=5), WORLDS, f"luck {i}").rows for i in range(4)]


@pytest.fixture(scope="session")
def many_small_worlds() -> ManyWorlds:
    """Three areas under 48 weathers: heavy rain is rare, so what it does needs many years."""
    return live_side_by_side(WorldSettings(seed=5, districts=1, areas_per_district=3), SMALL_WORLDS)


@pytest.fixture(scope="session")
def small_settings() -> WorldSettings:
    return WorldSettings(seed=3, years=1, end=date(2022, 9, 25), districts=2, areas_per_district=3)


@pytest.fixture(scope="session")
def small_world(small_settings: WorldSettings) -> World:
    """Six areas, one year."""
    return build(small_settings)
