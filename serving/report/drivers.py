"""Section "What drives the numbers": blocks that build up each day's expectation, and the weather behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from serving.report.page import rounded
from serving.report.source import Source

AREA_KEY = "area:"
RAIN_MM = 1.0
HEAVY_RAIN_MM = 20.0
SNOW_MM = 10.0


def data(source: Source) -> dict[str, object]:
    """series[category][place]: effects (B, H) and words (B, H) as places in the shared list `words`.

    A place is a district, "*" for the city, or "area:" and an area. A block that a place has no row for is null;
    words[0] is empty, for effects too small to read.
    """
    table = source.table("explanations")
    order = table.sort_values(["order", "block"])["block"].drop_duplicates().tolist()
    pool = ["", *sorted(set(table["words"]) - {""})]
    codes = table["words"].map({text: code for code, text in enumerate(pool)})
    is_area = table["level"] == "area"
    table = table.assign(code=codes, area=table["area"].where(~is_area, AREA_KEY + table["area"]))
    dates = sorted(set(table["date"]))
    return {
        "blocks": order,
        "dates": [day.strftime("%Y-%m-%d") for day in dates],
        "words": pool,
        "names": {option["key"]: option["title"] for option in places(source)},
        "series": {c: _places(table[table["category"] == c], order, dates) for c in source.categories},
    }


def places(source: Source) -> list[dict[str, str]]:
    """The areas that something is explained for, by name, for a selector beside city and districts."""
    table = source.table("explanations")
    areas = sorted(set(table[table["level"] == "area"]["area"]), key=lambda area: (source.place(area), area))
    return [{"key": AREA_KEY + area, "title": source.place(area)} for area in areas]


def _places(rows: pd.DataFrame, blocks: list[str], dates: list[pd.Timestamp]) -> dict[str, dict[str, object]]:
    """All places of one category from two dense arrays (place, block, day)."""
    names = sorted(set(rows["area"]))
    axes = (("area", names), ("block", blocks), ("date", dates))
    at = tuple(pd.Index(axis).get_indexer(pd.Index(rows[column])) for column, axis in axes)
    shape = (len(names), len(blocks), len(dates))
    effects, words = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    effects[at], words[at] = rows["effect"], rows["code"]
    return {str(name): {"effects": rounded(effects[i]), "words": rounded(words[i])} for i, name in enumerate(names)}


def weather(source: Source) -> list[dict[str, object]]:
    """One record a day: mean lowest and highest temperature (°C), and chances of rain, frost and snow (0 to 1).

    Paths weigh as much as the draws that ride on them. Missing values make a missing figure, never a zero.
    """
    paths = source.table("weather_paths")
    weight = source.table("draws").groupby("weather_path_id")["weight"].sum()
    weighed = paths.assign(weight=paths["weather_path_id"].map(weight).fillna(0.0))
    until = pd.Timestamp(source.manifest.last_date)
    weighed = weighed[(weighed["weight"] > 0) & (weighed["date"] <= until)]
    return [_day(day, rows) for day, rows in weighed.groupby("date", sort=True)]


def _day(day: object, rows: pd.DataFrame) -> dict[str, object]:
    weight, rain = rows["weight"], rows["precipitation_mm"]
    lowest, highest, snow = (rows[c] for c in ("temperature_min_c", "temperature_max_c", "snowfall_mm"))
    return {
        "day": day,
        "low": _mean(lowest, weight),
        "high": _mean(highest, weight),
        "rain": _mean((rain >= RAIN_MM).where(rain.notna()), weight),
        "heavy": _mean((rain >= HEAVY_RAIN_MM).where(rain.notna()), weight),
        "frost": _mean((lowest < 0).where(lowest.notna()), weight),
        "snow": _mean((snow >= SNOW_MM).where(snow.notna()), weight),
    }


def _mean(values: pd.Series, weight: pd.Series) -> float:
    """Weighted mean over the paths that have a value; NaN where none has."""
    numbers = values.astype(float).to_numpy()
    known = ~np.isnan(numbers)
    total = weight.to_numpy()[known].sum()
    return float((numbers[known] * weight.to_numpy()[known]).sum() / total) if total > 0 else float("nan")
