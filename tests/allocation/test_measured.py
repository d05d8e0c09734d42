"""Figures re-estimated from filed shifts: right where the truth is known, silent where little was filed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.absence import mean_absence
from allocation.dense import dense
from allocation.doubts import doubts
from allocation.estimates import estimates
from allocation.hours_beyond import FEWEST, hours_beyond
from allocation.measured import FEWEST_SHIFTS, measure
from allocation.problem import Problem
from allocation.promised import SLOT
from allocation.spread import pooled_ratio
from allocation.telling import paced
from allocation.with_measured import told_closely, with_measured
from allocation.work import jobs_per_request
from domain.chance import generator
from domain.crew_rules import Contract
from domain.panel import Weather
from domain.words import WEATHER_VARIABLES
from pipelines.steps.plan_findings import health_replanned, plan_findings

NO_JOBS = pd.DataFrame(
    {"known_at": [], "jobs": [], "pace": [], "category": [], "travel_minutes": [], "nearby_share": []}
    | {c: pd.Series(dtype="datetime64[us]" if c == "date" else "str") for c in SLOT}
)
NO_CLOSINGS = pd.DataFrame({"date": pd.Series(dtype="datetime64[us]"), "category": [], "count": []})


@pytest.fixture(scope="module")
def problem(build: Any) -> Problem:
    return build.problem_of(build.city_plan(absence_share=0.1), build.area_map(4), 7)


def filed(
    shifts: int, ratio: float, seed: int = 1, crew_type: str = "patching", attained: float = 0.9, other: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shifts of one crew that does a category its way, each job a draw of Poisson work; a job drives 10 minutes.
    ratio: real ÷ stated minutes of potholes; other: of a mixed crew's flooding."""
    rng = generator(seed, "filed")
    days = pd.date_range("2024-01-08", periods=shifts, unit="us")
    head = {"date": days, "shift": "day", "yard": "yard 1", "crew_type": crew_type}
    hours = 7.0 * rng.binomial(10, attained, shifts) / 10
    stated = {"patching": {"pothole": 40.0}, "mixed": {"pothole": 50.0, "flooding": 90.0}}[crew_type]
    minutes = hours * 60 - 30
    parts = []
    for category, first in stated.items():
        each = first * 0.9 * (ratio if category == "pothole" else other) + 10
        done = rng.poisson(np.maximum(minutes / len(stated), 0) / each).astype(float)
        parts.append(
            pd.DataFrame(
                head | {"category": category, "jobs": done, "travel_minutes": 10.0, "nearby_share": 0.9, "pace": 1.0}
            )
        )
    plan = {"planned_hours": 7.0, "setup_minutes": 30.0, "crews": 1.0, "left_plan": "", "hours": hours}
    return pd.DataFrame(head | plan), pd.concat(parts, ignore_index=True).assign(
        known_at=pd.Timestamp("2024-06-01", tz="UTC")
    )


def figure(found: Any, name: str, category: str = "") -> Any:
    return next((f for f in found if f.name == name and f.category == category), None)


@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.5])
def test_minutes_a_job_are_found_again(problem: Problem, ratio: float) -> None:
    shifts, jobs = filed(200, ratio)
    found = figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "minutes", "pothole")
    assert found.value == pytest.approx(40 * ratio, rel=0.06)
    assert found.low < 40 * ratio < found.high
    assert (found.basis, found.stated, found.stated_basis, found.shifts) == ("measured", 40.0, "expert", 200)


SLOW = {"value": 1.5, "basis": "expert"}
SLOWED: dict[str, Any] = {"name": "rain", "skill": "patching", "rain_from_mm": 10, "minutes_factor": SLOW}
STOPPED: dict[str, Any] = {"name": "frost", "skill": "patching", "minimum_below_c": -10, "cannot_be_done": True}


def ruled(build: Any) -> Problem:
    return build.problem_of(build.city_plan(absence_share=0.1, weather_rules=[SLOWED, STOPPED]), build.area_map(4), 7)


def observed(days: pd.Series, **values: np.ndarray) -> Weather:
    dates = pd.DatetimeIndex(days)
    found = np.zeros((len(dates), len(WEATHER_VARIABLES)))
    for variable, by_day in values.items():
        found[:, WEATHER_VARIABLES.index(variable)] = by_day
    return Weather(dates, found)


@pytest.mark.parametrize("crew_type", ["patching", "mixed"])
def test_minutes_measured_in_weather_that_slows_work_are_those_of_a_fair_day(build: Any, crew_type: str) -> None:
    """Filed as the rule has it, driving included: the minutes stay what they are, and the next plan slows them once."""
    stated = ruled(build)
    shifts, jobs = filed(400, 1.0, crew_type=crew_type)
    wet = np.arange(400) % 4 != 0
    weather = observed(shifts["date"], precipitation_mm=np.where(wet, 12.0, 0.0))
    hinders = jobs["date"].isin(shifts["date"][wet]) & (jobs["category"] == "pothole")
    done = jobs.assign(jobs=jobs["jobs"].where(~hinders, jobs["jobs"] / 1.5))
    found = measure(stated, shifts, paced(stated, done, weather), shifts[SLOT], NO_CLOSINGS, 1)
    told = figure(found, "minutes", "pothole")
    as_fair = figure(measure(stated, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "minutes", "pothole")
    assert told.value == pytest.approx(as_fair.value, rel=0.05)
    blind = figure(measure(stated, shifts, done.assign(pace=1.0), shifts[SLOT], NO_CLOSINGS, 1), "minutes", "pothole")
    assert blind.value > 1.15 * told.value


def test_shifts_that_weather_stopped_tell_nothing_of_minutes(build: Any) -> None:
    stated = ruled(build)
    shifts, jobs = filed(200, 1.0)
    cold = np.arange(200) >= 100
    weather = observed(shifts["date"], temperature_min_c=np.where(cold, -20.0, 5.0))
    idle = jobs["date"].isin(shifts["date"][cold])
    done = paced(stated, jobs.assign(jobs=jobs["jobs"].where(~idle, 0.0)), weather)
    odd = paced(stated, jobs, weather)
    for told in (done, odd):
        one = figure(measure(stated, shifts, told, shifts[SLOT], NO_CLOSINGS, 1), "minutes", "pothole")
        assert one.shifts == 100
        assert one.value == pytest.approx(40, rel=0.06)
        (seen,) = [
            e for e in estimates(stated, [], shifts, told, None) if (e.name, e.crew_type) == ("minutes", "patching")
        ]
        assert seen.shifts == 100


def test_a_mixed_crew_s_hours_go_to_the_work_that_weather_did_not_stop(build: Any) -> None:
    stated = ruled(build)
    shifts, jobs = filed(200, 1.0, crew_type="mixed")
    weather = observed(shifts["date"], temperature_min_c=np.full(200, -20.0))
    is_pothole = jobs["category"] == "pothole"
    alone = jobs.assign(jobs=jobs["jobs"].where(~is_pothole, 0.0) * 2)
    found = measure(stated, shifts, paced(stated, alone, weather), shifts[SLOT], NO_CLOSINGS, 1)
    assert figure(found, "minutes", "pothole") is None
    assert figure(found, "minutes", "flooding").value == pytest.approx(90, rel=0.06)


def test_minutes_of_a_crew_that_does_two_kinds_of_work_are_told_apart(problem: Problem) -> None:
    shifts, jobs = filed(400, 1.3, crew_type="mixed")
    found = measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1)
    assert figure(found, "minutes", "pothole").value > 1.1 * 50
    assert figure(found, "minutes", "flooding").value < 1.1 * 90


def test_ranges_of_two_kinds_of_work_that_always_have_the_same_mix_hold_the_truth(problem: Problem) -> None:
    inside = []
    for seed in range(20):
        shifts, jobs = filed(80, 1.3, seed=seed, crew_type="mixed", other=0.83)
        found = measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1)
        for category, real in (("pothole", 65.0), ("flooding", 74.7)):
            one = figure(found, "minutes", category)
            inside.append(one.low <= real <= one.high)
    assert np.mean(inside) >= 0.85


def test_a_kind_of_work_that_was_never_done_is_not_measured(problem: Problem) -> None:
    shifts, jobs = filed(80, 1.0, crew_type="mixed")
    jobs = jobs.assign(jobs=jobs["jobs"].where(jobs["category"] == "pothole", 0.0) * 2)
    found = measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1)
    assert figure(found, "minutes", "flooding") is None
    assert with_measured(problem, found).work_on("flooding") == problem.work_on("flooding")
    assert figure(found, "minutes", "pothole").value == pytest.approx(50, rel=0.06), "as of a crew of one kind"


def test_minutes_that_sheets_hardly_tell_stay_in_doubt(problem: Problem) -> None:
    shifts, jobs = filed(80, 1.3, crew_type="mixed")
    found = measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1)
    work, told = with_measured(problem, found).work_on("pothole"), figure(found, "minutes", "pothole")
    assert not told_closely(told)
    assert (work.minutes["mixed"], work.service_minutes.basis) == (told.value, "expert")
    assert any((d.of, d.figure) == ("pothole", "service_minutes") for d in doubts(with_measured(problem, found)))


def test_ninety_per_cent_intervals_cover_about_that_often(problem: Problem) -> None:
    hits = []
    for seed in range(40):
        shifts, jobs = filed(60, 1.0, seed=seed)
        found = figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "minutes", "pothole")
        hits.append(found.low <= 40 <= found.high)
    assert 0.85 <= np.mean(hits) <= 1.0


def test_few_shifts_say_nothing(problem: Problem) -> None:
    shifts, jobs = filed(FEWEST_SHIFTS - 1, 1.5)
    assert measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1) == ()
    assert with_measured(problem, ()) is problem


def test_a_figure_that_experts_gave_moves_less_than_one_that_was_assumed() -> None:
    assumed, expert = (pooled_ratio(30.0, 20.0, prior, 1.0) for prior in (10.0, 40.0))
    assert 1 < expert.value < assumed.value < 1.5
    assert expert.high - expert.low < assumed.high - assumed.low


def test_more_scatter_than_poisson_widens_the_interval() -> None:
    even, odd = (pooled_ratio(300.0, 300.0, 10.0, scatter) for scatter in (1.0, 4.0))
    assert odd.high - odd.low > 1.5 * (even.high - even.low)


def test_attainment_is_hours_worked_of_those_planned(problem: Problem) -> None:
    shifts, jobs = filed(200, 1.0, attained=0.8)
    found = figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "attainment")
    assert found.low < 0.81
    assert found.value == pytest.approx(shifts["hours"].sum() / 1400, abs=0.02)
    changed = with_measured(problem, [found])
    assert changed.absence_share == pytest.approx(1 - found.value, abs=1e-6)


@pytest.mark.parametrize("attained", [0.98, 1.0])
def test_attainment_of_days_that_were_all_alike_has_a_range(problem: Problem, attained: float) -> None:
    shifts, jobs = filed(28, 1.0)
    shifts = shifts.assign(hours=7.0 * attained)
    found = figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "attainment")
    assert found.low < found.value - 0.02
    assert found.value < found.high


@pytest.mark.parametrize(("shifts", "absent"), [(28, 0.02), (28, 0.1), (200, 0.05)])
def test_ranges_of_attainment_hold_the_truth_where_crews_rarely_stay_away(
    build: Any, shifts: int, absent: float
) -> None:
    stated = build.problem_of(build.city_plan(absence_share=absent), build.area_map(4), 7)
    inside = []
    for seed in range(60):
        sheet, jobs = filed(shifts, 1.0)
        sheet = sheet.assign(hours=7.0 * (generator(seed, "there").random(shifts) >= absent))
        found = figure(measure(stated, sheet, jobs, sheet[SLOT], NO_CLOSINGS, seed), "attainment")
        inside.append(found.low <= 1 - absent <= found.high)
    assert np.mean(inside) >= 0.9


def test_hours_beyond_those_planned_are_told_by_yard_and_crew_type(problem: Problem) -> None:
    fair, _ = filed(40, 1.0)
    clocked = fair.assign(yard="yard 2", hours=8.0)
    once = fair.head(FEWEST - 1).assign(yard="yard 3", hours=9.0)
    shifts = pd.concat([fair.assign(hours=6.5), clocked, once], ignore_index=True)
    assert hours_beyond(shifts) == (("yard 2", "patching", pytest.approx(8 / 7), 40),)
    assert hours_beyond(shifts.head(0)) == ()
    (found,) = measure(problem, clocked, NO_JOBS, clocked[SLOT], NO_CLOSINGS, 1)
    changed = with_measured(problem, [found])
    assert changed.absence_share == 0
    (row,) = plan_findings(changed, ()).itertuples()
    assert (row.kind, row.severity) == ("note", "warning")
    assert row.value == f"{found.value:.2f} of the planned hours over 40 shifts, so no absence is planned for"
    assert "breaks" in row.remedy
    once_more = health_replanned(plan_findings(changed, ()).assign(vintage_id="v"), changed)
    assert len(once_more) == 1, "a plan made again does not say it twice"


@pytest.mark.parametrize("factor", [None, 3])
def test_attainment_reaches_a_stated_rule_of_absence(build: Any, factor: float | None) -> None:
    """The rule's mean is the prior and what is rewritten; where a season holds on the days filed, it stays a season."""
    seasons = [] if factor is None else [{"from": "01-01", "until": "12-31", "factor": factor}]
    absence = {"mean": {"value": 0.06, "basis": "measured"}, "concentration": 20, "seasons": seasons}
    plan = build.city_plan(absence_share=0.5, rules={"absence": absence})
    stated = build.problem_of(plan, build.area_map(4), 7)
    shifts, jobs = filed(200, 1.0, attained=0.7)
    found = figure(measure(stated, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "attainment")
    assert (found.stated, found.stated_basis) == (pytest.approx(1 - 0.06 * (factor or 1)), "measured")
    assert found.value == pytest.approx(shifts["hours"].sum() / 1400, abs=0.03)
    changed = with_measured(stated, [found])
    np.testing.assert_allclose(mean_absence(dense(changed)), 1 - found.value, atol=1e-6)
    assert changed.rules.absence.mean.basis == "measured"
    (told,) = [e for e in estimates(stated, [found], shifts, jobs, changed) if e.name == "attainment"]
    assert (told.stated, told.basis) == (found.stated, "measured"), "of the season on the days filed, as measured"
    (told,) = [e for e in estimates(stated, [], shifts, jobs, None) if e.name == "attainment"]
    assert told.stated == 0.94, "before any season while nothing is measured"


def test_a_contractor_s_shifts_tell_its_minutes_and_nothing_of_absence(problem: Problem) -> None:
    own, _ = filed(200, 1.0, attained=0.8)
    hired, jobs = filed(200, 1.5)
    hired, jobs = (t.assign(crew_type="Millrace") for t in (hired.assign(hours=hired["hours"].clip(upper=1)), jobs))
    contract = Contract.model_validate({"price": 185, "jobs_per_shift": {"value": 8, "basis": "assumed"}})
    firm = problem.crew_types[0].model_copy(update={"name": "Millrace", "contract": contract})
    work = problem.work_on("pothole")
    work = work.model_copy(update={"minutes": work.minutes | {"Millrace": 40.0}})
    asked = problem.model_copy(update={"crew_types": (*problem.crew_types, firm), "work": (work,)})
    both = pd.concat([own, hired], ignore_index=True)
    found = measure(asked, both, jobs, both[SLOT], NO_CLOSINGS, 1)
    assert figure(found, "attainment").value == pytest.approx(0.8, abs=0.05)
    assert figure(found, "attainment").shifts == 200
    told = {(e.name, e.crew_type): e for e in estimates(asked, found, both, jobs, None)}
    assert told["minutes", "Millrace"].shifts == 200
    assert told["attainment", ""].shifts == 200
    (changed,) = with_measured(asked, found).work
    assert changed.minutes["Millrace"] == figure(found, "minutes", "pothole").value != 40
    assert changed.service_minutes == work.service_minutes, "a contractor's sheets measure nothing of own crews"


def test_service_minutes_are_those_of_own_crews(problem: Problem) -> None:
    shifts, jobs = filed(200, 1.5)
    found = figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "minutes", "pothole")
    contract = Contract.model_validate({"price": 185, "jobs_per_shift": {"value": 8, "basis": "assumed"}})
    firm = problem.crew_types[0].model_copy(update={"name": "Millrace", "contract": contract})
    work = problem.work_on("pothole")
    work = work.model_copy(update={"minutes": work.minutes | {"Millrace": 40.0}})
    asked = problem.model_copy(update={"crew_types": (*problem.crew_types, firm), "work": (work,)})
    hired = found.model_copy(update={"crew_type": "Millrace", "value": 10.0})
    changed = with_measured(asked, [found, hired]).work_on("pothole")
    assert (changed.minutes["Millrace"], changed.minutes["patching"]) == (10.0, found.value)
    assert (changed.service_minutes.value, changed.service_minutes.basis) == (found.value, "measured")


def test_shifts_without_work_or_on_snow_duty_do_not_lower_attainment(problem: Problem) -> None:
    shifts, jobs = filed(200, 1.0, attained=0.9)
    idle = shifts.assign(date=shifts["date"] + pd.Timedelta(days=400), hours=0.0, left_plan="snow duty")
    both = pd.concat([shifts, idle], ignore_index=True)
    one = figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "attainment")
    other = figure(measure(problem, both, jobs, both[SLOT], NO_CLOSINGS, 1), "attainment")
    assert other == one


def _closed(shifts: pd.DataFrame, jobs: pd.DataFrame, per_request: float) -> pd.DataFrame:
    by_day = jobs[jobs["category"] == "pothole"].groupby("date")["jobs"].sum() / per_request
    return pd.DataFrame({"date": by_day.index, "category": "pothole", "count": np.rint(by_day.to_numpy())})


def test_conversion_is_told_where_nearly_every_shift_was_filed_and_not_elsewhere(problem: Problem) -> None:
    shifts, jobs = filed(60, 1.0)
    closed = _closed(shifts, jobs, 0.6)
    found = figure(measure(problem, shifts, jobs, shifts[SLOT], closed, 1), "conversion", "pothole")
    assert found.value == pytest.approx(0.6, rel=0.1)
    assert found.low < found.value < found.high
    more = pd.concat([shifts[SLOT], shifts[SLOT].assign(yard="yard 2")], ignore_index=True)
    assert figure(measure(problem, shifts, jobs, more, closed, 1), "conversion", "pothole") is None
    assert figure(measure(problem, shifts, jobs, shifts[SLOT], NO_CLOSINGS, 1), "conversion", "pothole") is None


def test_a_day_of_mass_closing_does_not_move_conversion(problem: Problem) -> None:
    shifts, jobs = filed(60, 1.0)
    closed = _closed(shifts, jobs, 0.6)
    odd = closed.assign(count=closed["count"].where(closed.index != 5, 900.0))
    one, other = (
        figure(measure(problem, shifts, jobs, shifts[SLOT], c, 1), "conversion", "pothole").value for c in (closed, odd)
    )
    assert other == pytest.approx(one, rel=0.05)


def test_the_next_problem_uses_and_names_what_was_measured(problem: Problem) -> None:
    shifts, jobs = filed(120, 1.5)
    found = measure(problem, shifts, jobs, shifts[SLOT], _closed(shifts, jobs, 0.6), 1)
    changed = with_measured(problem, found)
    work = changed.work_on("pothole")
    assert work.minutes["patching"] == figure(found, "minutes", "pothole").value
    assert work.minutes["mixed"] == problem.work_on("pothole").minutes["mixed"]
    assert work.service_minutes.basis == "measured"
    assert jobs_per_request(work.conversion) == pytest.approx(figure(found, "conversion", "pothole").value, rel=1e-4)
    assert work.conversion.requests_per_job.basis == "measured"
    assert Problem.model_validate_json(changed.model_dump_json()) == changed
    old = problem.model_dump(mode="json")
    old.pop("measured")
    assert Problem.model_validate(old) == problem, "a problem.json of an earlier release stays readable"
