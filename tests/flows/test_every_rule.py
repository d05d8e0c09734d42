"""A city that uses every rule on crews is planned by its first run, before any sheet of a shift was filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allocation.problem import Problem
from pipelines.job import Job
from pipelines.steps.publish import Published
from storage.vintages import Vintage

pytestmark = pytest.mark.xdist_group("plain_run")

CREWS = """\
crews:
  is_invented: true
  repeat_when_doubted: false
  posting_days: 7
  change_cost: 20
  shifts:
    - {name: day, start: "07:00", end: "15:00", minutes: 400, overtime_minutes: 120}
    - {name: evening, start: "15:00", end: "23:00", minutes: 400, weekdays: [0, 1, 2, 3, 4, 5, 6], on_holidays: true,
       overtime_minutes: 60}
    - {name: night, start: "23:00", end: "07:00", minutes: 400, weekdays: [4, 5]}
  types:
    - {name: patching, skills: {patching: null}, cost_per_hour: 118, snow_duty: true}
    - {name: drainage, skills: {drainage: null}, cost_per_hour: 134}
    - {name: combined, skills: {patching: 46, drainage: 84}, cost_per_hour: 141, snow_duty: true}
  yards:
    - {name: North Yard, crews: {patching: 2, drainage: 1}}
    - {name: South Yard, crews: {combined: 2}, shifts: [day, evening]}
  snow_duty:
    - {from: "11-01", until: "04-15", from_mm: 25, after_days: 1}
  weather_rules:
    - {name: heavy rain, skill: patching, rain_from_mm: 15, minutes_factor: {value: 1.5, basis: expert}}
    - {name: frozen ground, skill: patching, maximum_below_c: -5, cannot_be_done: true}
    - {name: cold mix, skill: patching, from: "12-10", until: "04-10", minutes_factor: {value: 1.15, basis: assumed}}
  rules:
    absence: {mean: {value: 0.06, basis: measured}, concentration: 20}
    pay: {minimum_call_out_minutes: 60, standby_per_crew_hour: 8, holiday_factor: 1.5}
    working_time: {minimum_rest_hours: 10, longest_week_hours: 50}
    equipment:
      - {name: jetter, crew_types: [drainage, combined], number: 2}
    minimum_service:
      - {category: pothole, share: 0.2}
    most_unequal_late_days: 5
  contractors:
    - {name: Millrace Paving, yard: North Yard, crews: 1, skills: {patching: null}, price: 60, per: job,
       jobs_per_shift: {value: 8, basis: assumed}, minimum_order_jobs: 24, mobilisation_fee: 300, notice_days: 4,
       from: "03-01", until: "04-12"}
"""


@pytest.fixture(scope="module")
def ruled(job: Job, quick_city: Path, tmp_path_factory: pytest.TempPathFactory, run_plainly: object) -> Vintage:
    run: Callable[[Job], Published] = run_plainly  # type: ignore[assignment]
    before, rest = quick_city.read_text(encoding="utf-8").split("crews:\n", 1)
    file = tmp_path_factory.mktemp("ruled") / "ruled.yaml"
    file.write_text(before + CREWS + "models:\n" + rest.split("models:\n", 1)[1], encoding="utf-8")
    home = tmp_path_factory.mktemp("ruled_home")
    (home / "cache").symlink_to(job.home / "cache")
    return Vintage(run(replace(job, city=str(file), home=home)).folder)


def test_it_is_published_whole_and_says_which_rules_it_keeps(ruled: Vintage) -> None:
    ruled.verify()
    problem = Problem.model_validate_json(ruled.bytes("problem.json"))
    assert [rule.name for rule in problem.weather_rules] == ["heavy rain", "frozen ground", "cold mix"]
    assert problem.rules.absence is not None
    assert problem.rules.working_time is not None


def test_crews_stay_within_their_number_their_machines_and_their_rest(ruled: Vintage) -> None:
    roster = ruled.frame("roster")
    own = roster[roster["crew_type"] != "Millrace Paving"]
    out = own["crews"] + own["on_readiness"]
    assert (out.groupby([own["date"], own["yard"], own["crew_type"]]).sum()
            <= own.groupby(["date", "yard", "crew_type"])["available"].max()).all()  # fmt: skip
    jets = roster[roster["crew_type"].isin(["drainage", "combined"])]
    shifts = jets.groupby(["date", "shift"])[["crews", "on_readiness"]].sum().sum(axis=1)
    assert shifts.max() <= 2
    of = own.assign(out=out).pivot_table(
        index=["yard", "crew_type", "date"], columns="shift", values="out", aggfunc="sum"
    )
    evening = of["evening"].groupby(level=[0, 1]).shift(1).fillna(0)
    number = own.groupby(["yard", "crew_type"])["available"].max().reindex(of.index.droplevel("date")).to_numpy()
    assert (evening + of["day"].fillna(0) <= number).all(), "ten hours lie between an evening and a day shift"


def test_what_is_expected_served_is_whole_and_never_more_than_crews_have_minutes_for(ruled: Vintage) -> None:
    dispatch, roster = ruled.frame("dispatch"), ruled.frame("roster")
    assert np.isfinite(roster["expected_minutes"]).all()
    assert (dispatch["expected_served"] >= 0).all()
    problem = Problem.model_validate_json(ruled.bytes("problem.json"))
    minutes = {s.name: s.minutes for s in problem.shifts}
    most = (roster["crews"] + roster["on_readiness"]) * roster["shift"].map(minutes).astype(float)
    assert (roster["expected_minutes"] <= most + 60 * roster["overtime_hours"] + 1e-6).all()
