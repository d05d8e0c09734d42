"""Members' means combined under each weather path, with one error law around the combination.

The log of the mean is a weighted average of the members' logs, by lead: a geometric mean. Where a linear pool of
calibrated forecasts is too wide (Gneiting and Ranjan 2013), the law here is learnt on the blend's own held-out
errors, so that it fits whatever the members share or make up for. Few and coarse weights: estimated ones seldom do
better on short evidence (Timmermann 2006, section 5). On a short history the simple member weighs more, and it is left
out where the held-out year is clearly better without it (`models.blend_evidence`). Weights by lead come from folds
(`models.tailor`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import cast

import numpy as np
from pydantic import JsonValue

from domain.category import Strict
from domain.covariates import COVARIATES
from domain.errors import ConfigError
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from models.blend_evidence import earned
from models.blend_params import NAME, Member, Params
from models.catalogue import forecasters
from models.effects import TellsWeather
from models.fitting import fit_once
from models.forecaster import AS_PUBLISHED, Block, Fitted, Forecaster
from models.mean_paths import HeldOut, MeanPaths, combined, draw_around
from models.residuals import ErrorLaw

MINIMUM_DAYS = 365


@dataclass(frozen=True)
class Blend:
    """members: fitted, in the order of the parameters', whose weights are those of the history fitted on.

    See `models.forecaster.Fitted`.
    """

    category: str
    members: tuple[MeanPaths, ...]
    params: Params

    @cached_property
    def held_out(self) -> HeldOut:
        """The combination of the members' held-out means, at the origins that all of them have."""
        parts = in_common(self.members, self.params)
        common = parts[0].origins
        leads = min(part.expected.shape[1] for part in parts)
        means = [part.expected[:, :leads] for part in parts]
        expected = combined(means, self.params.weights(leads))
        return HeldOut(common, parts[0].counts[:, :leads], expected, parts[0].is_storm)

    @cached_property
    def errors(self) -> ErrorLaw:
        """Learnt when first asked for, once."""
        return self.held_out.errors

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        """Expected requests under each weather path, (P, H, A); members without any weight are not asked."""
        weights = self.params.weights(horizon)
        asked = [m for m, w in zip(self.members, weights, strict=True) if w.any()]
        means = [m.means(known, weather, horizon, reference) for m in asked]
        return combined(means, weights[weights.any(axis=1)])

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
        """The members' own, weighed by lead as their log means are; a member that tells none adds none."""
        total: dict[str, Floats] = {}
        for member, weight in zip(self.members, self.params.weights(horizon), strict=True):
            if isinstance(member, TellsWeather) and weight.any():
                own = member.weather_logs(known, weather, climate, horizon)
                total |= {part: total.get(part, 0.0) + weight * log for part, log in own.items()}
        return total

    def artifacts(self) -> dict[str, str]:
        members = self.params.members
        found = {"blend.json": json.dumps(self.params.model_dump(mode="json"), indent=1, sort_keys=True)}
        for number, (named, member) in enumerate(zip(members, self.members, strict=True)):
            files = cast(Fitted, member).artifacts()
            found |= {f"{number + 1}-{named.forecaster}-{file}": text for file, text in files.items()}
        return found


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Blend:
    """Fit every member on what is known; ConfigError where one has no means to combine."""
    assert isinstance(params, Params)
    params = params.on(known.demand.counts.shape[2])
    found = forecasters(tuple(m.forecaster for m in params.members))
    fitted: list[MeanPaths] = []
    for member, forecaster in zip(params.members, found, strict=True):
        own = forecaster.params.model_validate(handed_on(member, params, forecaster))
        made = fit_once(forecaster, known, category, own, seed, progress)
        if not hasattr(made, "held_out"):
            raise ConfigError(
                f"{forecaster.name} cannot be a member of a blend: it draws without a mean",
                remedy="name only forecasters that have means and held-out days",
                member=forecaster.name,
            )
        fitted.append(cast(MeanPaths, made))
    params = earned(params, in_common(fitted, params), [f.is_baseline for f in found])
    return Blend(category, tuple(fitted), params)


def in_common(members: Sequence[MeanPaths], params: Params) -> list[HeldOut]:
    """What each member has at the held-out origins that all of them have; ConfigError where there are none."""
    common = reduce(np.intersect1d, (m.held_out.origins for m in members))
    if not common.size:
        raise ConfigError(
            "the members of the blend have no held-out day in common",
            remedy="give all members the same held_out_days and held_out_every",
            members=[m.forecaster for m in params.members],
        )
    return [m.held_out.at(common) for m in members]


def handed_on(member: Member, params: Params, forecaster: Forecaster) -> dict[str, JsonValue]:
    """The member's parameters with those of the blend that it knows and does not set itself."""
    given: dict[str, JsonValue] = dict(member.params)
    if "num_threads" in forecaster.params.model_fields:
        given.setdefault("num_threads", params.num_threads)
    if forecaster.covariates:
        given.setdefault("without", [block for block in params.without if block in forecaster.covariates])
    return given


FORECASTER = Forecaster(
    NAME,
    "Blend of smoothing, regression and LightGBM",
    Params,
    fit,
    is_blend=True,
    minimum_days=MINIMUM_DAYS,
    covariates=COVARIATES,
)
