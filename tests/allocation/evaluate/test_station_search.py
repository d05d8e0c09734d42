"""Crews stand where dispatch makes most of them, held against every placement there is."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from allocation.evaluate.evenings import believed_by
from allocation.evaluate.jobs import bucketed
from allocation.evaluate.policy import Believed, View
from allocation.evaluate.station_search import _money, _scene, best_stations
from allocation.evaluate.window import Stations


def _view(one: Any) -> View:
    dense = one.loaded.windows.dense(one.problem.dates[0], 14, one.loaded.stations)
    opening, _ = bucketed(dense, one.open, one.problem.dates[0].toordinal())
    known = believed_by("arrivals", one.loaded, one.problem.dates[0], {"paths": one.ahead(0)}, 14)
    return View(
        one.loaded.windows, one.problem.dates[0], 14, one.loaded.stations, opening, one.history(), known,
        one.loaded.everyday, True, 7,
    )  # fmt: skip


def _every(stations: Stations) -> list[Stations]:
    """Every way to part each type's crews over two yards."""
    total = np.array(stations).sum(axis=0)
    first = product(*(range(int(n) + 1) for n in total))
    return [(tuple(f), tuple(int(n) - m for n, m in zip(total, f, strict=True))) for f in first]


@pytest.mark.parametrize("seed", range(4))
def test_the_placement_found_is_near_the_best_of_all(build: Any, town: Any, seed: int) -> None:
    one = town(build, seed, mean=0.8, busy=(seed % 6,))
    view = _view(one)
    believed: Believed | None = view.believed
    assert believed is not None
    scene = _scene(view, believed)
    found = best_stations(view, believed)
    assert (np.array(found).sum(axis=0) == np.array(view.stations).sum(axis=0)).all()
    money = {s: _money(scene, s) for s in _every(view.stations)}
    best, own = min(money.values()), money[view.stations]
    assert money[found] <= own
    assert money[found] - best <= 0.01 * best + 1e-6
