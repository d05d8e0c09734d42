"""What a forecaster is. One file in `models/forecasters/` adds one, by exposing the constant `FORECASTER`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import ConfigDict, Field, field_validator

from domain.category import Strict
from domain.covariates import Covariate
from domain.panel import Draws, Ints, Known, WeatherPaths
from domain.progress import Progress

Block = Literal["recent demand", "calendar"]
"""What a forecaster can be asked to set to its reference; weather and place are set by who asks."""
AS_PUBLISHED: frozenset[Block] = frozenset()
HeldOutDays = Annotated[int, Field(ge=91, le=3653)]
"""At least a month longer than the longest horizon, so that whole windows fit in."""
HeldOutEvery = Annotated[int, Field(ge=1, le=28)]
Threads = Annotated[int, Field(ge=1, le=256)]


class ForecasterParams(Strict):
    """What parameters of every forecaster have in common: no number is infinite or missing, and yes or no is none."""

    model_config = ConfigDict(allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch(cls, value: object) -> object:
        if isinstance(value, bool) or (isinstance(value, list | tuple) and any(isinstance(v, bool) for v in value)):
            raise ValueError("should be a number, not true or false")
        return value


class Fitted(Protocol):
    """A forecaster fitted on what was known at one origin; may be asked again at later origins."""

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        """Joint draws for known.origin + 1 … + horizon: whole numbers ≥ 0, (A, H, S).

        Reads nothing of `known` but what it holds; draw s uses weather path draws.weather_path_id[s].
        reference: blocks drawn as they are without anything special, on the same random numbers:
          "recent demand"  every area at its level of the last 364 days: no trend, no busy last weeks
          "calendar"       an ordinary Wednesday, no holiday near; the season stays
        Counts drawn by inversion (`models.counting`) take one random number each whatever their mean. One that can
        tell rain from frost in its weather effect is a `models.effects.SharesWeather` too; a blend asks its member.
        """
        ...

    def artifacts(self) -> dict[str, str]:
        """File name -> text for the model's record (a native Booster, parameters); never a pickle."""
        ...


@dataclass(frozen=True)
class Forecaster:
    """name: as in the city YAML. params: its own frozen parameters, all with defaults.

    fit(known, category, params, seed, progress) learns from `known` alone. is_baseline: what any planner
    could run in a spreadsheet; ratios are taken against the best of these. minimum_days: history needed. is_blend:
    made of others. has_mean: it has means and held-out days, as a member of a blend must. covariates: blocks that its
    parameter `without` can take away. unread: feature groups of those blocks that it makes nothing of.
    """

    name: str
    title: str
    params: type[Strict]
    fit: Callable[[Known, str, Strict, int, Progress], Fitted]
    is_baseline: bool = False
    minimum_days: int = 56
    needs_weather: bool = False
    is_blend: bool = False
    has_mean: bool = True
    covariates: tuple[Covariate, ...] = ()
    unread: frozenset[str] = frozenset()


def draws_of(seed: int, size: int, weather: WeatherPaths | None) -> Draws:
    """`size` equal draws spread evenly over the weather paths by their weight (systematic sampling)."""
    if weather is None:
        return Draws(seed, np.full(size, -1, dtype=np.int32), np.full(size, 1.0 / size))
    edges = np.cumsum(weather.weight)
    edges[-1] = 1.0
    ids = np.searchsorted(edges, (np.arange(size) + 0.5) / size, side="left")
    return Draws(seed, ids.astype(np.int32), np.full(size, 1.0 / size))
