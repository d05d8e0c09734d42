"""A made-up publication with every table filled, valid against the contracts: no other part has to run.

Loaded by path from the conftest files of tests/serving and tests/browser.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from domain.chance import generator
from domain.manifest import Manifest, RecipeEntry, SolveEntry
from domain.tables import AREAS, PUBLISHED
from domain.words import CITY_LEVEL, QUANTILE_COLUMNS, QUANTILES, WEATHER_VARIABLES

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
class Publication:
    """tables: by name, as published. areas: the `areas` table."""

    tables: dict[str, pd.DataFrame]
    manifest: Manifest
    areas: pd.DataFrame


@dataclass(frozen=True)
class Shape:
    areas: int = 48
    districts: int = 6
    days: int = 14
    draws: int = 300
    corners: int = 10
    hostile: bool = False
    as_of: date = date(2026, 3, 3)


def publication(shape: Shape) -> Publication:
    """Everything a vintage holds, drawn by seed from `shape`."""
    areas = area_table(shape)
    samples = {c: counts(shape, c) for c in CATEGORIES}
    tables = {
        "forecasts": forecasts(shape, areas, samples),
        "forecasts_by_shift": by_shift(shape, areas, samples),
        "explanations": explanations(shape, areas, samples),
        "history": history(shape, areas),
        **plan(shape, areas, samples),
        **rest(shape, areas),
    }
    contracts = {t.name: t for t in PUBLISHED}
    valid = {
        name: contracts[name].validate(frame.assign(vintage_id=VINTAGE).sort_values(list(contracts[name].key)))
        for name, frame in tables.items()
    }
    return Publication(valid, manifest(shape), areas)


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
            part = pd.DataFrame({"date": days(shape), "level": level, "area": name, **summary(paths)})
            part["samples"] = [list(map(int, row)) for row in paths] if level == "area" else None
            parts.append(part.assign(category=category))
    return pd.concat(parts, ignore_index=True).assign(origin=pd.Timestamp(shape.as_of))


def by_shift(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> pd.DataFrame:
    parts = []
    for category, sample in samples.items():
        for level, name, paths in levels(areas, sample)[-shape.districts - 1 :]:
            for shift, share in zip(SHIFTS, (0.5, 0.3, 0.2), strict=True):
                part = pd.DataFrame({"date": days(shape), "level": level, "area": name, **summary(paths * share)})
                parts.append(part.assign(category=category, shift=shift, profile_basis="measured"))
    return pd.concat(parts, ignore_index=True)


def explanations(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> pd.DataFrame:
    blocks = (("usual", 0.9), ("recent demand", 0.2), ("calendar", -0.25), ("weather", 0.15))
    parts = []
    for category, sample in samples.items():
        for level, name, paths in levels(areas, sample):
            if level == "area":
                continue
            for order, (block, share) in enumerate(blocks):
                effect = paths.mean(axis=1) * share
                words = [f"{block}: {value:+.1f} requests" for value in effect]
                part = pd.DataFrame({"date": days(shape), "effect": effect, "words": words})
                parts.append(part.assign(level=level, area=name, category=category, block=block, order=order))
    return pd.concat(parts, ignore_index=True)


def history(shape: Shape, areas: pd.DataFrame) -> pd.DataFrame:
    dates = pd.date_range(end=pd.Timestamp(shape.as_of), periods=56)
    parts = []
    for category in CATEGORIES:
        rng = generator(4, "history", category)
        counted = rng.poisson(MEAN[category], size=(shape.areas, len(dates), 1)).astype(np.int32)
        for level, name, count in levels(areas, counted)[shape.areas :]:
            part = pd.DataFrame({"date": dates, "count": count[:, 0]})
            parts.append(part.assign(level=level, area=name, category=category))
    return pd.concat(parts, ignore_index=True)


def yards(shape: Shape) -> tuple[str, ...]:
    return ("=Overview", "'quoted'", "<b>Yard</b>") if shape.hostile else YARDS


def plan(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> dict[str, pd.DataFrame]:
    """Roster, dispatch, readiness and staffing hints that agree on yards, dates and shifts."""
    rng = generator(5, "plan")
    working = days(shape)[days(shape).day_of_week < 5]
    rows = pd.MultiIndex.from_product(
        [working, SHIFTS[:2], yards(shape), CREW_TYPES], names=["date", "shift", "yard", "crew_type"]
    ).to_frame(index=False)
    crews = rng.integers(1, 6, size=len(rows))
    rainy = rows["date"].isin(working[2:4]) & (rows["crew_type"] == "drainage")
    roster = rows.assign(
        crews=crews,
        available=crews + 1,
        on_readiness=np.where(rainy, 1, 0),
        overtime_hours=np.where(crews == 5, 2.0, 0.0),
        contractor_hours=0.0,
        readiness=np.where(rows["date"].isin(working[2:4]), "standby", "normal"),
        is_locked=False,
        expected_minutes=crews * 400.0,
        reason="demand of " + pd.Series(crews).astype(str) + " crews' work is expected after two wet days",
    )
    return {
        "roster": roster,
        "dispatch": dispatch(shape, areas, roster, list(working[:2])),
        "readiness": readiness(shape, areas, samples["flooding"], list(working[2:4])),
        "staffing_hints": hints(shape, areas, samples["noise"]),
    }


def dispatch(shape: Shape, areas: pd.DataFrame, roster: pd.DataFrame, named: list[pd.Timestamp]) -> pd.DataFrame:
    """Three areas a row on the next two working days, `*` afterwards."""
    rng = generator(6, "dispatch")
    near = roster[roster["date"].isin(named)]
    start = np.repeat(np.arange(len(near)) * 3, 3) + np.tile(np.arange(3), len(near))
    near = near.loc[near.index.repeat(3)].assign(area=areas["area"].to_numpy()[start % shape.areas])
    far = roster[~roster["date"].isin(named)].assign(area=CITY_LEVEL)
    rows = pd.concat([near, far], ignore_index=True)
    minutes = rng.uniform(60, 420, size=len(rows))
    return rows[["date", "shift", "yard", "crew_type", "area"]].assign(
        category=np.where(rows["crew_type"] == "patching", "pothole", "flooding"),
        crews=minutes / 420,
        expected_minutes=minutes,
        minutes_low=minutes * 0.7,
        minutes_high=minutes * 1.4,
        expected_served=minutes / 45,
        expected_late=rng.uniform(0, 2, size=len(rows)),
        backlog_jobs=rng.integers(0, 9, size=len(rows)).astype(float),
        marginal_value=rng.uniform(0, 90, size=len(rows)),
        reason="4 open, 2 of them late; 3.1 more expected",
    )


def readiness(shape: Shape, areas: pd.DataFrame, sample: np.ndarray, raised: list[pd.Timestamp]) -> pd.DataFrame:
    parts = []
    for level, name, paths in levels(areas, sample):
        if level != "district":
            continue
        up = days(shape).isin(raised) & (name != "District 1")
        part = pd.DataFrame({"date": days(shape), "expected_requests": paths.mean(axis=1)})
        part["level"] = np.where(up, "standby", "normal")
        part["crews"], part["cost"] = np.where(up, 1, 0), np.where(up, 180.0, 0.0)
        part["yard"] = np.where(up, yards(shape)[0], "")
        part["chance_of_exceeding"] = (paths > 7).mean(axis=1)
        part["reason"] = np.where(up, "24 mm of rain likely, 3.4 × the usual requests", "no heavy rain in sight")
        parts.append(part.assign(district=name, category="flooding"))
    return pd.concat(parts, ignore_index=True)


def hints(shape: Shape, areas: pd.DataFrame, sample: np.ndarray) -> pd.DataFrame:
    parts = []
    for level, name, paths in levels(areas, sample):
        if level == "area":
            continue
        for shift, share in zip(SHIFTS, (0.2, 0.4, 0.4), strict=True):
            part = pd.DataFrame({"date": days(shape), "expected_requests": paths.mean(axis=1) * share})
            part["upper_requests"] = np.quantile(paths * share, 0.8, axis=1)
            part["staff"] = np.ceil(part["upper_requests"] / 4).astype(int)
            parts.append(part.assign(district=name, shift=shift))
    return pd.concat(parts, ignore_index=True).assign(category="noise", owner="police", certainty=0.83)


def rest(shape: Shape, areas: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        "backlog": backlog(shape, areas),
        "worklist": worklist(shape, areas),
        "draws": pd.DataFrame(
            {"draw": np.arange(shape.draws), "weather_path_id": np.arange(shape.draws) % 30, "weight": 1 / shape.draws}
        ),
        "weather_paths": weather(shape),
        "health": health(),
        "scores": scores(shape),
    }


def backlog(shape: Shape, areas: pd.DataFrame) -> pd.DataFrame:
    rng = generator(8, "backlog")
    size = 260
    age = rng.exponential(12, size=size)
    now = pd.Timestamp(shape.as_of, tz="UTC") + pd.Timedelta(hours=28)
    category = np.where(np.arange(size) % 4, "pothole", "flooding")
    created = pd.Series(now - pd.to_timedelta(age, unit="D"))
    due = created + pd.Timedelta(hours=96)
    return pd.DataFrame(
        {
            "request_id": [f"r{i:05d}" for i in range(size)],
            "category": category,
            "area": areas["area"].to_numpy()[rng.integers(0, shape.areas, size=size)],
            "created_at": created,
            "due_at": due.where(np.arange(size) % 10 > 0),
            "due_basis": np.where(np.arange(size) % 10 > 0, "category", "none"),
            "age_days": age,
            "is_late": (due < now).to_numpy() & (np.arange(size) % 10 > 0),
            "is_stale": age > 60,
            "lat": 43.05,
            "lon": -87.8,
        }
    )


def worklist(shape: Shape, areas: pd.DataFrame) -> pd.DataFrame:
    rng = generator(9, "worklist")
    parts = []
    for category, work in (("pothole", "inspect and seal cracks"), ("flooding", "clean the inlets")):
        at = rng.integers(0, shape.areas, size=25)
        expected = np.sort(rng.gamma(2, 0.5, size=25))[::-1]
        parts.append(
            pd.DataFrame(
                {
                    "category": category,
                    "rank": np.arange(1, 26),
                    "place": [f"{category[0]}-{i:03d}" for i in range(25)],
                    "area": areas["area"].to_numpy()[at],
                    "lat": areas["lat"].to_numpy()[at] + rng.uniform(-0.008, 0.008, 25),
                    "lon": areas["lon"].to_numpy()[at] + rng.uniform(-0.01, 0.01, 25),
                    "window_days": 30,
                    "expected_incidents": expected,
                    "probability": 1 - np.exp(-expected),
                    "incidents_last_year": rng.integers(1, 20, 25),
                    "last_incident": pd.Timestamp(shape.as_of) - pd.to_timedelta(rng.integers(1, 300, 25), unit="D"),
                    "preventive_work": work,
                    "reason": "11 incidents last year, most of them in spring; a thaw is likely",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def weather(shape: Shape) -> pd.DataFrame:
    rng = generator(10, "weather")
    rows = pd.MultiIndex.from_product([range(30), days(shape)], names=["weather_path_id", "date"]).to_frame(index=False)
    values = {name: rng.gamma(1.2, 4, size=len(rows)) for name in WEATHER_VARIABLES}
    low = rng.normal(1, 3, size=len(rows))
    temperature = {"temperature_min_c": low, "temperature_mean_c": low + 4, "temperature_max_c": low + 8}
    return rows.assign(**values | temperature, taken_from="2014-03-05")


def health() -> pd.DataFrame:
    rows = [
        ("freshness", "requests", "last known day 2026-03-03, 0 days old", "ok", ""),
        ("freshness", "issued weather", "1 day old", "note", "check the weather feed"),
        ("rows", "read", "120,345", "ok", ""),
        ("quarantine", "unknown area", "312 rows (0.3 %)", "note", "add the area to the map or map its name"),
        ("quarantine", "<b>closed before created</b>", "17 rows", "ok", ""),
        ("correction", "area id '08' read as '8'", "1,204 rows", "ok", ""),
        ("mode", "normal", "all sources fresh", "ok", ""),
        ("gap", "noise 2024-07-02 to 2024-07-29", "28 days without a row", "warning", "ask the portal's owner"),
        ("note", "one day closed 1,030 cases at once", "2025-09-19", "note", ""),
    ]
    return pd.DataFrame(rows, columns=["kind", "item", "value", "severity", "remedy"])


def scores(shape: Shape) -> pd.DataFrame:
    parts = []
    ratios = {"lightgbm_poisson": 0.94, "exponential_smoothing": 1.0, "recent_weekdays": 1.06}
    for category in CATEGORIES:
        chosen = "exponential_smoothing" if category == "noise" else "lightgbm_poisson"
        for forecaster, ratio in ratios.items():
            for step, level in enumerate(("area-day", "area-week", "city-day", "city-week")):
                parts.append(
                    (category, forecaster, level, 0.4 - step * 0.07, ratio + step * 0.01, forecaster == chosen)
                )
    frame = pd.DataFrame(parts, columns=["category", "forecaster", "level", "crps", "ratio", "is_published"])
    end = pd.Timestamp(shape.as_of)
    return frame.assign(
        cover80=0.79, cover95=0.94, folds=8, evidence_from=end - pd.Timedelta(days=90), evidence_end=end
    )


def manifest(shape: Shape) -> Manifest:
    recipes = tuple(
        RecipeEntry(
            category=c,
            forecaster="exponential_smoothing" if c == "noise" else "lightgbm_poisson",
            title="Exponential smoothing by weekday" if c == "noise" else "Boosted trees over many weathers",
            recipe_id=f"{c}-7f3a",
            evidence_end=shape.as_of,
            mean_ratio=1.0 if c == "noise" else 0.95,
            sentence="No evidence that anything beats the spreadsheet forecast; it is what is published."
            if c == "noise"
            else f"Boosted trees were 5 % closer than the best spreadsheet forecast for {c} on 8 earlier dates.",
        )
        for c in CATEGORIES
    )
    return Manifest(
        schema_version=1,
        vintage_id=VINTAGE,
        city="testford",
        title="<i>Testford</i>" if shape.hostile else "Testford",
        label="Simulated city: all requests, places and crews are invented",
        is_simulated=True,
        crews_are_invented=True,
        timezone="America/Chicago",
        as_of=shape.as_of,
        origin=shape.as_of,
        revision=1,
        horizon_days=shape.days,
        first_date=shape.as_of + timedelta(days=1),
        last_date=shape.as_of + timedelta(days=shape.days),
        modes=("normal",),
        data_ages={"requests": 0, "weather observed": 0, "weather issued": None},
        seed=7,
        snapshot="5f2c9a",
        code_version="0.1.0",
        lock_hash="aa11",
        config_hash="bb22",
        recipes=recipes,
        solve=SolveEntry(
            status="optimal",
            objective=1200.0,
            bound=1199.0,
            gap=0.0008,
            nodes=12,
            columns=4000,
            rows=2500,
            surrogate="whole crews over 20 scenarios, areas pooled by yard",
        ),
        currency="USD",
        unlocated_share={"pothole": 0.03, "flooding": 0.031, "noise": 0.0},
    )


def backtest_scores(origins: int = 12) -> dict[str, object]:
    """What a backtest hands to its report: two categories, four levels, an origin a week."""
    levels = ("area-day", "area-week", "city-day", "city-week")
    names = [str(date(2025, 1, 5) + timedelta(days=7 * i)) for i in range(origins)]
    return {
        "city": "testford",
        "title": "Testford",
        "label": "Simulated city",
        "from": names[0],
        "to": names[-1],
        "every": 7,
        "horizon": 14,
        "origins": names,
        "categories": {c: _scored(c, levels, names) for c in ("pothole", "flooding")},
        "notes": ["Observed weather is used for fitting and issued weather for forecasting."],
    }


def _scored(category: str, levels: tuple[str, ...], origins: list[str]) -> dict[str, object]:
    rng = generator(11, "backtest", category)
    ours = {level: 0.6 - 0.1 * i for i, level in enumerate(levels)}
    baselines = {level: {"exponential_smoothing": x * 1.05, "recent_weekdays": x * 1.2} for level, x in ours.items()}
    return {
        "levels": {
            level: {
                "crps": x, "wape": x * 1.4, "cover80": 0.79, "cover95": 0.94, "baselines": baselines[level],
                "ratio": 1 / 1.05,
            }
            for level, x in ours.items()
        },
        "by_origin": [
            {"origin": o, "level": level, "crps": x * float(rng.gamma(30, 1 / 30)), "best_baseline": x * 1.05}
            for o in origins
            for level, x in ours.items()
        ],
        "recipes": [
            {
                "origin": o,
                "forecaster": "lightgbm_poisson" if i > 2 else "exponential_smoothing",
                "sentence": "5 % closer than the best baseline on 8 earlier dates",
            }
            for i, o in enumerate(origins)
        ],
    }  # fmt: skip
