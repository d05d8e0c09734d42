"""What a vintage's plan was made from, read back from the vintage alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.dense import dense
from allocation.given import Given
from allocation.problem import Problem
from allocation.work_weather import planned_pace, work_pace
from domain.errors import VintageBrokenError
from domain.panel import AreaMap, Draws, Floats, Ints, SamplePaths, WeatherPaths
from domain.words import WEATHER_VARIABLES
from storage.vintages import Vintage


def read_inputs(vintage: Vintage) -> Given:
    """Raises VintageBrokenError where the vintage is of a release that did not keep its draws by shift."""
    manifest = vintage.manifest
    if "shift_draws.parquet" not in manifest.files:
        raise VintageBrokenError(
            f"vintage {manifest.vintage_id}: it holds no draws by shift, so its plan cannot be made again",
            remedy=f"publish a newer one: crewcast run {manifest.city}",
            vintage=manifest.vintage_id,
        )
    problem = Problem.model_validate_json(vintage.bytes("problem.json"))
    draws = _draws(vintage)
    paths, by_shift = _paths(vintage, problem, draws)
    return Given(
        problem=problem,
        paths=paths,
        by_shift=by_shift,
        areas=area_names(problem),
        backlog=vintage.frame("backlog").drop(columns="vintage_id"),
        weather=weather_of(vintage.frame("weather_paths"), draws, by_shift.shape[2]),
        unlocated_share=manifest.unlocated_share,
        seed=manifest.seed,
    )


def pace_in(vintage: Vintage, problem: Problem) -> Floats | None:
    """The pace that the vintage's expected minutes a job hold, (H, K, J); None without weather rules."""
    if not problem.weather_rules:
        return None
    draws, table = _draws(vintage), vintage.frame("weather_paths")
    weather = weather_of(table, draws, table["date"].nunique())
    return planned_pace(work_pace(dense(problem), weather, draws), draws.weight / draws.weight.sum())


def area_names(problem: Problem) -> AreaMap:
    """The areas in their order; the drives in the problem stand for where they lie."""
    count = len(problem.areas)
    unknown = np.full(count, np.nan)
    return AreaMap(
        names=tuple(a.area for a in problem.areas),
        district=tuple(a.district for a in problem.areas),
        population=unknown,
        lat=unknown,
        lon=unknown,
        neighbours=np.zeros((count, count), dtype=np.bool_),
    )


def _draws(vintage: Vintage) -> Draws:
    table = vintage.frame("draws")
    paths: Ints = table["weather_path_id"].to_numpy(dtype=np.int32)
    return Draws(vintage.manifest.seed, paths, table["weight"].to_numpy(dtype=np.float64))


def _paths(vintage: Vintage, problem: Problem, draws: Draws) -> tuple[SamplePaths, Ints]:
    """The draws by shift as (C, A, H, N, S), in the order they were written."""
    keys, samples = vintage.frame("shift_draws"), vintage.samples("shift_draws")
    categories = tuple(dict.fromkeys(keys["category"]))
    areas, dates = tuple(dict.fromkeys(keys["area"])), pd.DatetimeIndex(keys["date"].unique())
    by_shift: Ints = samples.reshape(len(categories), len(areas), len(dates), len(problem.shifts), draws.size)
    day: Ints = by_shift.sum(axis=3, dtype=np.int32)
    return SamplePaths(vintage.manifest.origin, dates, areas, categories, day, draws), by_shift


def weather_of(table: pd.DataFrame, draws: Draws, days: int) -> WeatherPaths | None:
    """The ensemble of the first `days` days; a path weighs what its draws weigh. None where there is no weather."""
    if table.empty:
        return None
    count = table["weather_path_id"].nunique()
    values: Floats = (
        table[list(WEATHER_VARIABLES)].to_numpy(dtype=np.float64).reshape(count, -1, len(WEATHER_VARIABLES))
    )
    dates = pd.DatetimeIndex(table["date"].iloc[: values.shape[1]])
    weight = np.bincount(draws.weather_path_id, weights=draws.weight, minlength=count)
    source = tuple(table["taken_from"].iloc[:: values.shape[1]])
    return WeatherPaths(dates, values, weight / weight.sum(), source, "as published").first(days)
