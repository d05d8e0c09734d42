from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.report.source import Source
from serving.report.sums import cube, summed, weighted_quantile

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=40)


@given(COUNTS, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_equal_weights_give_the_usual_quantile(values, share):
    array = np.array(values)
    weight = np.full(len(values), 1 / len(values))
    assert weighted_quantile(array, weight, share) == np.quantile(array, share, method="inverted_cdf")


@given(COUNTS, st.sampled_from([0.1, 0.5, 0.9]))
def test_a_weight_of_two_counts_like_two_equal_draws(values, share):
    array = np.array(values)
    double = np.where(np.arange(len(values)) == 0, 2.0, 1.0)
    repeated = np.concatenate([array, array[:1]])
    once = weighted_quantile(array, double / double.sum(), share)
    assert once == weighted_quantile(repeated, np.full(len(repeated), 1 / len(repeated)), share)


def test_a_week_of_the_city_is_summed_draw_by_draw_not_quantile_by_quantile():
    paths = np.array([[0, 10], [10, 0]])
    total = summed(paths.sum(axis=0), np.array([0.5, 0.5]))
    assert (total.low, total.mean, total.high) == (10, 10, 10)


def test_the_cube_s_mean_is_the_published_mean(published):
    source = Source(published.tables, published.manifest, published.areas)
    found = cube(source, "noise")
    forecasts = published.tables["forecasts"]
    city = forecasts[(forecasts["level"] == "city") & (forecasts["category"] == "noise")].sort_values("date")
    np.testing.assert_allclose((found.samples * found.weight).sum(axis=(0, 2)), city["mean"])


def test_without_draws_there_is_no_range(published):
    bare = {**published.tables, "forecasts": published.tables["forecasts"].assign(samples=None)}
    assert cube(Source(bare, published.manifest, published.areas), "noise") is None


def test_draws_without_a_weight_table_count_alike(published):
    tables = {k: v for k, v in published.tables.items() if k != "draws"}
    assert cube(Source(tables, published.manifest, published.areas), "noise").weight.sum() == pytest.approx(1)
