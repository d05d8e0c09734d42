"""Exponential smoothing per area × weekday profile of the city, with shared residual days: the classic baseline.

The mean is the discounted level of an area times the city's weekday factor. Around it lie residual days: every past
day, seen from the day its block starts, implies a factor for the whole city and one for each area. A draw takes a
whole block of past days for all areas at once, so the dependence over areas and over days is the one that was seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from domain.category import Strict
from domain.chance import generator
from domain.errors import HistoryTooShortError
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from features.nowcast import nowcast
from models.counting import poisson_counts
from models.forecaster import AS_PUBLISHED, Block, Forecaster, ForecasterParams, HeldOutDays, HeldOutEvery
from models.history.windows import Windows, held_out_windows
from models.mean_paths import HELD_OUT_DAYS, HELD_OUT_EVERY, HeldOut, first_held_out
from models.reference import ORDINARY_WEEKDAY, USUAL_DAYS
from models.residual_days import Residuals, residual_days
from models.smoothing import Smoothed, log_likelihood, shape_of, smooth

NAME = "exponential_smoothing"
MINIMUM_DAYS = 56
WARM_UP = 28
LEADS = 14
Rate = Annotated[float, Field(ge=0.001, le=1)]
Strength = Annotated[float, Field(ge=0, le=2)]
"""0: no weekday profile; above 1 it is overdrawn."""


class Params(ForecasterParams):
    """rates: candidates for the smoothing constant. weekday_strengths: exponents of the weekday profile.

    validation_days: earlier days on which they are compared. residual_days: how far back residual days reach.
    held_out_days, held_out_every: on which days its means are compared with counts for a blend.
    """

    rates: tuple[Rate, ...] = Field(default=(0.01, 0.02, 0.05, 0.1, 0.2), min_length=1)
    weekday_strengths: tuple[Strength, ...] = Field(default=(0.0, 0.5, 1.0), min_length=1)
    validation_days: int = Field(default=364, ge=28, le=3653)
    residual_days: int = Field(default=728, ge=28, le=3653)
    held_out_days: HeldOutDays = HELD_OUT_DAYS
    held_out_every: HeldOutEvery = HELD_OUT_EVERY


@dataclass(frozen=True)
class Smoothing:
    """rate, strength: chosen on earlier days. city_shape, area_shape: of the gamma factors (higher: steadier)."""

    category: str
    rate: float
    strength: float
    city_shape: float
    area_shape: float
    residual_span: int
    held_out: HeldOut

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        """(1, H, A): the same under every weather path."""
        counts = known.demand.of(self.category)
        return _mean(counts, self._smoothed(known), horizon, reference).T[None]

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        """(A, H, S): Poisson counts around mean × factors of a block of past days, drawn jointly."""
        counts = known.demand.of(self.category)
        smoothed = self._smoothed(known)
        residuals = residual_days(counts, smoothed, horizon, self.residual_span, self.city_shape, self.area_shape)
        rng = generator(draws.seed, NAME, self.category)
        return _draw(_mean(counts, smoothed, horizon, reference), residuals, draws.size, rng)

    def _smoothed(self, known: Known) -> Smoothed:
        filed = nowcast(known.demand.of(self.category), known.demand.share_of(self.category))
        return smooth(filed, known.demand.dates, self.rate, self.strength)

    def artifacts(self) -> dict[str, str]:
        figures = {
            "rate": self.rate,
            "weekday_strength": self.strength,
            "city_shape": self.city_shape,
            "area_shape": self.area_shape,
        }
        return {"parameters.json": json.dumps(figures)}


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Smoothing:
    """Choose rate and weekday strength by likelihood on earlier days; HistoryTooShortError under 56 days."""
    settings = Params.model_validate(params.model_dump())
    counts, dates = known.demand.of(category), known.demand.dates
    if counts.shape[1] < MINIMUM_DAYS:
        raise HistoryTooShortError(
            f"{category}: {counts.shape[1]} days of history, {MINIMUM_DAYS} are needed",
            remedy="load more history",
            days=counts.shape[1],
        )
    origins = _validation_origins(counts.shape[1], settings.validation_days)
    outcomes = np.stack([counts[:, t + 1 : t + 1 + LEADS] for t in origins])
    best: tuple[float, float, float, Floats, Smoothed] | None = None
    for rate in settings.rates:
        for strength in settings.weekday_strengths:
            smoothed = smooth(counts, dates, rate, strength)
            means = np.stack([smoothed.mean(t, LEADS) for t in origins])
            found = log_likelihood(outcomes, means, shape_of(outcomes, means))
            if best is None or found > best[0]:
                best = (found, rate, strength, means, smoothed)
    assert best is not None
    _, rate, strength, means, smoothed = best
    city_shape, area_shape = _shapes(outcomes, means)
    first = first_held_out(counts.shape[1], settings.held_out_days)
    fared = _held_out(smoothed, held_out_windows(known, category, first, settings.held_out_every, LEADS))
    return Smoothing(category, rate, strength, city_shape, area_shape, settings.residual_days, fared)


def _held_out(smoothed: Smoothed, windows: Windows) -> HeldOut:
    """A level uses the past alone, so only its two constants have seen the days that it is compared on."""
    means = np.stack([smoothed.mean(int(t), LEADS).T for t in windows.origins])
    return HeldOut(windows.origins, windows.filed, means, windows.is_storm)


def _validation_origins(days: int, span: int) -> range:
    """Every fourth day of the last `span` days whose outcomes are known; weekdays take turns."""
    return range(max(WARM_UP, days - 1 - span), days - LEADS, 4)


def _shapes(outcomes: Ints, means: Floats) -> tuple[float, float]:
    """Shape of the factor all areas share, and of each area's own once the shared one is known."""
    city, city_mean = outcomes.sum(axis=1), means.sum(axis=1)
    city_shape = shape_of(city, city_mean)
    shared = (city_shape + city) / (city_shape + city_mean)
    return city_shape, shape_of(outcomes, means * shared[:, None, :])


def _mean(counts: Ints, smoothed: Smoothed, horizon: int, reference: frozenset[Block]) -> Floats:
    """(A, H): level × weekday factor; the level of last year, the factor of a Wednesday where they are asked for."""
    recent, calendar = "recent demand" in reference, "calendar" in reference
    level = counts[:, -USUAL_DAYS:].mean(axis=1)[:, None] if recent else smoothed.level[:, -1:]
    ahead = (smoothed.weekday[-1] + np.arange(1, horizon + 1)) % 7
    mean: Floats = level * smoothed.profile[-1, np.full_like(ahead, ORDINARY_WEEKDAY) if calendar else ahead]
    return mean


def _draw(mean: Floats, residuals: Residuals, size: int, rng: np.random.Generator) -> Ints:
    """(A, H, S) from mean (A, H): one chain of blocks a draw, gamma factors around what each block implies."""
    horizon = mean.shape[1]
    starts = _even_starts(rng, residuals.size, -(-horizon // residuals.length), size)
    lead = np.arange(horizon)
    block = starts[lead // residuals.length]
    step = (lead % residuals.length)[:, None]
    city = rng.standard_gamma(residuals.city_shape[block, step]) * residuals.city_scale[block, step]
    own = rng.standard_gamma(residuals.area_shape[:, block, step]) * residuals.area_scale[:, block, step]
    expected = mean[:, :, None] * city * own
    return poisson_counts(rng.random(expected.shape), expected)


def _even_starts(rng: np.random.Generator, blocks: int, chains: int, size: int) -> NDArray[np.intp]:
    """(chains, S) block indices, spread evenly over the blocks so that few draws already cover them."""
    spread = ((np.arange(size) + rng.random((chains, 1))) / size * blocks).astype(np.intp)
    picked: NDArray[np.intp] = rng.permuted(np.minimum(spread, blocks - 1), axis=1)
    return picked


FORECASTER = Forecaster(NAME, "Exponential smoothing × weekday", Params, fit, True, MINIMUM_DAYS)
