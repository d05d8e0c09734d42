"""A made-up city and its forecast tables, drawn by seed: no other part of the project has to run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from domain.chance import generator
from domain.tables import AREAS
from domain.words import CITY_LEVEL, HOURLY_VARIABLES, QUANTILE_COLUMNS, QUANTILES, WEATHER_VARIABLES

CATEGORIES = ("pothole", "flooding", "noise")
MEAN = {"pothole": 0.6, "flooding": 0.33, "noise": 0.7}
YARDS = ("Mill Road", "Harbour", "North & Dock")
CREW_TYPES = ("drainage", "patching")
SHIFTS = ("day", "evening", "night")
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://a.test","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "</script><b>bold",
    "O'Brien & Sons",
    "Straße Ñ 市",
    "%{x} ${y} {{ z }}",
)
VINTAGE = "2026-03-03-r1-0a1b2c3d4e5f"


@dataclass(frozen=True)
class Shape:
    areas: int = 48
    districts: int = 6
    days: int = 14
    draws: int = 300
    corners: int = 10
    hostile: bool = False
    as_of: date = date(2026, 3, 3)


def days(shape: Shape) -> pd.DatetimeIndex:
    return pd.date_range(shape.as_of + timedelta(days=1), periods=shape.days)


def area_table(shape: Shape) -> pd.DataFrame:
    """A grid of many-cornered areas around a point, with districts of neighbouring columns."""
    columns = int(np.ceil(np.sqrt(shape.areas * 1.4)))
    cell = np.arange(shape.areas)
    x, y = -87.9 + cell % columns * 0.03, 43.0 + cell // columns * 0.022
    names = [f"Area {i + 1:02d}" for i in cell]
    if shape.hostile:
        names[: len(HOSTILE)] = HOSTILE
    district = [f"District {i * shape.districts // shape.areas + 1}" for i in cell]
    if shape.hostile:
        district[: shape.areas // shape.districts] = ["<img src=x onerror=alert(2)>"] * (shape.areas // shape.districts)
    return AREAS.validate(
        pd.DataFrame(
            {
                "city": "testford",
                "area": names if shape.hostile else [f"a{i + 1:02d}" for i in cell],
                "name": names,
                "district": district,
                "geometry": [outline(a, b, shape.corners) for a, b in zip(x, y, strict=True)],
                "population": 4000.0 + 37 * cell,
                "lat": y + 0.011,
                "lon": x + 0.015,
            }
        )
    )


def outline(x: float, y: float, corners: int) -> str:
    """A rectangle of 0.03° × 0.022° whose four sides are cut into `corners` pieces each."""
    step = np.linspace(0, 1, corners, endpoint=False)
    edge = np.concatenate(
        [
            np.column_stack([step, 0 * step]),
            np.column_stack([1 + 0 * step, step]),
            np.column_stack([1 - step, 1 + 0 * step]),
            np.column_stack([0 * step, 1 - step]),
            [[0, 0]],
        ]
    )
    ring = (edge * [0.03, 0.022] + [x, y]).round(6).tolist()
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def counts(shape: Shape, category: str) -> np.ndarray:
    """(A, H, S) whole numbers, overdispersed and sharing a city-wide shock."""
    rng = generator(3, "counts", category)
    propensity = rng.gamma(4, 0.25, size=(shape.areas, 1, 1))
    weekday = np.array([1.28, 1.31, 1.28, 1.21, 1.04, 0.47, 0.42])[days(shape).day_of_week][:, None]
    shock = rng.gamma(6, 1 / 6, size=(shape.days, shape.draws))
    return rng.poisson(MEAN[category] * propensity * weekday * shock).astype(np.int32)


def levels(areas: pd.DataFrame, sample: np.ndarray) -> list[tuple[str, str, np.ndarray]]:
    """(level, name, (H, S)) over areas, districts and the city."""
    found = [("area", name, sample[i]) for i, name in enumerate(areas["area"])]
    for name in sorted(set(areas["district"])):
        found.append(("district", name, sample[(areas["district"] == name).to_numpy()].sum(axis=0)))
    return [*found, ("city", CITY_LEVEL, sample.sum(axis=0))]


def summary(sample: np.ndarray) -> dict[str, object]:
    """Mean and quantiles of (H, S) over the draws."""
    quantiles = np.quantile(sample, QUANTILES, axis=1)
    return {"mean": sample.mean(axis=1), **dict(zip(QUANTILE_COLUMNS, quantiles, strict=True))}


def forecasts(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> pd.DataFrame:
    parts = []
    for category, sample in samples.items():
        for level, name, paths in levels(areas, sample):
            samples_of = [row.tolist() for row in paths] if level == "area" else [None] * len(paths)
            keys = {"level": level, "area": name, "category": category}
            parts.append({"date": days(shape), **keys, **summary(paths), "samples": samples_of})
    return stacked(parts).assign(origin=pd.Timestamp(shape.as_of))


def stacked(parts: list[dict[str, object]]) -> pd.DataFrame:
    """One frame of many parts of as many rows as they have dates; a single value stands for all rows of its part."""
    columns: dict[str, list[object]] = {name: [] for name in parts[0]}
    for part in parts:
        for name, values in part.items():
            is_single = isinstance(values, (str, int))
            columns[name].extend([values] * len(part["date"]) if is_single else values)
    return pd.DataFrame(columns)


def by_shift(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> pd.DataFrame:
    parts = []
    for category, sample in samples.items():
        for level, name, paths in levels(areas, sample)[-shape.districts - 1 :]:
            for shift, share in zip(SHIFTS, (0.5, 0.3, 0.2), strict=True):
                keys = {"level": level, "area": name, "category": category, "shift": shift}
                parts.append({"date": days(shape), **keys, "profile_basis": "measured", **summary(paths * share)})
    return stacked(parts)


def explanations(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> pd.DataFrame:
    """Every level; the city has no place, an area no words where little happens."""
    parts = []
    for category, sample in samples.items():
        for level, name, paths in levels(areas, sample):
            shares = {"usual": 0.9, "place": 0.1, "recent demand": 0.1, "calendar": -0.25, "weather": 0.15}
            if level == "city":
                shares |= {"usual": 1.0}
                del shares["place"]
            for block, share in shares.items():
                effect = paths.mean(axis=1) * share
                words = [f"{block}: {value:+.1f} requests" if abs(value) >= 0.05 else "" for value in effect]
                order = ["usual", "place", "recent demand", "calendar", "weather"].index(block)
                keys = {"level": level, "area": name, "category": category, "block": block, "order": order}
                parts.append({"date": days(shape), "effect": effect, "words": words, **keys})
    return stacked(parts)


def history(shape: Shape, areas: pd.DataFrame) -> pd.DataFrame:
    dates = pd.date_range(end=pd.Timestamp(shape.as_of), periods=56)
    parts = []
    for category in CATEGORIES:
        rng = generator(4, "history", category)
        counted = rng.poisson(MEAN[category], size=(shape.areas, len(dates), 1)).astype(np.int32)
        for level, name, count in levels(areas, counted):
            part = pd.DataFrame({"date": dates, "count": count[:, 0]})
            parts.append(part.assign(level=level, area=name, category=category))
    return pd.concat(parts, ignore_index=True)


def weather(shape: Shape) -> pd.DataFrame:
    rng = generator(10, "weather")
    rows = pd.MultiIndex.from_product([range(30), days(shape)], names=["weather_path_id", "date"]).to_frame(index=False)
    values = {name: rng.gamma(1.2, 4, size=len(rows)) for name in WEATHER_VARIABLES if name not in HOURLY_VARIABLES}
    low = rng.normal(1, 3, size=len(rows))
    temperature = {"temperature_min_c": low, "temperature_mean_c": low + 4, "temperature_max_c": low + 8}
    hours = {"precipitation_max_hour_mm": values["precipitation_mm"] / 2, "freeze_thaw_crossings": 2.0 * (low < 0)}
    return rows.assign(**values | temperature | hours, taken_from="2014-03-05")
