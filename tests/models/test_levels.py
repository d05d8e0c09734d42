"""Every level is a sum of the same draws."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chance import generator
from domain.panel import Draws, Known, SamplePaths
from domain.tables import FORECASTS
from domain.words import QUANTILE_COLUMNS, QUANTILES
from models.levels import forecast_table, quantiles

SIZE = 300


@pytest.fixture
def paths(city_known: Callable[..., Known]) -> SamplePaths:
    known = city_known(areas=7, days=70, categories=("noise", "pothole"))
    rng = generator(1, "paths")
    samples = rng.poisson(2.0, (2, 7, 5, SIZE)).astype(np.int32)
    dates = pd.date_range("2024-07-01", periods=5, freq="D", unit="us")
    draws = Draws(1, np.zeros(SIZE, np.int32), np.full(SIZE, 1 / SIZE))
    return SamplePaths(date(2024, 6, 30), dates, known.areas.names, known.demand.categories, samples, draws)


def test_the_table_keeps_its_contract_with_one_row_a_unit_category_and_day(
    paths: SamplePaths, city_known: Callable[..., Known]
) -> None:
    areas = city_known(areas=7, days=70).areas
    frame, samples = forecast_table(paths, areas)
    FORECASTS.validate(frame.assign(vintage_id="v"))
    assert len(frame) == (7 + 3 + 1) * 2 * 5
    assert samples.shape == (7 * 2 * 5, SIZE)
    is_row = (frame["area"] == "area-03") & (frame["category"] == "pothole") & (frame["date"] == "2024-07-04")
    assert samples[np.flatnonzero(is_row)[0]].tolist() == paths.of("pothole")[3, 3].tolist()


def test_districts_and_city_are_sums_of_draws_not_of_quantiles(
    paths: SamplePaths, city_known: Callable[..., Known]
) -> None:
    frame, _ = forecast_table(paths, city_known(areas=7, days=70).areas)
    one_day = frame[(frame["category"] == "noise") & (frame["date"] == "2024-07-02")].set_index("area")
    district = paths.of("noise")[:3, 1].sum(axis=0)
    assert one_day.loc["district-0", "mean"] == pytest.approx(district.mean())
    assert one_day.loc["district-0", "q90"] == np.sort(district)[int(0.9 * SIZE) - 1]
    city = one_day.loc["*"]
    assert city["mean"] == pytest.approx(one_day.query("level == 'district'")["mean"].sum())
    assert city["q975"] < one_day.query("level == 'area'")["q975"].sum()


@given(st.lists(st.integers(0, 20), min_size=2, max_size=40), st.integers(1, 5))
def test_weighted_quantiles_equal_those_of_draws_repeated_as_often(values: list[int], heavy: int) -> None:
    draws = np.array(values)
    repeats = np.where(np.arange(len(draws)) % 2 == 0, heavy, 1)
    weight = repeats / repeats.sum()
    repeated = np.repeat(draws, repeats)
    found = quantiles(draws, weight)
    assert found.tolist() == quantiles(repeated, np.full(len(repeated), 1 / len(repeated))).tolist()
    assert found.tolist() == sorted(found.tolist())


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_a_quantile_is_the_smallest_draw_that_reaches_its_share(values: list[int]) -> None:
    draws = np.array(values)
    found = quantiles(draws, np.full(len(draws), 1 / len(draws)))
    for share, value in zip(QUANTILES, found, strict=True):
        assert (draws <= value).mean() >= share - 1e-9
        assert (draws < value).mean() < share
    assert len(found) == len(QUANTILE_COLUMNS)
