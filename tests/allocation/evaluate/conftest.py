"""A small city with weeks that really came, built as the pipeline builds them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from allocation.dense import dense
from allocation.evaluate.cases import Standing
from allocation.evaluate.facts import Ahead, Facts, Loaded
from allocation.evaluate.jobs import Jobs
from allocation.evaluate.levels import everyday
from allocation.evaluate.policy import History
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.window import Windows, configured
from domain.chance import generator

ORIGIN = date(2024, 1, 7)
DAYS = 60
SETTINGS = ReplaySettings(plan_draws=8, loads=(1.0,))


class Town:
    """loaded: sixty days of requests. busy: areas (by position) with many; the others have few."""

    def __init__(
        self, build: Any, seed: int, *, mean: float = 0.3, busy: tuple[int, ...] = (), areas: int = 6, **crews: Any
    ) -> None:
        rng = generator(seed, "town")
        plan = build.city_plan(**{"yards": build.yards(2), "absence_share": 0.1} | crews)
        where = build.area_map(areas)
        self.problem = build.problem_of(plan, where, DAYS)
        self.dense = dense(self.problem)
        level = np.full(areas, mean)
        level[list(busy)] *= 6
        shape = (2, areas, DAYS, 3)
        self.requests = rng.poisson(np.broadcast_to(level[None, :, None, None], shape)).astype(float)
        facts = Facts(self.problem, self.requests, np.ones((DAYS, len(self.problem.crew_types)), dtype=bool), {})
        self.past = rng.poisson(np.broadcast_to(3 * level[None, :, None], (2, areas, 400))).astype(float)
        usual = everyday(self.dense, self.past)
        self.loaded = Loaded(1.0, 1.0, facts, Windows(self.problem), configured(self.problem), usual)
        self.open = self._open(rng, areas)

    def _open(self, rng: np.random.Generator, areas: int) -> Jobs:
        n, today = 12, ORIGIN.toordinal()
        filed = today - rng.integers(0, 20, n)
        return Jobs(rng.integers(0, 2, n), rng.integers(0, areas, n), filed, filed + 4, filed, rng.uniform(0.5, 3, n))

    def standing(self) -> Standing:
        return Standing(self.open, None)

    def history(self) -> History:
        dates = tuple(ORIGIN - timedelta(days=int(d)) for d in range(399, -1, -1))
        return self.loaded.history(dates, self.past)

    def ahead(self, first: int, days: int = 14, draws: int = 6, seed: int = 3) -> Ahead:
        """Draws around the level of what came."""
        level = np.maximum(self.requests[:, :, first : first + days].mean(axis=2, keepdims=True), 0.05)
        shape = (*self.requests.shape[:2], days, 3, draws)
        samples = generator(seed, "ahead").poisson(np.broadcast_to(level[..., None], shape)).astype(float)
        return Ahead(
            samples, np.full(draws, 1 / draws), np.ones((days, len(self.problem.crew_types), draws), dtype=bool), None
        )


@pytest.fixture(scope="session")
def town() -> type[Town]:
    return Town


@pytest.fixture(scope="session")
def replay_settings() -> ReplaySettings:
    return SETTINGS


@pytest.fixture(scope="session")
def origin() -> date:
    return ORIGIN
