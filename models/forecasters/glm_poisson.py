"""A Poisson regression of the city's day on season, calendar and weather, shared out to areas, with its own errors.

    expected = level at the origin × response of the day × memory of the last days × share of the area

Everything is learnt on city-days, so that ten years of 77 areas take a second or two. The response is fitted beside
the level known a week before, its half-life chosen by likelihood. A year held out gives the error law
(`models.residuals`) around the weather that came; the uncertainty of the weather enters through the paths.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from domain.category import Strict
from domain.covariates import Covariate
from domain.errors import HistoryTooShortError
from domain.panel import Demand, Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from models.forecaster import AS_PUBLISHED, Block, Forecaster, ForecasterParams, HeldOutDays, HeldOutEvery
from models.history.trust import history_of as trusted
from models.history.windows import Windows, held_out_windows
from models.mean_paths import (
    HELD_OUT_DAYS,
    HELD_OUT_EVERY,
    HeldOut,
    draw_around,
    first_held_out,
)
from models.residuals import ErrorLaw, log_likelihood
from models.response import basis
from models.response.city import CityFit, History, fit_city, history_of, tame_counts
from models.response.level import causal_level
from models.response.memory import Memory, learn_memory, states
from models.response.shares import choose_half_life, shares
from models.weather_parts import by_part

NAME = "glm_poisson"
USUAL_DAYS = 364
WARM_UP = 56
MINIMUM_DAYS = 365
LAG = 7
HalfLife = Annotated[float, Field(ge=1, le=36_525)]
"""In days: under one nothing would be remembered, beyond a century nothing forgotten."""


class Params(ForecasterParams):
    """half_lives: of the level, tried in turn. forget_days: half-life of a row's weight. held_out_days: for errors.

    most_bias: how far the held-out year's bias is believed. The means already add up to all that was filed, so one year
    that ran high because of a catastrophe says little of the next. without: covariate blocks that it does not look at.
    """

    half_lives: tuple[HalfLife, ...] = Field(default=(14.0, 28.0, 56.0, 112.0, 224.0), min_length=1)
    forget_days: float = Field(default=1460, ge=28, le=36_525)
    held_out_days: HeldOutDays = HELD_OUT_DAYS
    held_out_every: HeldOutEvery = HELD_OUT_EVERY
    horizon_days: int = Field(default=14, ge=1, le=60)
    most_bias: float = Field(default=1.1, ge=1, le=10)
    without: tuple[Covariate, ...] = ()


@dataclass(frozen=True)
class Mean:
    """What gives the expected requests of the days after any origin."""

    half_life: float
    share_half_life: float
    city: CityFit
    memory: Memory


@dataclass(frozen=True)
class State:
    """What is known at every day: level (T,), memory's state (T, 2), shares (A, T)."""

    level: Floats
    memory: Floats
    share: Floats


@dataclass(frozen=True)
class FittedGlm:
    """See `models.forecaster.Fitted`."""

    category: str
    mean: Mean
    held_out: HeldOut
    most_bias: float
    without: tuple[Covariate, ...] = ()

    @cached_property
    def errors(self) -> ErrorLaw:
        """Learnt when first asked for: in a blend the members' own laws are not needed."""
        return within_bias(self.held_out.errors, self.most_bias)

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        """Expected requests under each weather path, (P, H, A); P is 1 without weather.

        reference: blocks at their reference; "recent demand": the level of the last 364 days and no memory,
        "calendar": an ordinary Wednesday without holidays.
        """
        history = history_of(known, self.category, self.without)
        now = state_of(self.mean, history, known.demand, self.category)
        ahead = pd.date_range(known.demand.dates[-1] + pd.Timedelta(days=1), periods=horizon, freq="D", unit="us")
        response = self.mean.city.response
        log_mean = response.log({"season": basis.season(ahead)})[None]
        if "calendar" in response.blocks:
            days = basis.calendar(ahead, known.holidays, known.school, known.events)
            if "calendar" in reference:
                days = basis.ordinary(days, has_events=known.events is not None)
            log_mean = log_mean + response.blocks["calendar"].log(days)
        if weather is not None and known.weather is not None and "weather" in response.blocks:
            columns = basis.weather_ahead(known.weather, known.origin, weather.values[:, :horizon])
            log_mean = log_mean + response.blocks["weather"].log(columns).T
        if "recent demand" in reference:
            level = usual_level(self.mean, history)
        else:
            level = now.level[-1]
            log_mean = log_mean + self.mean.memory.log(now.memory[-1], np.arange(1.0, horizon + 1))
        means: Floats = (level * np.exp(log_mean))[:, :, None] * now.share[:, -1]
        return means

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        stream = (NAME, self.category)
        return draw_around(self, self.errors, stream, known, weather, draws, horizon, reference)

    def weather_logs(
        self, known: Known, weather: WeatherPaths, climate: WeatherPaths, horizon: int
    ) -> dict[str, Floats]:
        """See `models.effects.TellsWeather`; of all paths, not the mean one alone, as the response is linear in the
        log."""
        effect = self.mean.city.response.blocks.get("weather")
        if effect is None or known.weather is None:
            return {}

        def mean(paths: WeatherPaths) -> Floats:
            assert known.weather is not None
            columns = basis.weather_ahead(known.weather, known.origin, paths.values[:, :horizon])
            each: Floats = np.tensordot(paths.weight, effect.standard(columns) * effect.coef, axes=(0, 1))
            return each

        return by_part(mean(weather) - mean(climate), basis.WEATHER_PARTS)

    def artifacts(self) -> dict[str, str]:
        response = self.mean.city.response
        blocks = {**response.blocks, **self.mean.memory.response.blocks}
        record = {
            "category": self.category,
            "half_life": self.mean.half_life,
            "share_half_life": self.mean.share_half_life,
            "intercept": response.intercept,
            "memory_intercept": self.mean.memory.response.intercept,
            "blocks": {n: {k: np.round(v, 9).tolist() for k, v in asdict(e).items()} for n, e in blocks.items()},
            "errors": self.errors.record(),
        }
        return {"model.json": json.dumps(record, indent=1, sort_keys=True)}


def state_of(mean: Mean, history: History, demand: Demand, category: str, known: int | None = None) -> State:
    """Levels, memory and shares of a history that may go on beyond the one learnt from. known: as in `shares`."""
    fitted = np.exp(mean.city.response.log(history.columns))
    tame = tame_counts(history.counts, fitted, mean.half_life, LAG)
    level = causal_level(tame, fitted, mean.half_life)
    share = shares(demand.of(category), mean.share_half_life, known, demand.counts.sum(axis=0))
    return State(level, states(tame, fitted, level), share)


def usual_level(mean: Mean, history: History) -> float:
    """Requests ÷ response of the last 364 days."""
    fitted = np.exp(mean.city.response.log(history.columns))[-USUAL_DAYS:]
    return float(history.counts[-USUAL_DAYS:].sum() / max(float(fitted.sum()), 1e-9))


def learn(history: History, counts: Ints, params: Params, trust: Floats) -> Mean:
    """Choose the level's half-life by likelihood a week ahead, then learn memory and shares beside it.

    trust: (T,) weight of each day of the history, see `models.history.trust`.
    """
    is_demand = trust[WARM_UP:] > 0
    best, top = None, -np.inf
    for half_life in params.half_lives:
        city = fit_city(history, half_life, LAG, WARM_UP, params.forget_days, trust)
        level = causal_level(city.tame, city.fitted, half_life)
        expected = np.maximum(level[WARM_UP - LAG : -LAG] * city.fitted[WARM_UP:], 1e-6)
        size = np.full(len(expected), city.response.size)
        found = log_likelihood(history.counts[WARM_UP:][is_demand], expected[is_demand], size[is_demand])
        if found > top:
            best, top = (half_life, city), found
    assert best is not None
    half_life, city = best
    level = causal_level(city.tame, city.fitted, half_life)
    state = states(city.tame, city.fitted, level)
    memory = learn_memory(history.counts, city.fitted, level, state, WARM_UP, params.forget_days, trust)
    return Mean(half_life, choose_half_life(counts, WARM_UP), city, memory)


def held_out(mean: Mean, history: History, demand: Demand, category: str, windows: Windows) -> HeldOut:
    """How the mean fares at `models.history.windows`, given the weather that came."""
    origins, filed = windows.origins, windows.filed
    now = state_of(mean, history, demand, category, int(origins[0]) + 1)
    fitted = np.exp(mean.city.response.log(history.columns))
    leads = np.arange(1, filed.shape[1] + 1)
    day = origins[:, None] + leads
    city = now.level[origins][:, None] * fitted[day] * np.exp(mean.memory.log(now.memory[origins], leads.astype(float)))
    expected: Floats = city[:, :, None] * now.share[:, origins].T[:, None, :]
    return HeldOut(origins, filed, expected, windows.is_storm)


def within_bias(errors: ErrorLaw, most: float) -> ErrorLaw:
    """The same law with its mean kept between 1 ÷ most and most."""
    kept = float(np.clip(errors.mean, 1.0 / most, most))
    return replace(errors, city_paths=errors.city_paths * (kept / errors.mean))


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> FittedGlm:
    """Hold out the last year for the errors, then learn from everything; HistoryTooShortError under a year."""
    settings = Params.model_validate(params.model_dump())
    counts = known.demand.of(category)
    days = counts.shape[1]
    if days < MINIMUM_DAYS:
        raise HistoryTooShortError(
            f"{category}: {days} days of history, {MINIMUM_DAYS} are needed",
            remedy="load more history",
            days=days,
        )
    history = history_of(known, category, settings.without)
    split = first_held_out(days, settings.held_out_days)
    progress(f"learning {category} without the last year")
    trust = np.where(trusted(known, category).trust > 0, 1.0, 0.0)
    early = learn(history.days(split + 1), counts[:, : split + 1], settings, trust[: split + 1])
    windows = held_out_windows(known, category, split, settings.held_out_every, settings.horizon_days)
    fared = held_out(early, history, known.demand, category, windows)
    progress(f"learning {category} from all days")
    return FittedGlm(category, learn(history, counts, settings, trust), fared, settings.most_bias, settings.without)


FORECASTER = Forecaster(
    NAME,
    "Poisson regression on weather and calendar",
    Params,
    fit,
    minimum_days=MINIMUM_DAYS,
    covariates=("weather", "calendar"),
    unread=frozenset({"hours"}),
)
