"""Forecasters whose draws scatter around a mean for each weather path: what they share, alone and in a blend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from models.forecaster import AS_PUBLISHED, Block
from models.residuals import ErrorLaw, draw, learn_errors, most_a_day

HELD_OUT_DAYS = 365
HELD_OUT_EVERY = 3
LEAST_PART = 0.05
"""A member's mean counts as at least this part of the members' average: one that expects nothing is no veto."""
LEAST = 1e-9


@dataclass(frozen=True)
class HeldOut:
    """Origins (O,) as positions of days, what was filed after them and what was expected: (O, H, A) each.

    Expected by what was learnt without those days, given the weather that came. is_storm: (O,) a catastrophe came.
    """

    origins: NDArray[np.intp]
    counts: Ints
    expected: Floats
    is_storm: NDArray[np.bool_]

    def at(self, origins: NDArray[np.intp]) -> HeldOut:
        """Only these origins, which must be among them."""
        chosen = np.searchsorted(self.origins, origins)
        return HeldOut(origins, self.counts[chosen], self.expected[chosen], self.is_storm[chosen])

    @property
    def errors(self) -> ErrorLaw:
        """The law of what was expected, learnt anew at every call."""
        return learn_errors(self.counts, self.expected, self.is_storm)


def first_held_out(days: int, held_out_days: int) -> int:
    """Position of the last day learnt from where the last year is held out; a third of a short history."""
    return days - 1 - min(held_out_days, days // 3)


def combined(means: Sequence[Floats], weights: Floats) -> Floats:
    """Weighted geometric mean of (N, H, A) arrays by lead, each floored at LEAST_PART of their average.

    means broadcast over N. weights: (M, H), summing to 1 over M.
    """
    by_lead = weights[:, :, None]
    average = sum((w * m for w, m in zip(by_lead, means, strict=True)), start=np.zeros(()))
    floor = np.maximum(LEAST_PART * average, LEAST)
    log_mean = sum((w * np.log(np.maximum(m, floor)) for w, m in zip(by_lead, means, strict=True)), start=np.zeros(()))
    out: Floats = np.exp(log_mean)
    return out


class MeanPaths(Protocol):
    """A fitted forecaster that can be a member of a blend."""

    @property
    def held_out(self) -> HeldOut:
        """How its means fared on days that it had not learnt from."""
        ...

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        """Expected requests under each weather path, (P, H, A); P is 1 where it does not look at the weather."""
        ...


def draw_around(
    fitted: MeanPaths,
    law: ErrorLaw,
    stream: tuple[str, str],
    known: Known,
    weather: WeatherPaths | None,
    draws: Draws,
    horizon: int,
    reference: frozenset[Block],
) -> Ints:
    """(A, H, S): each draw rides on its weather path, all around their means by one law.

    stream: name and category of the random stream. Only paths that a draw rides on are asked for. Error paths are
    chosen by the means as published, so that a block at its reference changes the means and not the chances.
    """
    path = np.zeros(draws.size, dtype=np.intp)
    if weather is not None:
        ridden, path = np.unique(draws.weather_path_id, return_inverse=True)
        weather = weather.only(ridden)
    means = fitted.means(known, weather, horizon, reference)
    published = means if reference == AS_PUBLISHED else fitted.means(known, weather, horizon)
    name, category = stream
    rng = generator(draws.seed, name, known.city, category, known.origin)
    most = most_a_day(known.demand.of(category))
    return draw(law, _ridden(means, path), rng, _ridden(published, path).sum(axis=0), most)


def _ridden(means: Floats, path: NDArray[np.intp]) -> Floats:
    """(P, H, A) means on each draw's path, (A, H, S); the one mean of all where there is but one."""
    of_draw = means[path] if len(means) > 1 else np.repeat(means, len(path), axis=0)
    return np.ascontiguousarray(of_draw.transpose(2, 1, 0))
