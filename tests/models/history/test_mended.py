"""Gaps and rows keyed in together leave levels where they were, and what is scored stays as filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from domain.panel import Ints, Known
from domain.progress import silent
from models.catalogue import forecasters
from models.forecaster import draws_of
from models.history.mended import learnt_from, mended, replaced
from models.history.trust import history_of
from models.long_view.model import LongViewParams, fit_long
from models.weather_ensemble import climatology

QUICK = {"lightgbm_poisson": {"rounds": 40, "max_rows": 12_000, "num_threads": 1}}


@pytest.fixture
def town(city_known: Callable[..., Known]) -> Known:
    """Three years whose weather explains no busy day."""
    known = city_known(areas=3, days=1100, level=4.0, seed=5)
    assert known.weather is not None
    known.weather.values[:, 3:6] = 0.0
    known.weather.values[:, :3] = np.abs(known.weather.values[:, :3]) + 1.0
    return known


def filed(known: Known, days: slice, counts: int) -> Known:
    """The town with so many requests an area on these days."""
    changed = known.demand.counts.copy()
    changed[0, :, days] = counts
    return replace(known, demand=replace(known.demand, counts=changed))


def fortnight(known: Known, name: str) -> float:
    """Requests expected in the next two weeks."""
    forecaster = forecasters((name,))[0]
    learnt = learnt_from(known, "pothole")
    fitted = forecaster.fit(learnt, "pothole", forecaster.params.model_validate(QUICK.get(name, {})), 1, silent)
    return float(fitted.paths(learnt, None, draws_of(1, 300, None), 14).sum(axis=(0, 1)).mean())


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("exponential_smoothing", slice(-1, None)),
        ("recent_weekdays", slice(-3, -2)),
        ("glm_poisson", slice(-1, None)),
        ("lightgbm_poisson", slice(-40, -39)),
    ],
)
def test_rows_keyed_in_together_leave_the_next_fortnight_as_it_was(town: Known, name: str, days: slice) -> None:
    usual = fortnight(town, name)
    assert fortnight(filed(town, days, 800), name) == pytest.approx(usual, rel=0.12)


@pytest.mark.parametrize("name", ["exponential_smoothing", "lightgbm_poisson"])
def test_a_gap_leaves_the_next_fortnight_as_it_was(town: Known, name: str) -> None:
    usual = fortnight(town, name)
    assert fortnight(filed(town, slice(-60, -12), 0), name) == pytest.approx(usual, rel=0.15)


@pytest.mark.parametrize(("days", "counts"), [(slice(700, 701), 1500), (slice(800, 875), 0)], ids=["entry", "gap"])
def test_the_next_year_is_no_wider_for_an_entry_or_a_gap(town: Known, days: slice, counts: int) -> None:
    def year(known: Known) -> np.ndarray:
        weather = climatology(known, 60, 365, 7)
        fit = fit_long(known, "pothole", LongViewParams())
        drawn = fit.samples(known, weather, draws_of(7, 300, weather), 365).sum(axis=(0, 1))
        return np.quantile(drawn, [0.1, 0.5, 0.9])

    low, middle, high = year(town)
    found = year(filed(town, days, counts))
    assert found[1] == pytest.approx(middle, rel=0.08)
    assert found[2] - found[0] < 1.5 * (high - low)


def test_mended_days_are_marked_and_teach_nothing_and_the_record_stays_as_filed(town: Known) -> None:
    odd = filed(town, slice(900, 901), 800)
    before = odd.demand.counts.copy()
    found = mended(odd, "pothole")
    assert found.demand.mended is not None
    assert np.flatnonzero(found.demand.mended[0]).tolist() == [900]
    assert history_of(found, "pothole").trust[900] == 0
    assert found.demand.counts[0, :, 900].sum() < 60
    np.testing.assert_array_equal(np.delete(found.demand.counts, 900, axis=2), np.delete(before, 900, axis=2))
    np.testing.assert_array_equal(odd.demand.counts, before)
    assert mended(town, "pothole") is town


def test_a_new_level_of_three_days_is_no_entry_and_a_category_that_ended_is_no_gap(town: Known) -> None:
    assert mended(filed(town, slice(-2, None), 200), "pothole").demand.mended is not None
    assert mended(filed(town, slice(-3, None), 200), "pothole").demand.mended is None
    assert mended(filed(town, slice(-20, None), 0), "pothole").demand.mended is not None
    assert mended(filed(town, slice(-40, None), 0), "pothole").demand.mended is None


@given(
    arrays(np.int32, (3, 60), elements=st.integers(0, 50)),
    st.sets(st.integers(0, 59), min_size=1, max_size=50),
)
def test_replaced_counts_are_whole_and_sum_to_what_is_expected(counts: Ints, days: set[int]) -> None:
    odd = np.isin(np.arange(60), list(days))
    found = replaced(counts, odd, np.ones(60))
    assert found.dtype == counts.dtype
    assert (found >= 0).all()
    np.testing.assert_array_equal(found[:, ~odd], counts[:, ~odd])
    nothing = np.where(odd, 10_000, counts).astype(np.int32)
    np.testing.assert_array_equal(replaced(nothing, odd, np.ones(60)), found)
    if not odd[0]:
        first = int(np.flatnonzero(odd)[0])
        near = counts[:, max(first - 28, 0) : first].sum(axis=0).mean()
        assert abs(float(found[:, first].sum()) - near) <= 1
