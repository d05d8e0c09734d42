"""A made-up publication with every table filled, valid against the contracts.

This file and the two it imports are loaded by path (importlib mode puts no test folder on the path), in the
order of MODULES in the conftest files of tests/serving and tests/browser.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
from made_forecast import (
    CATEGORIES,
    VINTAGE,
    Shape,
    area_table,
    by_shift,
    counts,
    explanations,
    forecasts,
    history,
    weather,
)
from made_plan import backlog, plan, worklist

from domain.chance import generator
from domain.covariates import CovariateGain
from domain.manifest import Manifest, RecipeEntry, SolveEntry
from domain.tables import PUBLISHED


@dataclass(frozen=True)
class Publication:
    """tables: by name, as published. areas: the `areas` table."""

    tables: dict[str, pd.DataFrame]
    manifest: Manifest
    areas: pd.DataFrame


def publication(shape: Shape) -> Publication:
    """Everything a vintage holds, drawn by seed from `shape`; the caller's own, to change."""
    made = _drawn(shape)
    return replace(made, tables={n: frame.copy() for n, frame in made.tables.items()}, areas=made.areas.copy())


@cache
def _drawn(shape: Shape) -> Publication:
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
            covariates=()
            if c == "noise"
            else (
                CovariateGain(covariate="weather", gain=0.046, standard_error=0.06, is_kept=True),
                CovariateGain(covariate="place", gain=-0.004, standard_error=0.003, is_kept=False),
            ),
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
        attribution=("Weather: Meteostat, National Oceanic and Atmospheric Administration",),
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
