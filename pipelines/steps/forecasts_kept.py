"""Forecasts of a replay on disk, so that neither an interruption nor another policy costs a fit that was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocation.evaluate.facts import Ahead
from allocation.evaluate.settings import ReplaySettings
from allocation.problem import Problem
from domain.panel import WeatherPaths
from domain.progress import Progress
from pipelines.identity import code_hash, config_hash
from pipelines.job import Run
from pipelines.steps.replay_forecasts import forecasts
from storage.replay_weeks import keep_week, open_weeks, read_week

FORECASTING = ("domain", "features", "models", "sources", "storage")
"""Packages whose code a forecast depends on."""


def kept_forecasts(
    run: Run,
    problem: Problem,
    origins: Sequence[date],
    settings: ReplaySettings,
    folder: Path,
    progress: Progress,
    weekly: Sequence[date] | None = None,
) -> Iterator[tuple[date, Ahead]]:
    """The forecast at each origin: those kept in `folder`, then new ones from the last origin that was a fit on. Every
    `refit_every`-th of `weekly` is one, by default of all origins."""
    done = open_weeks(folder, _asked(run, origins[0], settings))
    begun = next((i for i, o in enumerate(origins) if o not in done), len(origins))
    for origin in origins[:begun]:
        yield origin, _read(folder, origin)
    if begun == len(origins):
        return
    refits = tuple(origins if weekly is None else weekly)[:: settings.refit_every]
    fit = max(i for i, o in enumerate(origins[: begun + 1]) if o in refits)
    for origin, ahead in forecasts(run, problem, origins[fit:], refits, settings, progress):
        if origin >= origins[begun]:
            if origin not in done:
                keep_week(folder, origin, {}, _arrays(ahead))
            yield origin, ahead


def _asked(run: Run, first: date, settings: ReplaySettings) -> dict[str, Any]:
    """What a forecast depends on, beside its origin."""
    names = {"forecaster", "refit_every", "commit_days", "plan_draws", "every_days", "readiness", "rethink_from_mm"}
    return {
        "code": code_hash(*FORECASTING),
        "snapshot": run.snapshot_id,
        "city": config_hash(run.job.plan()),
        "from": first.isoformat(),
        "settings": settings.model_dump(mode="json", include=names),
    }


def _arrays(ahead: Ahead) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {"by_shift": ahead.by_shift, "weight": ahead.weight, "duty": ahead.duty}
    if ahead.pace is not None:
        arrays["pace"] = ahead.pace
    if ahead.weather is not None:
        arrays["weather"] = ahead.weather.values
        arrays["weather_weight"] = ahead.weather.weight
        arrays["weather_source"] = np.array(ahead.weather.source, dtype=str)
        arrays["weather_kind"] = np.array(ahead.weather.kind, dtype=str)
        arrays["weather_dates"] = ahead.weather.dates.to_numpy()
    return arrays


def _read(folder: Path, origin: date) -> Ahead:
    _, arrays = read_week(folder, origin)
    weather = None
    if "weather" in arrays:
        weather = WeatherPaths(
            pd.DatetimeIndex(arrays["weather_dates"]),
            arrays["weather"],
            arrays["weather_weight"],
            tuple(map(str, arrays["weather_source"])),
            str(arrays["weather_kind"]),
        )
    return Ahead(arrays["by_shift"], arrays["weight"], arrays["duty"], weather, arrays.get("pace"))
