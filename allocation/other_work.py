"""Readiness that also pays for the work its crews are taken from.

A crew held ready serves no regular work before its shift's events are known. What that costs is simulated: the dispatch
rule plays the plan's days from the date on with the date's held crews of a yard on their regular shift, and with them
held (an opportunity cost, as in Fox 1966, "Discrete optimization via marginal analysis"). Levels are then chosen again
with that price on each crew. Where crews are idle it is nothing; behind a backlog it can exceed what any storm costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.absence import present_share
from allocation.candidates import longest_shift
from allocation.capacity import net_capacity
from allocation.carried import carried
from allocation.dense import Bools, Counts, Dense
from allocation.dispatch import Crewing, evenings, late_cost
from allocation.readiness import Readiness, choose_readiness
from allocation.reduction import reduce
from allocation.value import tiled_pace
from domain.panel import Floats, WeatherPaths

DRAWS = 10
"""Draws that stand for all while the price of a held crew is simulated."""


@dataclass(frozen=True)
class Ahead:
    """Days ahead as a plan has them. requests: category -> (A, H, S) a day. opening: (J, A, B) or (J, A, B, S) and
    arrivals: (J, A, H, N, S), both in jobs. duty: (H, K, S). weight: (S,), sums to 1. pace: (H, K, J, S) or None."""

    requests: dict[str, Floats]
    opening: Floats
    arrivals: Floats
    duty: Bools
    weight: Floats
    weather: WeatherPaths | None
    pace: Floats | None = None

    def few(self) -> Ahead:
        """The same on at most `DRAWS` of its draws, those that stand for all by the jobs they bring."""
        daily = self.arrivals.sum(axis=(1, 3)).reshape(-1, len(self.weight)).T
        kept = reduce(daily.sum(axis=1), daily, self.weight, DRAWS)
        return replace(
            self,
            opening=self.opening if self.opening.ndim == 3 else self.opening[..., kept.index],
            arrivals=self.arrivals[..., kept.index],
            duty=self.duty[..., kept.index],
            weight=kept.weight,
            pace=None if self.pace is None else self.pace[..., kept.index],
        )


def readiness_beside_work(dense: Dense, ahead: Ahead, everyday: dict[str, Floats] | None = None) -> Readiness:
    """Levels for every event category of ours, the work that held crews leave undone in their price; everyday: as of
    `allocation.readiness.choose_readiness`."""
    first = choose_readiness(dense, ahead.requests, ahead.weight, ahead.weather, everyday)
    if not first.held.any():
        return first
    lost = left_undone(dense, first.held, ahead.few())
    return choose_readiness(dense, ahead.requests, ahead.weight, ahead.weather, everyday, lost)


def left_undone(dense: Dense, held: Counts, ahead: Ahead) -> Floats:
    """Money of late days a crew that each yard's held crews of a date leave undone elsewhere, (H, Y); 0 where none are.

    held: (H, N, Y, K). All others work their longest shift; absence takes its mean share of each.
    """
    nobody = np.zeros_like(held)
    d = carried(dense, nobody, ahead.duty, ahead.opening, ahead.arrivals, ahead.weight)
    base = _crewing(d, nobody, ahead)
    starts = evenings(d, base, ahead.opening, ahead.arrivals)
    lost = np.zeros((len(held), held.shape[2]))
    for h in np.flatnonzero(held.any(axis=(1, 2, 3))):
        yards = np.flatnonzero(held[h].any(axis=(0, 2)))
        some = [base, *(_crewing(d, _only(held, int(h), int(y)), ahead) for y in yards)]
        money = _from(d, some, int(h), starts[h], ahead)
        lost[h, yards] = np.maximum(money[1:] - money[0], 0.0) / held[h][:, yards].sum(axis=(0, 2))
    return lost


def _only(held: Counts, h: int, y: int) -> Counts:
    one = np.zeros_like(held)
    one[h, :, y] = held[h, :, y]
    return one


def _crewing(dense: Dense, held: Counts, ahead: Ahead) -> Crewing:
    there = ahead.duty[:, None, None] * present_share(dense)[:, None, None, :, None]
    regular, standing = (net_capacity(dense, c[..., None] * there) for c in (longest_shift(dense, held), held))
    return Crewing(regular, standing, ahead.pace)


def _from(dense: Dense, some: list[Crewing], h: int, opening: Floats, ahead: Ahead) -> Floats:
    """Expected money of late days of each crewing from date h on, played side by side."""
    many = len(some)
    block = Crewing(
        np.concatenate([c.regular for c in some], axis=-1),
        np.concatenate([c.held for c in some], axis=-1),
        tiled_pace(some[0], many),
    )
    late = late_cost(
        dense, block, np.tile(opening, many), np.tile(ahead.arrivals, many), h, closing_days=dense.closing_days
    )
    money: Floats = late.reshape(many, -1) @ ahead.weight
    return money
