"""What a plan is made from, as one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from allocation.problem import Problem
from domain.panel import AreaMap, Floats, SamplePaths, WeatherPaths


@dataclass(frozen=True)
class Given:
    """Everything a plan of `problem.dates` rests on.

    by_shift: requests (C, A, H, N, S) of `paths`, split over `problem.shifts`; days before the plan come first.
    backlog: columns of `domain.tables.BACKLOG` without vintage_id, empty where the source gives counts only.
    unlocated_share: category -> share of requests without an area, by which work is scaled up. unsearched: why the
    solver's roster is not improved by a search, empty where it is.
    """

    problem: Problem
    paths: SamplePaths
    by_shift: NDArray[Any]
    areas: AreaMap
    backlog: pd.DataFrame
    weather: WeatherPaths | None
    unlocated_share: Mapping[str, float]
    seed: int
    unsearched: str = ""

    def weighing(self, weight: Floats) -> Given:
        """The same draws, counted with other weights (S,)."""
        return replace(self, paths=replace(self.paths, draws=replace(self.paths.draws, weight=weight)))

    def posing(self, problem: Problem) -> Given:
        """Another problem on the same draws and backlog."""
        return replace(self, problem=problem)

    def requests(self) -> dict[str, Floats]:
        """Expected requests over the planned dates, category -> (A,)."""
        weight = self.paths.draws.weight
        return {
            c: self.by_shift[i].sum(axis=(1, 2)) @ weight / weight.sum() for i, c in enumerate(self.paths.categories)
        }

    def check(self) -> None:
        """Raises ValueError where the arrays do not fit the problem."""
        names = tuple(a.area for a in self.problem.areas)
        if self.paths.areas != names or self.areas.names != names:
            raise ValueError("problem, sample paths and area map list different areas, or in another order")
        samples = self.paths.samples.shape
        shape = (*samples[:3], len(self.problem.shifts), samples[3])
        if self.by_shift.shape != shape:
            raise ValueError(f"arrivals by shift have the shape {self.by_shift.shape}, not {shape}")
