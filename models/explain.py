"""Effects in words a planner reads: what is usual, what the last weeks, the calendar and the weather add."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.category import Category
from domain.panel import Floats, Known, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.effects import BLOCKS, Effects
from models.levels import at_every_level, units

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WET_MM = 1.0
BEFORE_DAYS = 3


def explanation_table(
    effects: Effects, known: Known, category: Category, weather: WeatherPaths | None, horizon: int
) -> pd.DataFrame:
    """The table `explanations` without vintage_id, at district and city level; the blocks of a day sum to the mean.

    Rows are ordered by level (district, city), area, date, order. effects: (B, A, H).
    """
    everywhere = at_every_level(effects.effects[:, :, :horizon], known.areas)
    is_shown = (units(known.areas)["level"] != "area").to_numpy()
    unit = units(known.areas)[is_shown]
    values = np.moveaxis(everywhere[:, is_shown], 0, 2)
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
    return frame.assign(words=_words(values, BLOCKS, category, reasons(known, weather, dates)))


def reasons(known: Known, weather: WeatherPaths | None, dates: pd.DatetimeIndex) -> dict[str, list[str]]:
    """Block -> one clause a day: the weekday or holiday, and the weather expected."""
    calendar = [calendar_clause(day.date(), known.holidays) for day in dates]
    if weather is None:
        return {"calendar": calendar, "weather": ["no weather is known"] * len(dates)}
    return {"calendar": calendar, "weather": [weather_clause(weather, i) for i in range(len(dates))]}


def calendar_clause(day: date, holidays: dict[date, str]) -> str:
    """'it is Sunday', with the holiday by name, or the day after one."""
    if day in holidays:
        return f"it is {WEEKDAYS[day.weekday()]}, {holidays[day]}"
    yesterday = date.fromordinal(day.toordinal() - 1)
    if yesterday in holidays:
        return f"it is {WEEKDAYS[day.weekday()]}, the day after {holidays[yesterday]}"
    return f"it is {WEEKDAYS[day.weekday()]}"


def weather_clause(weather: WeatherPaths, index: int) -> str:
    """Rain of the day, or of the days before, and frost, as the mean of the weather paths."""
    day = WEEKDAYS[weather.dates[index].day_of_week]
    rain = _expected(weather, "precipitation_mm")
    parts = []
    if rain[index] >= WET_MM:
        parts.append(f"{rain[index]:.0f} mm expected on {day}")
    before = float(rain[max(0, index - BEFORE_DAYS) : index].sum())
    if before >= max(WET_MM, 2 * rain[index]):
        parts.append(f"{before:.0f} mm expected in the days before")
    frost = _share(weather, index)
    if frost >= 0.5:
        parts.append(f"freezing and thawing likely ({100 * frost:.0f} %)")
    cold = float(_expected(weather, "temperature_mean_c")[index])
    rest = "little rain expected" + ("" if np.isnan(cold) else f", {cold:.0f} °C on average")
    return ", ".join(parts) if parts else rest.replace("-", "−")


def _expected(weather: WeatherPaths, variable: str) -> Floats:
    """(H,): mean over the paths; NaN where the source lacks the variable."""
    values = weather.values[:, :, WEATHER_VARIABLES.index(variable)]
    mean: Floats = weather.weight @ values
    return mean


def _share(weather: WeatherPaths, index: int) -> float:
    """Share of paths that cross 0 °C on the day; 0 where temperature is missing."""
    low = weather.values[:, index, WEATHER_VARIABLES.index("temperature_min_c")]
    high = weather.values[:, index, WEATHER_VARIABLES.index("temperature_max_c")]
    return float(weather.weight @ ((low < 0) & (high > 0)))


def _words(
    values: Floats, blocks: tuple[str, ...], category: Category, reason: dict[str, list[str]]
) -> NDArray[np.object_]:
    """One phrase a row of values (units, H, B), in its order."""
    days = values.shape[1]
    clauses = {
        "recent demand": ["the last weeks were {} than usual"] * days,
        **{block: [f"{text}" for text in reason[block]] for block in ("calendar", "weather")},
    }
    words = np.empty(values.shape, dtype=object)
    for b, block in enumerate(blocks):
        for h in range(days):
            clause = clauses.get(block, [""] * days)[h]
            words[:, h, b] = [phrase(block, float(v), clause, category.noun) for v in values[:, h, b]]
    flat: NDArray[np.object_] = words.reshape(-1)
    return flat


def phrase(block: str, effect: float, clause: str, noun: str) -> str:
    """'+14 because of the weather: 38 mm expected on Thursday'."""
    if block == "usual":
        return f"{amount(effect)} {noun} on a usual day"
    if block == "place":
        return f"{'+' if effect > 0 else '−'}{amount(effect)} against as many average areas"
    if abs(effect) < 0.05:
        name = {"recent demand": "the last weeks were as usual", "calendar": "nothing from the calendar"}
        return name.get(block, f"nothing from the {block}" + (f": {clause}" if clause else ""))
    sign = "+" if effect > 0 else "−"
    if block == "weather":
        return f"{sign}{amount(effect)} because of the weather: {clause}"
    if block == "recent demand":
        clause = clause.format("busier" if effect > 0 else "quieter")
    return f"{sign}{amount(effect)} because {clause}" if clause else f"{sign}{amount(effect)} from {block}"


def amount(effect: float) -> str:
    """A size a reader takes in: whole from ten up, one decimal below."""
    size = abs(effect)
    return f"{size:.0f}" if size >= 9.95 else f"{size:.1f}"
