"""Stations searched by what dispatch makes of them: a descent from the best of a few starts.

The rules of `allocation.evaluate.stations` weigh each yard's own work and know nothing of drives or of the help one
yard gives another. Here each placement is played by the dispatch rule over a few draws, every crew on its longest
shift, once without overtime and once with all of it, the cheaper counting. One crew moves at a time, and where none
helps two change places (compare Aarts and Lenstra 1997, "Local search in combinatorial optimization"). Stopped by a
count of placements, never by seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocation.absence import present_share
from allocation.candidates import longest_shift
from allocation.capacity import net_capacity
from allocation.carried import carried
from allocation.dense import Bools, Dense
from allocation.dispatch import Crewing, late_cost
from allocation.evaluate.policy import Believed, View
from allocation.evaluate.stations import as_stations, by_expected_cost, by_share
from allocation.evaluate.window import Stations
from allocation.evaluate.workload import DAYS_OPEN, mean_minutes
from allocation.reduction import reduce
from allocation.roster_cost import is_hired, overtime_money
from domain.panel import Floats

PLACEMENTS = 80
"""So many placements are played at most."""
DRAWS = 6
"""Draws that stand for all while placements are compared."""


@dataclass(frozen=True)
class _Scene:
    """What placements are played under. closing_days: the same for all, so that their money compares."""

    view: View
    arrivals: Floats
    duty: Bools
    weight: Floats
    closing_days: float
    pace: Floats | None


def best_stations(view: View, believed: Believed) -> Stations:
    """Crews by yard and type, (Y, K), that cost least in simulation among the placements tried; as many of each type
    as the city has. Of two alike the one that was tried first, the city's own before all."""
    scene = _scene(view, believed)
    money: dict[Stations, float] = {}
    for start in _starts(view, believed):
        money.setdefault(start, _money(scene, start))
    best = min(money, key=lambda s: round(money[s], 6))
    neighbours = _moved
    while len(money) < PLACEMENTS:
        for stations in [s for s in neighbours(view.dense, best) if s not in money][: PLACEMENTS - len(money)]:
            money[stations] = _money(scene, stations)
        ahead = min(money, key=lambda s: round(money[s], 6))
        if ahead == best and neighbours is _exchanged:
            break
        neighbours = _exchanged if ahead == best else _moved
        best = ahead
    return best


def _scene(view: View, believed: Believed) -> _Scene:
    daily = believed.arrivals.sum(axis=(1, 3)).reshape(-1, len(believed.weight)).T
    kept = reduce(daily.sum(axis=1), daily, believed.weight, DRAWS)
    arrivals, duty = believed.arrivals[..., kept.index], believed.duty[..., kept.index]
    nobody = np.zeros((*view.dense.worked.shape, view.dense.available.shape[2]), dtype=np.int64)
    priced = carried(view.placed(view.stations), nobody, duty, view.opening, arrivals, kept.weight)
    pace = None if believed.pace is None else believed.pace[..., kept.index]
    return _Scene(view, arrivals, duty, kept.weight, priced.closing_days, pace)


def _starts(view: View, believed: Believed) -> Sequence[Stations]:
    """As the city has them, by share of the work believed in, and by marginal lateness."""
    dense, arrivals, weight = view.dense, believed.arrivals, believed.weight
    daily = arrivals.sum(axis=(2, 3)) @ weight / arrivals.shape[2] + view.opening.sum(axis=2) / arrivals.shape[2]
    minutes = daily * mean_minutes(dense, DAYS_OPEN * daily)
    expected = by_expected_cost(dense, view.stations, view.opening, arrivals, weight)
    return view.stations, by_share(dense, view.stations, minutes), expected


def _moved(dense: Dense, stations: Stations) -> Iterator[Stations]:
    """Every placement with one crew at another yard that works on some date."""
    works = np.flatnonzero(dense.worked.any(axis=(0, 1)))
    crews = np.array(stations)
    for y, k in np.argwhere((crews > 0) & ~is_hired(dense)):
        for to in works[works != y]:
            moved = crews.copy()
            moved[y, k] -= 1
            moved[to, k] += 1
            yield as_stations(moved)


def _exchanged(dense: Dense, stations: Stations) -> Iterator[Stations]:
    """Every placement with two crews of different types changed over between two yards that work."""
    works = np.flatnonzero(dense.worked.any(axis=(0, 1)))
    crews = np.array(stations)
    based = [(int(y), int(k)) for y, k in np.argwhere((crews > 0) & ~is_hired(dense)) if y in works]
    for y, k in based:
        for to, other in based:
            if to != y and other > k:
                moved = crews.copy()
                moved[[y, to], [k, other]] -= 1
                moved[[to, y], [k, other]] += 1
                yield as_stations(moved)


def _money(scene: _Scene, stations: Stations) -> float:
    """Expected money of late days and overtime, without overtime or with all of it, whichever is less."""
    view = scene.view
    dense = replace(view.placed(stations), closing_days=scene.closing_days)
    crews = longest_shift(dense, np.zeros((*dense.worked.shape, dense.available.shape[2]), dtype=np.int64))
    there = scene.duty[:, None, None] * present_share(dense)[:, None, None, :, None]
    hours = crews * dense.overtime_by_type[None, :, None] / 60
    plain = net_capacity(dense, crews[..., None] * there)
    regular = np.concatenate([plain, plain + 60 * hours[..., None] * there], axis=-1)
    late = late_cost(
        dense,
        Crewing(regular, np.zeros_like(regular), None if scene.pace is None else np.tile(scene.pace, 2)),
        view.opening,
        np.tile(scene.arrivals, 2),
        0,
        is_closed=True,
    )
    without, full = late.reshape(2, -1) @ scene.weight
    return min(float(without), float(full) + overtime_money(dense, hours))
