from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.evaluate.cases import Case, replay_week
from allocation.evaluate.facts import came
from allocation.evaluate.policies import flat, sample_paths
from allocation.evaluate.policy import View
from allocation.evaluate.promises import base_brier, brier, promised, reliability
from allocation.evaluate.settings import ReplaySettings
from allocation.evaluate.window import configured
from allocation.work import OVERDUE_BUCKETS


def _rows(promised: list[float], met: list[float], missed: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"promised": promised, "met": met, "missed": missed})


def test_a_sure_promise_that_holds_scores_nothing_and_one_that_breaks_scores_one() -> None:
    assert brier(_rows([1.0, 0.0], [5, 0], [0, 3])) == 0
    assert brier(_rows([1.0], [0], [4])) == 1


def test_always_promising_what_was_met_scores_the_base() -> None:
    rows = _rows([0.75, 0.75], [2, 1], [0, 1])
    assert brier(rows) == pytest.approx(base_brier(rows))


def test_bins_hold_every_job_once() -> None:
    rng = np.random.default_rng(2)
    chance = rng.uniform(size=200)
    rows = _rows(list(chance), list(rng.uniform(0, 2, 200)), list(rng.uniform(0, 2, 200)))
    bins = reliability(rows)
    assert sum(b.jobs for b in bins) == pytest.approx((rows["met"] + rows["missed"]).sum())
    assert [b.promised for b in bins] == sorted(b.promised for b in bins)
    assert reliability(_rows([1.0], [1], [0]))[0].promised == 1.0


def test_no_jobs_have_no_score() -> None:
    assert np.isnan(brier(_rows([], [], [])))


def test_a_plan_that_knows_what_comes_promises_what_then_happens(
    build: Any, town: Any, replay_settings: ReplaySettings, origin: date
) -> None:
    """With the future as its only draw, no morning moves needed and absence at its mean, promise and outcome meet."""
    one = town(build, 6, mean=1.2)
    one.loaded = replace(one.loaded, load=1.0 + 1e-12)
    told = replay_settings.model_copy(update={"crews_change_yard": False})
    ahead = {"paths": came(one.loaded.facts, date(2024, 1, 8), 14)}
    case = Case(1.0, "sample-paths", "moved")
    week = replay_week(case, sample_paths.POLICY, one.loaded, one.standing(), origin, one.history(), ahead, told)
    jobs = week.promises["met"] + week.promises["missed"]
    assert jobs.sum() > 10
    assert (week.promises["load"] == case.load).all(), "the report asks for the load by its name"
    if week.row["changed"] == 0:
        np.testing.assert_allclose(week.promises["promised"], week.promises["met"] / jobs, atol=1e-6)
    else:
        assert brier(week.promises) < 0.1


def test_promises_know_the_absence_that_a_city_states_as_a_rule(build: Any, town: Any) -> None:
    """The same as of a plain share; without it promises were too high."""
    rule = {"absence": {"mean": {"value": 0.5, "basis": "measured"}, "concentration": 20}}
    found, first = {}, date(2024, 1, 8)
    for name, crews in {
        "rule": {"absence_share": 0.0, "rules": rule}, "plain": {"absence_share": 0.5}, "none": {"absence_share": 0.0},
    }.items():  # fmt: skip
        one = town(build, 6, mean=2.5, **crews)
        opening, stations = np.zeros((2, 6, OVERDUE_BUCKETS + 7)), configured(one.problem)
        view = View(one.loaded.windows, first, 6, stations, opening, one.history(), None, one.loaded.everyday, False, 1)
        believed = one.loaded.believed(came(one.loaded.facts, first, 6))
        found[name] = promised(view.dense, flat.POLICY.roster(view), opening, believed, 5)
    pd.testing.assert_frame_equal(found["rule"], found["plain"])
    assert found["rule"]["promised"].mean() < found["none"]["promised"].mean()
