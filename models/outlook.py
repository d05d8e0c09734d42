"""How the coming window differs from the year's average: season and weather, learned from the whole city's months."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.panel import Floats, Known, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.incidents import Incidents, Index

FEWEST_WINDOWS = 18
BEFORE_DAYS = 180
RIDGE = 1.0
LARGEST = 3.0
"""The ratio is kept between 1 ÷ 3 and 3: beyond what the months of a few years can tell."""
RAIN, LOW, HIGH = (WEATHER_VARIABLES.index(v) for v in ("precipitation_mm", "temperature_min_c", "temperature_max_c"))


@dataclass(frozen=True)
class Outlook:
    """ratio: expected incidents in the window ÷ those of an average window of that length.

    rain_mm, usual_rain_mm: expected in the window, and the mean of past windows of the season; frost_days: days that
    cross 0 °C; NaN without weather.
    """

    ratio: float
    rain_mm: float = np.nan
    usual_rain_mm: float = np.nan
    frost_days: float = np.nan


def outlook(
    known: Known, incidents: Incidents, weather: WeatherPaths | None, window_days: int, half_life: float
) -> Outlook:
    """Past windows' incidents relative to the discounted rate before each, by Poisson regression on season and weather.

    Without weather only the season is used; with fewer than 18 past windows the ratio is 1.
    """
    ends = range(0, max(incidents.span - BEFORE_DAYS - window_days, 0), window_days)
    if len(ends) < FEWEST_WINDOWS:
        return Outlook(1.0, *_expected(known, weather, window_days))
    came = np.array([incidents.counted(end, end + window_days).sum() for end in ends])
    rate = [incidents.discounted(end + window_days, half_life) for end in ends]
    before = np.array([counts.sum() / days for counts, days in rate]) * window_days
    past, ahead = _features(known, weather, window_days, np.array(ends))
    usable = np.isfinite(past).all(axis=1) & (before > 0)
    if usable.sum() < FEWEST_WINDOWS or not np.isfinite(ahead).all():
        return Outlook(1.0, *_expected(known, weather, window_days))
    weight = np.ones(1) if weather is None else weather.weight
    ratio = float(weight @ _regress(past[usable], came[usable], before[usable], ahead))
    return Outlook(float(np.clip(ratio, 1 / LARGEST, LARGEST)), *_expected(known, weather, window_days))


def _regress(past: Floats, came: Floats, before: Floats, ahead: Floats) -> Floats:
    """Expected ratio for each row of `ahead`; exposure enters as weight (PoissonRegressor takes no offset)."""
    from sklearn.linear_model import PoissonRegressor

    centre, scale = past.mean(axis=0), np.maximum(past.std(axis=0), 1e-6)
    model = PoissonRegressor(alpha=RIDGE / len(past), max_iter=500)
    model.fit((past - centre) / scale, came / before, sample_weight=before)
    limits = np.clip((ahead - centre) / scale, -3.0, 3.0)
    predicted: Floats = model.predict(limits)
    return predicted


def _features(known: Known, weather: WeatherPaths | None, window_days: int, ends: Index) -> tuple[Floats, Floats]:
    """(W, F) of past windows that end `ends` days before the origin, and (P, F) of the one ahead, a row a path."""
    middle = pd.Timestamp(known.origin) - pd.to_timedelta(ends + window_days / 2, unit="D")
    past = [_season(pd.DatetimeIndex(middle))]
    coming = pd.DatetimeIndex([pd.Timestamp(known.origin) + pd.Timedelta(days=window_days / 2)])
    if weather is None or known.weather is None:
        return past[0], _season(coming)
    values = _last_days(known, int(ends.max()) + window_days)
    starts = len(values) - ends - window_days
    windows = np.stack([values[s : s + window_days] for s in starts])
    paths = weather.values[:, :window_days]
    ahead = np.repeat(_season(coming), len(paths), axis=0)
    return np.hstack([past[0], _wetness(windows)]), np.hstack([ahead, _wetness(paths)])


def _season(days: pd.DatetimeIndex) -> Floats:
    angle = 2 * np.pi * days.day_of_year.to_numpy() / 365.25
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _wetness(values: Floats) -> Floats:
    """(W, 2): log of the mean rain a day, share of days that cross 0 °C; from (W, D, V), gaps left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        rain = np.nanmean(values[:, :, RAIN], axis=1)
    return np.stack([np.log1p(rain), _crosses(values).mean(axis=1)], axis=1)


def _crosses(values: Floats) -> Floats:
    """(W, D): 1 where the day's temperature crosses 0 °C; 0 where it is missing."""
    crosses: Floats = ((values[:, :, LOW] < 0) & (values[:, :, HIGH] > 0)).astype(np.float64)
    return crosses


def _last_days(known: Known, days: int) -> Floats:
    """(days, V) observed weather up to the origin, NaN where there is none."""
    assert known.weather is not None
    wanted = pd.date_range(end=pd.Timestamp(known.origin), periods=days, freq="D", unit="us")
    frame = pd.DataFrame(known.weather.values, index=known.weather.dates).reindex(wanted)
    return frame.to_numpy(dtype=np.float64)


def _expected(known: Known, weather: WeatherPaths | None, window_days: int) -> tuple[float, float, float]:
    """Rain expected in the window, usual rain of the season's windows in past years, days that cross 0 °C."""
    if weather is None or known.weather is None:
        return np.nan, np.nan, np.nan
    paths = weather.values[:, :window_days]
    rain = float(weather.weight @ paths[:, :, RAIN].sum(axis=1))
    frost = float(weather.weight @ _crosses(paths).sum(axis=1))
    day = pd.DatetimeIndex(known.weather.dates).day_of_year.to_numpy()
    middle = (pd.Timestamp(known.origin) + pd.Timedelta(days=window_days / 2)).day_of_year
    apart = np.abs((day - middle + 182) % 365 - 182)
    usual = known.weather.values[apart <= window_days / 2, RAIN]
    usual_mm = float(np.nanmean(usual)) * window_days if np.isfinite(usual).any() else np.nan
    return rain, usual_mm, frost
