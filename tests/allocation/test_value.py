from __future__ import annotations

from typing import Any

import numpy as np

from allocation.capacity import on_duty, snow_days
from allocation.dense import dense
from allocation.dispatch import Crewing, simulate
from allocation.reduction import reduce
from allocation.value import avoided, crewing_of
from allocation.work import buckets
from domain.chance import generator


def test_a_crews_worth_is_the_lateness_without_it_less_the_lateness_with_it(build: Any) -> None:
    plan, areas = build.city_plan(), build.area_map(4)
    paths = build.paths_of(plan, areas, 3, 12)
    d = dense(build.problem_of(plan, areas, 3))
    rng = generator(1, "value")
    arrivals = rng.poisson(2.0, (2, 4, 3, 3, 12)).astype(float)
    opening = rng.poisson(2.0, (2, 4, buckets(d))).astype(float)
    duty = on_duty(d, snow_days(d, None, paths.draws))
    crews = np.where(d.worked[..., None], 1, 0) * np.ones(3, dtype=np.int64)
    there = crews[..., None] * duty[:, None, None].astype(float)
    crewing = crewing_of(d, there, there * 0, crews, np.zeros(crews.shape))
    kept = reduce(arrivals.sum(axis=(0, 1, 2, 3)), arrivals.sum(axis=(0, 1, 3)).T, paths.draws.weight, 12)
    value = avoided(d, crewing, opening, arrivals, kept).money.mean
    base = simulate(d, crewing, opening, arrivals, paths.draws.weight).cost @ paths.draws.weight
    for slot in [(0, 0, 0, 0), (1, 1, 1, 1), (2, 0, 1, 2)]:
        regular = crewing.regular.copy()
        regular[slot] = 0
        without = simulate(d, Crewing(regular, crewing.held), opening, arrivals, paths.draws.weight)
        np.testing.assert_allclose(value[slot], without.cost @ paths.draws.weight - base, atol=1e-6)
    assert value.max() > 0
    assert (value[:, 2] == 0).all(), "nobody works at night"


def test_overtime_adds_minutes_for_each_crew_who_came(build: Any) -> None:
    d = dense(build.problem_of(build.city_plan(), build.area_map(1), 1))
    crews = np.zeros((1, 3, 2, 3), dtype=np.int64)
    crews[0, 1, 0, 0] = 2
    hours = np.zeros(crews.shape)
    hours[0, 1, 0, 0] = 1.5
    came = crews[..., None] * np.array([1.0, 0.5])
    crewing = crewing_of(d, came, came * 0, crews, hours)
    net = d.net_minutes[1, 0]
    np.testing.assert_allclose(crewing.regular[0, 1, 0, 0], [2 * net + 90, net + 45])
