"""The table `explanations`: effects at every level, each with the words a planner reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.category import Category
from domain.panel import Floats, Known, WeatherPaths
from models.effects import BLOCKS, PLACE, Effects
from models.levels import at_every_level, units
from models.reasons import NOTHING, Day, phrase
from models.weather_words import causes, weather_told

TOLD_SHARE = 0.01
"""A holiday is named where it moves the city's day by this share or more."""


def explanation_table(
    effects: Effects,
    known: Known,
    category: Category,
    weather: WeatherPaths | None,
    climate: WeatherPaths | None,
    horizon: int,
) -> pd.DataFrame:
    """The table without vintage_id: rows by level (area, district, city), area, date, order.

    The blocks of a day sum to its published mean. The city has no row for place: an average of all its areas is
    the city. Words are left empty where an area's effect is too small to read.
    """
    values = np.moveaxis(at_every_level(effects.effects[:, :, :horizon], known.areas), 0, 2)
    unit = units(known.areas)
    count, days, blocks = values.shape
    dates = pd.date_range(pd.Timestamp(known.origin) + pd.Timedelta(days=1), periods=days, unit="us")
    frame = pd.DataFrame(
        {
            "level": np.repeat(unit["level"].to_numpy(), days * blocks),
            "area": np.repeat(unit["area"].to_numpy(), days * blocks),
            "category": category.category,
            "date": np.tile(np.repeat(dates.to_numpy(), blocks), count),
            "block": np.tile(np.array(BLOCKS, dtype=object), count * days),
            "order": np.tile(np.arange(blocks), count * days),
            "effect": values.reshape(-1),
        }
    )
    frame["words"] = _words(values, unit, sizes(known), days_told(effects, known, weather, climate, dates), category)
    is_whole = (frame["level"] == "city") & (frame["block"] == PLACE)
    return frame[~is_whole].reset_index(drop=True)


def sizes(known: Known) -> list[int]:
    """How many areas each entry of `units` holds."""
    ones = np.ones(len(known.areas.names), dtype=np.int64)
    found: list[int] = at_every_level(ones, known.areas, axis=0).tolist()
    return found


def days_told(
    effects: Effects, known: Known, weather: WeatherPaths | None, climate: WeatherPaths | None, dates: pd.DatetimeIndex
) -> list[Day]:
    """What is special about each day, as far as the forecaster knows it: a holiday it does not know is not named."""
    mean = effects.effects.sum(axis=(0, 1))
    holiday = effects.holiday.sum(axis=0)
    is_told = np.abs(holiday) >= np.maximum(NOTHING, TOLD_SHARE * np.abs(mean))
    without = no_weather(effects, weather, climate)
    return [
        Day(
            day.date(),
            {**(known.events or {}), **known.holidays} if is_told[i] else {},
            float(holiday[i]) if is_told[i] else 0.0,
            "" if weather is None else weather_told(weather, climate, i),
            without,
            {name: float(part[i]) for name, part in effects.weather_parts.items()},
            {} if weather is None or climate is None else causes(weather, climate, i),
        )
        for i, day in enumerate(dates)
    ]


def no_weather(effects: Effects, weather: WeatherPaths | None, climate: WeatherPaths | None) -> str:
    """What is said on a day to which the weather adds nothing, and why that is so on every day."""
    if weather is None:
        return "no weather is known"
    if climate is not None and np.array_equal(weather.values, climate.values, equal_nan=True):
        return "nothing from the weather: what is usual in the season is expected"
    return "nothing from the weather" if effects.effects[-1].any() else "the forecast does not look at the weather"


def _words(
    values: Floats, unit: pd.DataFrame, size: list[int], told: list[Day], category: Category
) -> NDArray[np.object_]:
    """One phrase a row of values (units, H, B), in its order."""
    words = np.empty(values.shape, dtype=object)
    after = values.sum(axis=1).cumsum(axis=1)
    before = after - values.sum(axis=1)
    ratio = np.divide(after, before, out=np.full_like(after, np.nan), where=before > 0)
    for u, level in enumerate(unit["level"]):
        for h, day in enumerate(told):
            for b, block in enumerate(BLOCKS):
                effect = float(values[u, h, b])
                words[u, h, b] = phrase(block, effect, float(ratio[u, b]), level, size[u], day, category.noun)
    flat: NDArray[np.object_] = words.reshape(-1)
    return flat
