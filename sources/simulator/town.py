"""What a town's days have in common: its areas, base rates, crew minutes, and the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays
import numpy as np
import pandas as pd

from domain.panel import Floats
from domain.words import WEATHER_VARIABLES
from sources.simulator import rates
from sources.simulator.climate import CLIMATES
from sources.simulator.geography import Geography
from sources.simulator.settings import WorldSettings
from sources.simulator.weather_law import make_weather

T_MIN, T_MAX, RAIN, SNOWFALL, SNOW_DEPTH = (
    WEATHER_VARIABLES.index(v)
    for v in ("temperature_min_c", "temperature_max_c", "precipitation_mm", "snowfall_mm", "snow_depth_mm")
)
CLIMATE_YEARS = 30


@dataclass(frozen=True)
class Climatology:
    """Long-run means by which effects of weather are scaled, so that every climate has the same mean demand."""

    frost: float
    wet_mm: float
    flood_response: float
    noise_rain: float


@dataclass(frozen=True)
class Town:
    """incident_rate: (A, C) new incidents a day in the climate's mean weather.

    crew_minutes: (Z, 2) patching and drainage minutes of an ordinary working day, combined crews in drainage's.
    visits: (K,) noise visits a day.
    """

    geography: Geography
    climatology: Climatology
    incident_rate: Floats
    crew_minutes: Floats
    visits: Floats


@dataclass(frozen=True)
class Day:
    """index: days since the world began. mass_closing: clerks close all flooding that day."""

    index: int
    weekday: int
    day_of_year: int
    is_holiday: bool
    is_summer: bool
    mass_closing: bool = False


def is_freeze_thaw(weather: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Days that cross 0 °C by half a degree on either side. weather: (..., V)."""
    crossing: np.ndarray[tuple[int], np.dtype[np.bool_]] = (weather[..., T_MIN] < -0.5) & (weather[..., T_MAX] > 0.5)
    return crossing


def rain_response(mm: Floats) -> Floats:
    """Flooding incidents above a dry day's 1, by mm of rain."""
    response: Floats = np.interp(mm, rates.RAIN_MM, rates.RAIN_RESPONSE)
    return response


@lru_cache(maxsize=8)
def climatology(climate: str) -> Climatology:
    """From thirty years of the climate on a fixed seed, so that it does not move with a world's seed."""
    if climate not in CLIMATES:
        raise KeyError(climate)
    weather = make_weather(climate, date(2001, 1, 1), 365 * CLIMATE_YEARS, 0, hurricane=False).values
    rain = weather[:, RAIN]
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    spread = float(np.hypot(*rates.LOCAL_RAIN_SD))
    local = np.exp(spread * nodes - spread**2 / 2)
    response = rain_response(rain[:, None] * local) @ (weights / weights.sum())
    return Climatology(
        frost=float(is_freeze_thaw(weather).mean()),
        wet_mm=float(rain.mean()),
        flood_response=float(response.mean()),
        noise_rain=float(np.exp(rates.NOISE_RAIN * (rain > rates.NOISE_RAIN_FROM_MM)).mean()),
    )


def make_town(settings: WorldSettings, geography: Geography) -> Town:
    """Base rates by area and crew minutes by zone: what the mean day asks for ÷ the utilisation."""
    target = rates.REQUESTS_PER_AREA_DAY / rates.REQUESTS_PER_INCIDENT
    incident_rate = geography.rate * target
    work = incident_rate[:, :2] * rates.JOB_MINUTES
    zones = np.zeros((geography.zones, 2))
    np.add.at(zones, geography.zone, work)
    week = 7 / (5 + 2 * rates.WEEKEND_CREWS)
    visits = (rates.PATROL_SHARE * np.bincount(geography.district, incident_rate[:, 2])).astype(np.float64)
    return Town(geography, climatology(settings.climate), incident_rate, zones * week / rates.UTILISATION, visits)


def make_days(settings: WorldSettings, dates: pd.DatetimeIndex, mass_closing: date | None) -> tuple[Day, ...]:
    """The calendar of the simulator, day by day."""
    free = holidays.country_holidays(settings.country, years=range(dates[0].year, dates[-1].year + 1))
    return tuple(
        Day(
            index=i,
            weekday=d.weekday(),
            day_of_year=d.timetuple().tm_yday,
            is_holiday=d in free,
            is_summer=d.month in (6, 7, 8),
            mass_closing=d == mass_closing,
        )
        for i, d in enumerate(dates.date)
    )
