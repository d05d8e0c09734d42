"""School terms as features: only where a city has them, the same in training and live, unknown where not told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from domain.panel import Known
from domain.school import SchoolTerms
from features.build import Built, build, columns_of, forecast_matrix, groups, inputs_of, path_dates, rows_at
from features.build import training_matrix as matrix

HORIZON = 10
TERMS = SchoolTerms(
    (date(2020, 1, 8), date(2020, 8, 17), date(2021, 1, 7)), (date(2020, 6, 5), date(2020, 12, 18), date(2021, 6, 11))
)
SCHOOL = columns_of(groups(frozenset({"school"})), "date")[-3:]


def built_of(known: Known) -> Built:
    return build(inputs_of(known, "flooding", HORIZON))


def test_a_city_without_a_file_has_the_columns_and_the_bytes_it_had(build_known: Callable[..., Known]) -> None:
    without, having = (built_of(replace(build_known(500), school=s)) for s in (None, TERMS))
    assert set(having.columns) - set(without.columns) == set(SCHOOL) == {
        "is_in_term", "is_school_day", "days_to_term_change"
    }  # fmt: skip
    for name in without.columns[1:]:
        assert without.of(name).tobytes() == having.of(name).tobytes(), name


@pytest.mark.parametrize("last", ["2020-06-01", "2020-08-12", "2020-12-28", "2021-06-08"])
def test_training_and_live_rows_are_equal_to_the_last_bit_across_the_ends_of_terms(
    build_known: Callable[..., Known], last: str
) -> None:
    origin = (date.fromisoformat(last) - date(2020, 1, 6)).days
    whole = replace(build_known(), school=TERMS)
    later, then = built_of(whole), built_of(replace(build_known(origin + 1), school=TERMS))
    assert whole.weather is not None
    came = whole.weather.values[None, origin + 1 : origin + 1 + HORIZON]
    live = forecast_matrix(then, path_dates(then, HORIZON, came))
    chosen = rows_at(later, np.array(origin), np.arange(1, HORIZON + 1)[:, None], np.arange(3))
    assert live.tobytes() == matrix(later, chosen)[0].tobytes()


def test_school_days_are_open_days_in_term_and_changes_are_seen_coming(build_known: Callable[..., Known]) -> None:
    built = built_of(replace(build_known(600), school=TERMS))
    at = {name: built.of(name) for name in SCHOOL}

    def told(day: date) -> tuple[float, ...]:
        return tuple(float(at[n][(day - date(2020, 1, 6)).days]) for n in SCHOOL)

    assert told(date(2020, 6, 4)) == (1, 1, 2)  # the break begins on Saturday
    assert told(date(2020, 6, 6)) == (0, 0, 0)
    assert told(date(2020, 8, 16)) == (0, 0, 1)
    assert told(date(2020, 10, 3)) == (1, 0, 5)  # a Saturday
    assert told(date(2020, 7, 1)) == (0, 0, 5)
    assert all(np.isnan(told(date(2020, 1, 7))))
    assert all(np.isnan(told(TERMS.known_to + timedelta(days=1))))
