"""What each block adds to the mean: the published pipeline run again with blocks at their reference, on the same draws.

Blocks are switched on in a fixed order, so that the effects of a day sum to the mean of the published samples:
  usual          the average area: an equal share of the city at last year's level, on an ordinary Wednesday of the
                 season (where the forecaster knows one) under climatology
  place          this area instead of the average one
  recent demand  the level and direction of now instead of last year's
  calendar       the weekday and the holidays that come
  weather        the published weather paths instead of climatology
Effects are sums over draws, so those of a district or of the city are the sums of its areas' (place: none).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Protocol, runtime_checkable

import numpy as np

from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from models.forecaster import AS_PUBLISHED, Block, Fitted
from models.peaks import paths_with_peaks, without_names

PLACE = "place"
BLOCKS = ("usual", PLACE, "recent demand", "calendar", "weather")
CLEAR = 0.2
"""Parts that all but cancel (their sum below this share of their sizes) say nothing about the effect."""
AGREES = 0.2
"""Parts, told in the log and mostly of the mean weather path, must explain at least this share of what was measured."""
TINY = 1e-9


@dataclass(frozen=True)
class Effects:
    """effects: (B, A, H), blocks in the order of BLOCKS. holiday: (A, H), the part of the calendar's that is
    there only because of holidays; 0 for a forecaster that knows none. weather_parts: part -> (H,) of the city's
    weather effect, summing to it; all 0 on days whose parts cannot be told."""

    effects: Floats
    holiday: Floats
    weather_parts: dict[str, Floats] = field(default_factory=dict)


@runtime_checkable
class TellsWeather(Protocol):
    """A fitted forecaster that can say what of the weather makes its effect; a blend adds up its members'."""

    def weather_logs(
        self, known: Known, weather: WeatherPaths, climate: WeatherPaths, horizon: int
    ) -> dict[str, Floats]:
        """Part (`models.weather_parts`) -> (H,): what it adds to the log of the city's day over climatology; LightGBM
        tells it of the mean weather path."""
        ...


def block_effects(
    fitted: Fitted,
    known: Known,
    weather: WeatherPaths | None,
    climate: WeatherPaths | None,
    draws: Draws,
    samples: Ints,
) -> Effects:
    """Effects behind `samples` (A, H, S), which `fitted` drew for `known`, `weather` and `draws`.

    climate: climatology, as many paths as `weather`, both for at least H days. Costs three draws, one more where a
    holiday is near. Source of the method: sequential replacement in a fixed order (Lundberg & Lee 2017, eq. 8 is
    its average over all orders); one order is enough to be exact and reads as a story.
    """
    horizon = samples.shape[1]

    def mean(asked: Known, reference: frozenset[Block]) -> Floats:
        drawn: Floats = paths_with_peaks(fitted, asked, usual_weather, draws, horizon, reference) @ draws.weight
        return drawn

    usual_weather = weather if climate is None or weather is None else climate
    published: Floats = samples @ draws.weight
    same = usual_weather is None or _equal(usual_weather, weather, horizon)
    dated = published if same else mean(known, AS_PUBLISHED)
    at_place = mean(known, frozenset({"recent demand", "calendar"}))
    average = np.broadcast_to(at_place.mean(axis=0), at_place.shape)
    recent = mean(known, frozenset({"calendar"}))
    stages = [average, at_place, recent, dated, published]
    holiday = np.zeros_like(dated)
    if near_holidays(known, horizon):
        holiday = dated - mean(without_names(known), AS_PUBLISHED)
    effects = np.stack([average, *(after - before for before, after in pairwise(stages))])
    parts: dict[str, Floats] = {}
    if isinstance(fitted, TellsWeather) and weather is not None and climate is not None and not same:
        logs = fitted.weather_logs(known, weather, climate, horizon)
        parts = parts_of(effects[-1].sum(axis=0), dated.sum(axis=0), logs)
    return Effects(effects, holiday, parts)


def near_holidays(known: Known, horizon: int) -> bool:
    """Whether a holiday or an event lies within a week of the days ahead."""
    first, last = known.origin - timedelta(days=6), known.origin + timedelta(days=horizon + 7)
    return any(first <= day <= last for day in {**known.holidays, **(known.events or {})})


def parts_of(effect: Floats, before: Floats, logs: Mapping[str, Floats]) -> dict[str, Floats]:
    """Part -> requests, (H,): the city's effect shared out by `logs`, so that the parts of a day sum to it.

    before: (H,), the city's mean under climatology. All 0 on a day that the logs do not explain: where they all but
    cancel, or add up to little of what was measured or to its opposite (shared out they would change sides).
    """
    if not logs:
        return {}
    total, sizes = (np.sum([f(log) for log in logs.values()], axis=0) for f in (np.asarray, np.abs))
    measured = np.log(np.maximum(before + effect, TINY) / np.maximum(before, TINY))
    is_told = (np.abs(total) > CLEAR * sizes) & (total * np.sign(measured) > AGREES * np.abs(measured))
    scale = np.divide(effect, total, out=np.zeros_like(effect), where=is_told)
    return {part: log * scale for part, log in logs.items()}


def _equal(one: WeatherPaths, other: WeatherPaths | None, horizon: int) -> bool:
    return other is not None and np.array_equal(one.values[:, :horizon], other.values[:, :horizon], equal_nan=True)
