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
from allocation.roster_cost import overtime_money
from allocation.value import tiled_pace
from domain.panel import Floats, WeatherPaths

DRAWS = 30
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
    first = choose_readiness(dense, ahead.requests, ahead.weight, ahead.weather, everyday, duty=ahead.duty)
    if not first.held.any():
        return first
    lost = left_undone(dense, first.held, ahead.few())
    return choose_readiness(dense, ahead.requests, ahead.weight, ahead.weather, everyday, lost, ahead.duty)


def left_undone(dense: Dense, held: Counts, ahead: Ahead) -> Floats:
    """Money of late days a crew that each yard's held crews of a date leave undone elsewhere, (H, Y); 0 where none are.

    held: (H, N, Y, K). All others work their longest shift; absence takes its mean share of each. Held crews work no
    overtime, so the price is the higher of a plan without any and of one with all of it.
    """
    nobody = np.zeros_like(held)
    d = carried(dense, nobody, ahead.duty, ahead.opening, ahead.arrivals, ahead.weight)
    lost = np.zeros((len(held), held.shape[2]))
    for overtime in (0.0, 1.0):
        base = _staffed(d, nobody, overtime, ahead)
        starts = evenings(d, base.crewing, ahead.opening, ahead.arrivals)
        for h in np.flatnonzero(held.any(axis=(1, 2, 3))):
            yards = np.flatnonzero(held[h].any(axis=(0, 2)))
            some = [base, *(_staffed(d, _only(held, int(h), int(y)), overtime, ahead) for y in yards)]
            money = _from(d, some, int(h), starts[h], ahead)
            each = (money[1:] - money[0]) / held[h][:, yards].sum(axis=(0, 2))
            lost[h, yards] = np.maximum(lost[h, yards], each)
    return lost


@dataclass(frozen=True)
class _Staffed:
    """Crews as they work, and the money of their overtime."""

    crewing: Crewing
    paid: float


def _only(held: Counts, h: int, y: int) -> Counts:
    one = np.zeros_like(held)
    one[h, :, y] = held[h, :, y]
    return one


def _staffed(dense: Dense, held: Counts, overtime: float, ahead: Ahead) -> _Staffed:
    """Everybody not held on the longest shift, with this share of the overtime there is."""
    there = ahead.duty[:, None, None] * present_share(dense)[:, None, None, :, None]
    crews = longest_shift(dense, held)
    hours = overtime * crews * dense.overtime_by_type[None, :, None] / 60
    regular = net_capacity(dense, crews[..., None] * there) + 60 * hours[..., None] * there
    standing = net_capacity(dense, held[..., None] * there)
    return _Staffed(Crewing(regular, standing, ahead.pace), overtime_money(dense, hours))


def _from(dense: Dense, some: list[_Staffed], h: int, opening: Floats, ahead: Ahead) -> Floats:
    """Expected money of each from date h on, overtime of all dates included, played side by side."""
    many = len(some)
    block = Crewing(
        np.concatenate([s.crewing.regular for s in some], axis=-1),
        np.concatenate([s.crewing.held for s in some], axis=-1),
        tiled_pace(some[0].crewing, many),
    )
    late = late_cost(dense, block, np.tile(opening, many), np.tile(ahead.arrivals, many), h, is_closed=True)
    money: Floats = late.reshape(many, -1) @ ahead.weight + np.array([s.paid for s in some])
    return money
