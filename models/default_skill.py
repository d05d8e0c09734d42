"""Issued forecasts of a stated skill, for a city whose own archive is too short to measure one.

Skill by lead as usual of public forecasts: temperature error 1.1 °C tomorrow, 2.1 °C on day 5, 4.5 °C (none) from day
11; correlation of daily rain 0.83, 0.49 and 0.09. Past days are given forecasts of that skill, made from what came, so
that today's real forecast is believed no more than that.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats, Known
from domain.words import HOURLY_VARIABLES, WEATHER_VARIABLES
from models.issued_archive import Archive, staleness
from models.season import TEMPERATURES, normals

KNOWN_AT = np.array([1, 5, 11])
TEMPERATURE_ERROR_C = np.array([1.1, 2.1, 4.5])
RAIN_CORRELATION = np.array([0.83, 0.49, 0.09])
AMOUNT_SPREAD = 0.3
"""Relative error of the amount where rain is foreseen."""


def assumed_archive(known: Known, usable: NDArray[np.bool_], rng: np.random.Generator) -> Archive | None:
    """An archive of made-up issues of the stated skill beside today's real one; None without a usable one."""
    issued, weather = known.issued, known.weather
    if issued is None or weather is None or not len(issued.origins):
        return None
    stale = staleness(issued, pd.Timestamp(known.origin))
    if stale is None:
        return None
    today = issued.values[-1, stale:][:, None]
    day = np.flatnonzero(usable)
    day = day[day + len(today) < len(weather.dates)]
    observed = weather.values[day[:, None] + np.arange(1, len(today) + 1)]
    made = np.full((len(WEATHER_VARIABLES), *observed.shape[:2]), np.nan)
    for v, name in enumerate(WEATHER_VARIABLES):
        if name not in HOURLY_VARIABLES:  # they follow rain and temperature
            made[v] = _made(weather.dates, weather.values, day, observed, v, stale, rng)
    given = np.where(np.isfinite(today[None]), np.moveaxis(made, 0, -1)[:, :, None], np.nan)
    return Archive(day, given, observed, weather.values[day], today, weather.values[-1], is_assumed=True)


def _made(
    dates: pd.DatetimeIndex,
    values: Floats,
    day: NDArray[np.intp],
    observed: Floats,
    variable: int,
    stale: int,
    rng: np.random.Generator,
) -> Floats:
    """Forecasts (M, L) of one variable: temperature with an error, amounts kept or taken from another day."""
    leads = np.arange(1, observed.shape[1] + 1) + stale
    came = observed[:, :, variable]
    if variable in TEMPERATURES:
        series = values[:, variable]
        normal = normals(dates, series, dates)[day[:, None] + np.arange(1, observed.shape[1] + 1)]
        spread = np.nanstd(came - normal) if np.isfinite(came).any() else np.nan
        noise = np.minimum(np.interp(leads, KNOWN_AT, TEMPERATURE_ERROR_C) / max(float(spread), 1e-6), 0.999)
        kept = np.sqrt(1.0 - noise**2)
        error = rng.standard_normal(came.shape) * noise * kept * spread
        made: Floats = normal + kept**2 * (came - normal) + error
        return made
    foreseen = rng.random(came.shape) < np.interp(leads, KNOWN_AT, RAIN_CORRELATION)
    blur = np.exp(AMOUNT_SPREAD * rng.standard_normal(came.shape))
    other: Floats = rng.permutation(came, axis=0)
    return np.where(foreseen, came * blur, other)
