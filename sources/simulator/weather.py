"""The simulated city's weather: observed to the last day of history, and every forecast issued on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.category import Strict
from domain.tables import CORRECTIONS, WEATHER_ISSUED, WEATHER_OBSERVED
from domain.words import WEATHER_VARIABLES
from sources.plugins import Context, Plugin, WeatherRead
from sources.simulator.climate import LEADS
from sources.simulator.weather_law import WorldWeather
from sources.simulator.world import fingerprint, frame_of_city


class SimulatedWeather(Strict):
    """Nothing to set here: the world's settings stand in the city's `requests` section."""


def read(config: SimulatedWeather, ctx: Context) -> WeatherRead:
    world = frame_of_city(ctx)
    city, days = ctx.plan.city, world.settings.days
    observed = observed_table(city.city, city.timezone, world.weather, days)
    issued = issued_table(city.city, city.timezone, world.weather, days)
    return WeatherRead(
        WEATHER_OBSERVED.validate(observed),
        WEATHER_ISSUED.validate(issued),
        CORRECTIONS.empty(),
        fingerprint(world.settings),
    )


def end_of_day(dates: pd.DatetimeIndex, timezone: str) -> pd.DatetimeIndex:
    """The midnight after each local day, in UTC: when its weather is known."""
    following = dates + pd.Timedelta(days=1)
    return following.tz_localize(timezone, ambiguous=False, nonexistent="shift_forward").tz_convert("UTC")


def observed_table(city: str, timezone: str, weather: WorldWeather, days: int) -> pd.DataFrame:
    """Columns of `domain.tables.WEATHER_OBSERVED`, one row a day of history."""
    dates = weather.dates[:days]
    table = pd.DataFrame(weather.values[:days], columns=list(WEATHER_VARIABLES))
    return table.assign(city=city, date=dates, source="simulated", known_at=end_of_day(dates, timezone))


def issued_table(city: str, timezone: str, weather: WorldWeather, days: int) -> pd.DataFrame:
    """Columns of `domain.tables.WEATHER_ISSUED`, leads 1 to 14 for each day of history."""
    origins = np.repeat(np.arange(days), LEADS)
    lead = np.tile(np.arange(1, LEADS + 1), days)
    table = pd.DataFrame(weather.issued[:days].reshape(-1, len(WEATHER_VARIABLES)), columns=list(WEATHER_VARIABLES))
    return table.assign(
        city=city,
        origin=weather.dates[origins],
        date=weather.dates[origins + lead],
        source="simulated",
        known_at=end_of_day(weather.dates[:days], timezone)[origins],
    )


PLUGIN = Plugin(config=SimulatedWeather, read=read)
