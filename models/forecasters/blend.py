"""A linear pool: each draw follows one member for all areas and days, so that it stays one joint scenario.

Where members disagree the pool is wider, as it should be; its CRPS is never worse than the members' weighted mean
(Stone 1961; Gneiting and Ranjan 2013). Equal weights by default: estimated ones seldom do better on short evidence
(Timmermann 2006, section 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, JsonValue, field_validator

from domain.category import Strict
from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from models.catalogue import forecasters
from models.effects import SharesWeather
from models.fitting import fit_once
from models.forecaster import AS_PUBLISHED, Block, Fitted, Forecaster

NAME = "blend"
MINIMUM_DAYS = 365


class Member(Strict):
    """forecaster, params: as in a recipe; parameters left out have their defaults. weight: relative to the others."""

    forecaster: str
    params: dict[str, JsonValue] = Field(default_factory=dict)
    weight: float = Field(default=1.0, gt=0)

    @field_validator("forecaster")
    @classmethod
    def _not_itself(cls, value: str) -> str:
        if value == NAME:
            raise ValueError("a blend cannot be a member of a blend")
        return value


class Params(Strict):
    """num_threads: handed to the members that have threads."""

    members: tuple[Member, ...] = Field(
        default=(
            Member(forecaster="exponential_smoothing"),
            Member(forecaster="glm_poisson"),
            Member(forecaster="lightgbm_poisson"),
        ),
        min_length=2,
    )
    num_threads: int = Field(default=2, ge=1)


@dataclass(frozen=True)
class Blend:
    """share: (M,) of the draws that follow each fitted member, in the members' order."""

    category: str
    names: tuple[str, ...]
    members: tuple[Fitted, ...]
    share: Floats

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        """(A, H, S): every member draws the paths that follow it, on the weather they ride on."""
        follows = self._follows(draws, known)
        out: Ints | None = None
        for number, member in enumerate(self.members):
            mine = np.flatnonzero(follows == number)
            if not mine.size:
                continue
            weight = draws.weight[mine]
            own = Draws(draws.seed, draws.weather_path_id[mine], weight / weight.sum())
            drawn = member.paths(known, weather, own, horizon, reference)
            out = np.empty((*drawn.shape[:2], draws.size), dtype=np.int32) if out is None else out
            out[:, :, mine] = drawn
        assert out is not None
        return out

    def _follows(self, draws: Draws, known: Known) -> NDArray[np.intp]:
        """(S,) which member each draw follows: shares exact to one draw and spread over the weather paths."""
        edges = np.cumsum(self.share)
        order = np.argsort(draws.weather_path_id, kind="stable")
        shift = generator(draws.seed, NAME, known.city, self.category, known.origin).random()
        golden = (np.arange(draws.size) * 0.618033988749895 + shift) % 1.0
        out = np.empty(draws.size, dtype=np.intp)
        out[order] = np.minimum(np.searchsorted(edges, golden, side="right"), len(edges) - 1)
        return out

    def weather_shares(
        self, known: Known, weather: WeatherPaths, climate: WeatherPaths, horizon: int
    ) -> dict[str, Floats]:
        """As the heaviest member that can tell them says; empty where none can."""
        for number in np.argsort(-self.share, kind="stable"):
            member = self.members[number]
            if isinstance(member, SharesWeather):
                return member.weather_shares(known, weather, climate, horizon)
        return {}

    def artifacts(self) -> dict[str, str]:
        return {
            f"{name}-{file}": text
            for name, member in zip(self.names, self.members, strict=True)
            for file, text in member.artifacts().items()
        }


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> Blend:
    """Fit every member on what is known."""
    assert isinstance(params, Params)
    found = forecasters(tuple(m.forecaster for m in params.members))
    fitted = []
    for member, forecaster in zip(params.members, found, strict=True):
        given: dict[str, JsonValue] = dict(member.params)
        if "num_threads" in forecaster.params.model_fields:
            given.setdefault("num_threads", params.num_threads)
        own = forecaster.params.model_validate(given)
        fitted.append(fit_once(forecaster, known, category, own, seed, progress))
    weight = np.array([m.weight for m in params.members])
    names = tuple(f"{number + 1}-{m.forecaster}" for number, m in enumerate(params.members))
    return Blend(category, names, tuple(fitted), weight / weight.sum())


FORECASTER = Forecaster(
    NAME, "Blend of smoothing, regression and LightGBM", Params, fit, is_blend=True, minimum_days=MINIMUM_DAYS
)
