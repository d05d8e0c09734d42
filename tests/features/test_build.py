from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from domain.chance import generator
from domain.errors import FeatureGroupError
from domain.panel import Known, Weather
from features.build import (
    Built,
    build,
    forecast_matrix,
    groups,
    inputs_of,
    live_rows,
    path_dates,
    rows_at,
    sample_rows,
    training_matrix,
)

HORIZON = 10


def built_of(known: Known) -> Built:
    return build(inputs_of(known, "flooding", HORIZON))


@pytest.mark.parametrize("origin", [3, 40, 399, 760])
@pytest.mark.parametrize("with_weather", [True, False])
def test_a_training_row_and_the_live_row_given_the_weather_that_came_are_equal_to_the_last_bit(
    build_known: Callable[..., Known], origin: int, with_weather: bool
) -> None:
    whole = build_known(with_weather=with_weather)
    later, then = built_of(whole), built_of(build_known(origin + 1, with_weather=with_weather))
    came = None
    if whole.weather is not None:
        other = whole.weather.values[origin - 2 : origin - 2 + HORIZON]
        came = np.stack([whole.weather.values[origin + 1 : origin + 1 + HORIZON], other])
    live = forecast_matrix(then, path_dates(then, HORIZON, came))
    chosen = rows_at(later, np.array(origin), np.arange(1, HORIZON + 1)[:, None], np.arange(3))
    trained, counts = training_matrix(later, chosen)
    assert trained.shape == (HORIZON * 3, len(later.columns))
    assert live[: len(trained)].tobytes() == trained.tobytes()
    np.testing.assert_array_equal(counts, whole.demand.of("flooding")[chosen.area, chosen.date])
    if with_weather:
        assert live[len(trained) :].tobytes() != trained.tobytes()


def test_the_weekday_a_row_reads_is_that_of_the_day_forecast(build_known: Callable[..., Known]) -> None:
    built = built_of(build_known(500))
    chosen = live_rows(built, 2, HORIZON)
    days = built.inputs.calendar[499 + chosen.lead]
    np.testing.assert_array_equal(chosen.weekday, days.day_of_week)
    x = forecast_matrix(built, path_dates(built, HORIZON, None), live_rows(built, 1, HORIZON))
    own = built.of("weekday_factor_56d")[499, live_rows(built, 1, HORIZON).weekday]
    np.testing.assert_array_equal(x[:, built.columns.index("weekday_factor_56d")], own)


def test_sampled_rows_learn_from_every_count_equally_often_and_stay_in_bounds(
    build_known: Callable[..., Known],
) -> None:
    built = built_of(build_known(300))
    chosen = sample_rows(built, 60, 299, HORIZON, 3000, generator(1))
    assert len(chosen.lead) == 240 * 3 * 4
    assert set(np.unique(chosen.lead)) == set(range(1, HORIZON + 1))
    _, often = np.unique(chosen.date * 3 + chosen.area, return_counts=True)
    assert set(often) == {4}
    assert chosen.date.min() == 60
    assert chosen.date.max() == 299
    assert (chosen.origin >= 0).all()


def test_where_not_every_count_fits_a_random_part_of_them_is_learnt_from(build_known: Callable[..., Known]) -> None:
    built = built_of(build_known(300))
    chosen = sample_rows(built, 60, 299, HORIZON, 200, generator(1))
    assert len(chosen.lead) == 200
    assert len(set(zip(chosen.date, chosen.area, strict=True))) == 200
    assert chosen.date.max() - chosen.date.min() > 200


def test_the_matrix_has_a_column_for_every_declared_name_once(build_known: Callable[..., Known]) -> None:
    built = built_of(build_known(400))
    assert len(set(built.columns)) == len(built.columns)
    assert set(built.columns) == {"lead_days", *(c for g in groups(frozenset({"weather", "hours"})) for c in g.columns)}
    assert not any(g.needs for g in groups(frozenset()))
    with pytest.raises(KeyError):
        built.of("nonsense")


def test_a_group_that_returns_other_columns_than_it_declares_is_named(build_known: Callable[..., Known]) -> None:
    broken = replace(groups(frozenset())[0], columns=("something_else",))
    with pytest.raises(FeatureGroupError, match=broken.name):
        build(inputs_of(build_known(60), "flooding", HORIZON), (broken,))


def test_weather_that_ends_early_is_continued_from_a_year_before(build_known: Callable[..., Known]) -> None:
    known = build_known(500)
    assert known.weather is not None
    blank = known.weather.values.copy()
    blank[-3:] = np.nan
    for weather in (Weather(known.weather.dates, blank), Weather(known.weather.dates[:-3], blank[:-3])):
        filled = inputs_of(replace(known, weather=weather), "flooding", HORIZON).weather
        assert filled is not None
        np.testing.assert_array_equal(filled[497:500], known.weather.values[133:136])
        np.testing.assert_array_equal(filled[:497], known.weather.values[:497])
        assert np.isnan(filled[500:]).all()


def test_a_holiday_just_past_the_last_day_forecast_is_seen_as_near(build_known: Callable[..., Known]) -> None:
    known = build_known(500)
    eve = known.origin + timedelta(days=HORIZON)
    with_holiday = replace(known, holidays={eve + timedelta(days=1): "holiday"})
    built = built_of(with_holiday)
    x = forecast_matrix(built, path_dates(built, HORIZON, None))
    column = x[:, built.columns.index("is_holiday_eve")].reshape(HORIZON, 3)
    np.testing.assert_array_equal(column[:, 0], [0.0] * (HORIZON - 1) + [1.0])
