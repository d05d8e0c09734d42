"""The last eight same weekdays, drawn jointly over areas: the spreadsheet forecast that needs no model.

Where the last days' rows are still to come, every draw adds what is expected of them (`features.nowcast`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from domain.category import Strict
from domain.chance import generator
from domain.errors import HistoryTooShortError
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from features.nowcast import nowcast
from models.forecaster import AS_PUBLISHED, Block, Forecaster, ForecasterParams
from models.reference import ORDINARY_WEEKDAY, USUAL_DAYS

NAME = "recent_weekdays"


class Params(ForecasterParams):
    """weeks: how many past weeks are drawn from."""

    weeks: int = Field(default=8, ge=2, le=104)


@dataclass(frozen=True)
class Recent:
    """Nothing is fitted: the last weeks of whatever is known are the forecast."""

    category: str
    weeks: int

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        """(A, H, S): every draw repeats one past week over all areas, so dependence between areas is kept.

        Recent demand at its reference: the weeks of the whole last year; calendar: their Wednesdays.
        """
        counts, share = known.demand.of(self.category), known.demand.share_of(self.category)
        weeks = min(USUAL_DAYS, counts.shape[1]) // 7 if "recent demand" in reference else self.weeks
        days = past_days(counts.shape[1], horizon, weeks)
        if "calendar" in reference:
            days = days_of(ORDINARY_WEEKDAY, days, known.demand.dates)
        rng = generator(draws.seed, NAME, self.category)
        chosen = days[:, rng.permutation(np.arange(draws.size) % weeks)]
        paths: Ints = counts[:, chosen].astype(np.int32)
        add_missing(paths, nowcast(counts, share) - counts, chosen, rng)
        return paths

    def artifacts(self) -> dict[str, str]:
        return {"parameters.json": json.dumps({"weeks": self.weeks})}


def add_missing(paths: Ints, missing: Floats | Ints, chosen: NDArray[np.intp], rng: np.random.Generator) -> None:
    """Add the requests still to come to paths (A, H, S) that repeat the days `chosen` (H, S), in place: Poisson about
    the expected ones, missing (A, T), drawn once a day and draw. Nothing is drawn where every day is whole."""
    for day in np.flatnonzero(missing.any(axis=0)):
        to_come = rng.poisson(missing[:, day, None], (len(paths), paths.shape[2]))
        lead, draw = np.nonzero(chosen == day)
        paths[:, lead, draw] += to_come[:, draw].astype(np.int32)


def past_days(known_days: int, horizon: int, weeks: int) -> NDArray[np.intp]:
    """(H, weeks): positions of the same weekdays in the last `weeks` weeks, latest first."""
    lead = np.arange(1, horizon + 1)
    weeks_back = -(-lead[:, None] // 7) + np.arange(weeks)
    days: NDArray[np.intp] = known_days - 1 + lead[:, None] - 7 * weeks_back
    return days


def days_of(weekday: int, days: NDArray[np.intp], dates: pd.DatetimeIndex) -> NDArray[np.intp]:
    """Positions of the latest days of that weekday, as many as each row of `days` holds and in its order."""
    known_days = len(dates)
    last = known_days - 1 - (int(dates[-1].day_of_week) - weekday) % 7
    found: NDArray[np.intp] = np.broadcast_to(last - 7 * np.arange(days.shape[1]), days.shape)
    return found


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


FORECASTER = Forecaster(NAME, "Last eight same weekdays", Params, fit, is_baseline=True, has_mean=False)
