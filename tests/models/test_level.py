from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from domain.chance import generator
from domain.panel import Ints, Known
from features.build import Built, build, inputs_of, rows_at, sample_rows
from models.level import Level, choose_level, log_level


@pytest.fixture
def built_of(city_known: Callable[..., Known]) -> Callable[[Ints], Built]:
    def build_from(counts: Ints) -> Built:
        known = city_known(areas=len(counts), days=counts.shape[1])
        return build(replace(inputs_of(known, "pothole", 14), counts=counts))

    return build_from


def chosen_for(built: Built) -> Level:
    rows = sample_rows(built, 60, built.inputs.counts.shape[1] - 1, 14, 6000, generator(1))
    counts = built.inputs.counts[rows.area, rows.date]
    return choose_level(built, rows, counts, np.ones(len(counts)))


def test_a_steady_city_is_remembered_for_long_and_a_restless_one_for_days(
    built_of: Callable[[Ints], Built],
) -> None:
    rng = np.random.default_rng(4)
    steady = rng.poisson(3.0, (4, 700)).astype(np.int32)
    walk = np.exp(np.cumsum(rng.normal(0, 0.12, 700)))
    restless = rng.poisson(40 * walk / walk.mean() * np.ones((4, 1))).astype(np.int32)
    days = [int(chosen_for(built_of(c)).city.split("_")[-1][:-1]) for c in (steady, restless)]
    assert days[0] >= 112
    assert days[1] <= 14


def test_the_level_is_city_times_share_times_weekday(built_of: Callable[[Ints], Built]) -> None:
    rng = np.random.default_rng(4)
    built = built_of(rng.poisson(np.array([[1.0], [3.0]]), (2, 400)).astype(np.int32))
    rows = rows_at(built, np.array(399), np.arange(1, 8)[:, None], np.arange(2))
    level = np.exp(log_level(built, Level("city_level_364d", "area_share_728d", "weekday_factor_364d"), rows))
    by_area = level.reshape(7, 2).mean(axis=0)
    np.testing.assert_allclose(by_area, [1.0, 3.0], rtol=0.15)


def test_a_city_without_requests_has_a_level_all_the_same(built_of: Callable[[Ints], Built]) -> None:
    built = built_of(np.zeros((2, 200), np.int32))
    rows = rows_at(built, np.array(199), np.arange(1, 8)[:, None], np.arange(2))
    assert np.isfinite(log_level(built, chosen_for(built), rows)).all()
