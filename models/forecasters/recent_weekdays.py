"""The last eight same weekdays, drawn jointly over areas: the spreadsheet forecast that needs no model."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from domain.category import Strict
from domain.chance import generator
from domain.errors import HistoryTooShortError
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from models.forecaster import Effects, Forecaster

NAME = "recent_weekdays"
BLOCKS = ("usual", "recent demand", "calendar", "weather")
USUAL_DAYS = 364


class Params(Strict):
    """weeks: how many past weeks are drawn from."""

    weeks: int = Field(default=8, ge=2, le=104)


@dataclass(frozen=True)
class Recent:
    """Nothing is fitted: the last weeks of whatever is known are the forecast."""

    category: str
    weeks: int

    def paths(self, known: Known, weather: WeatherPaths | None, draws: Draws, horizon: int) -> Ints:
        """(A, H, S): every draw repeats one past week over all areas, so dependence between areas is kept."""
        counts = known.demand.of(self.category)
        days = past_days(counts.shape[1], horizon, self.weeks)
        rng = generator(draws.seed, NAME, self.category)
        pick = rng.permutation(np.arange(draws.size) % self.weeks)
        paths: Ints = counts[:, days[:, pick]].astype(np.int32)
        return paths

    def effects(
        self, known: Known, weather: WeatherPaths | None, climate: WeatherPaths | None, horizon: int
    ) -> Effects:
        """usual: mean of the last year; recent demand: of the last weeks; calendar: of the same weekdays."""
        counts = known.demand.of(self.category)
        mean = counts[:, past_days(counts.shape[1], horizon, self.weeks)].mean(axis=2)
        usual = counts[:, -USUAL_DAYS:].mean(axis=1)[:, None]
        recent = counts[:, -7 * self.weeks :].mean(axis=1)[:, None]
        blocks = [usual, recent - usual, mean - recent, np.zeros_like(mean)]
        effects: Floats = np.stack([np.broadcast_to(b, mean.shape) for b in blocks])
        return Effects(BLOCKS, effects)

    def artifacts(self) -> dict[str, str]:
        return {"parameters.json": json.dumps({"weeks": self.weeks})}


def past_days(known_days: int, horizon: int, weeks: int) -> NDArray[np.intp]:
    """(H, weeks): positions of the same weekdays in the last `weeks` weeks, latest first."""
    lead = np.arange(1, horizon + 1)
    weeks_back = -(-lead[:, None] // 7) + np.arange(weeks)
    days: NDArray[np.intp] = known_days - 1 + lead[:, None] - 7 * weeks_back
    return days


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Recent:
    """Check that the weeks are there; HistoryTooShortError where they are not."""
    weeks = Params.model_validate(params.model_dump()).weeks
    days = known.demand.counts.shape[2]
    if days < 7 * weeks:
        raise HistoryTooShortError(
            f"{category}: {days} days of history, {7 * weeks} are needed for {weeks} weeks",
            remedy="load more history, or lower 'weeks'",
            days=days,
        )
    return Recent(category, weeks)


FORECASTER = Forecaster(NAME, "Last eight same weekdays", Params, fit, is_baseline=True)
