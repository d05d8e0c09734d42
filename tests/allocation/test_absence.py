from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from allocation.absence import absence_chance, mean_absence, planned_absence, stated_absence, with_absence
from allocation.capacity import present
from allocation.dense import dense
from domain.crew_rules import Absence

RULE: dict[str, Any] = {"mean": {"value": 0.1, "basis": "measured"}, "concentration": 20}


def _dense(build: Any, absence: dict[str, Any] | None, days: int = 2, **crews: Any) -> Any:
    rules = {} if absence is None else {"absence": absence}
    return dense(build.problem_of(build.city_plan(rules=rules, **crews), build.area_map(2), days))


def test_a_fixed_share_stays_what_it_was(build: Any) -> None:
    d = _dense(build, None, absence_share=0.25)
    assert (absence_chance(d, 5, 1) == 0.25).all()


def test_the_chance_to_stay_away_is_drawn_for_each_date_and_yard(build: Any) -> None:
    chance = absence_chance(_dense(build, RULE), 20_000, 1)
    np.testing.assert_allclose(chance.mean(axis=-1), 0.1, atol=0.002)
    np.testing.assert_allclose(chance.std(axis=-1), (0.1 * 0.9 / 21) ** 0.5, rtol=0.03)
    assert abs(np.corrcoef(chance[0, 0], chance[0, 1])[0, 1]) < 0.03
    np.testing.assert_array_equal(chance, absence_chance(_dense(build, RULE), 20_000, 1))


def test_crews_of_a_yard_are_missing_together(build: Any) -> None:
    """Beta-binomial variance: m·p·(1−p)·(c+m)/(c+1), above the binomial's."""
    d = _dense(build, RULE)
    crews = np.zeros((2, 3, 2, 3), dtype=np.int64)
    crews[0, 0, 0, 0] = 10
    there = present(d, crews, np.ones((2, 3, 20_000), dtype=bool), 4, "regular")[0, 0, 0, 0]
    assert there.mean() == pytest.approx(9, abs=0.05)
    assert there.var() == pytest.approx(10 * 0.1 * 0.9 * 30 / 21, rel=0.05)


def test_one_more_crew_never_changes_the_others(build: Any) -> None:
    d = _dense(build, RULE)
    crews = np.where(d.worked[..., None], d.available[:, None], 0)
    duty = np.ones((2, 3, 50), dtype=bool)
    extra = present(d, crews + (crews > 0), duty, 3, "regular") - present(d, crews, duty, 3, "regular")
    assert set(np.unique(extra)) == {0.0, 1.0}


def test_a_season_raises_the_mean_on_its_days(build: Any) -> None:
    d = _dense(build, RULE | {"seasons": [{"from": "12-20", "until": "01-08", "factor": 2}]})
    np.testing.assert_allclose(mean_absence(d), [0.2, 0.1])


def test_a_contractors_crews_always_come(build: Any) -> None:
    terms = {"skills": {"patching": None}, "price": 1, "jobs_per_shift": {"value": 8, "basis": "assumed"}}
    d = _dense(build, RULE, contractors=[{"name": "Millrace", "yard": "yard 1", "crews": 3} | terms])
    crews = np.zeros((2, 3, 2, 4), dtype=np.int64)
    crews[0, 0, 0, 3] = 3
    assert (present(d, crews, np.ones((2, 4, 30), dtype=bool), 1, "regular")[0, 0, 0, 3] == 3).all()


def test_an_impossible_mean_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"mean is 1, give a share from 0 to below 1"):
        Absence.model_validate(RULE | {"mean": {"value": 1.0, "basis": "assumed"}})


SEASON = {"seasons": [{"from": "12-20", "until": "01-08", "factor": 2}]}


@pytest.mark.parametrize("rule", [None, RULE, RULE | SEASON])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_another_absence_is_the_one_that_is_played(build: Any, rule: Any, share: float) -> None:
    """However the city states it, `--absence` and a draft's share hold on every date."""
    before = _dense(build, rule, absence_share=0.25).problem
    asked = with_absence(before, share, on_all_dates=True)
    assert planned_absence(asked) == stated_absence(asked).value == share
    chance = absence_chance(dense(asked), 4000, 1)
    np.testing.assert_allclose(chance.mean(axis=-1), share, atol=0.01)
    assert type(asked).model_validate_json(asked.model_dump_json(by_alias=True)) == asked


def test_what_is_stated_is_the_rule_where_there_is_one(build: Any) -> None:
    assert stated_absence(_dense(build, RULE, absence_share=0.25).problem) == Absence.model_validate(RULE).mean
    plain = stated_absence(_dense(build, None, absence_share=0.25).problem)
    assert (plain.value, plain.basis) == (0.25, "assumed")


def test_a_measured_absence_keeps_its_seasons(build: Any) -> None:
    problem = with_absence(_dense(build, RULE | SEASON).problem, 0.3, "measured")
    np.testing.assert_allclose(mean_absence(dense(problem)), [0.6, 0.3])
    assert stated_absence(problem).basis == "measured"
