"""What a vintage's plan was made from, read back from the vintage alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocation.doubted import doubted
from allocation.plan import Allocation, Decision, allocate, decide
from allocation.problem import Problem
from allocation.sensitivity import Sensitivity
from domain.errors import VintageBrokenError
from domain.panel import AreaMap, Draws, Floats, Ints, SamplePaths, WeatherPaths
from domain.progress import Progress, silent
from domain.words import WEATHER_VARIABLES
from storage.vintages import Vintage


@dataclass(frozen=True)
class Inputs:
    """Everything `allocation.plan.allocate` is given. by_shift: (C, A, H, N, S) requests, days before the plan first.

    paths: dates, categories and draws as published; its samples are sums of by_shift.
    """

    problem: Problem
    paths: SamplePaths
    by_shift: NDArray[Any]
    backlog: pd.DataFrame
    weather: WeatherPaths | None
    unlocated_share: dict[str, float]
    seed: int

    def weighing(self, weight: Floats) -> Inputs:
        """The same draws, counted with other weights (S,)."""
        return replace(self, paths=replace(self.paths, draws=replace(self.paths.draws, weight=weight)))

    def posing(self, problem: Problem) -> Inputs:
        return replace(self, problem=problem)

    def requests(self) -> dict[str, Floats]:
        """Expected requests over the planned dates, category -> (A,)."""
        weight = self.paths.draws.weight
        return {
            c: self.by_shift[i].sum(axis=(1, 2)) @ weight / weight.sum() for i, c in enumerate(self.paths.categories)
        }

    def decide(self, progress: Progress = silent) -> Decision:
        return decide(**self._given(), progress=progress)

    def allocate(self, progress: Progress = silent) -> Allocation:
        return allocate(**self._given(), progress=progress)

    def doubted(self, progress: Progress = silent) -> Sensitivity:
        return doubted(**self._given(), progress=progress)

    def _given(self) -> dict[str, Any]:
        return {
            "problem": self.problem,
            "paths": self.paths,
            "by_shift": self.by_shift,
            "areas": area_names(self.problem),
            "backlog": self.backlog,
            "weather": self.weather,
            "unlocated_share": self.unlocated_share,
            "seed": self.seed,
        }


def read_inputs(vintage: Vintage) -> Inputs:
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
    return Inputs(
        problem=problem,
        paths=paths,
        by_shift=by_shift,
        backlog=vintage.frame("backlog").drop(columns="vintage_id"),
        weather=weather_of(vintage.frame("weather_paths"), draws, by_shift.shape[2]),
        unlocated_share=manifest.unlocated_share,
        seed=manifest.seed,
    )


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
