"""End-of-shift sheets into the home: read, checked against the plan that was in force, kept with known_at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from allocation.estimates import Estimate, estimates
from allocation.hours_beyond import HoursBeyond, hours_beyond
from allocation.problem import Problem
from allocation.promised import SLOT, promised_jobs, promised_shifts, usual_travel
from allocation.resolve import resolve
from domain.city import CityPlan
from domain.errors import ConfigError
from domain.tables import ACTUAL_JOBS, ACTUALS, ACTUALS_QUARANTINE
from pipelines.job import Job, known_at
from pipelines.steps.ingest import resolve as resolve_run
from pipelines.steps.measured import last_year, measured_figures, newest
from pipelines.steps.vintage_inputs import pace_in
from sources.actuals.checks import SetAside, Sheet, check, sheet_dates
from sources.actuals.sheet import read_sheet
from sources.files.tables import sha256
from storage.actuals import Filed, keep, read_actuals
from storage.clock import end_of_day
from storage.home import CityFolder
from storage.in_force import plans_in_force
from storage.lock import city_lock
from storage.snapshot import read_snapshot
from storage.vintages import Vintage, latest

SOURCE_LENGTH = 12
NUMERIC = re.compile(r"[-+0-9.,:/ ]*")
"""What a wrong number or date may look like and still be kept as it was written."""

Slot = tuple[object, ...]
Promised = tuple[Problem, dict[Slot, tuple[float, ...]], dict[Slot, tuple[float, ...]]]
"""A publication's problem; crews, hours and set-up by slot; travel and nearness by slot and category."""


@dataclass(frozen=True)
class SheetKept:
    """What became of a sheet. known_on: the local day from whose end on plans use it."""

    filed: Filed
    aside: tuple[SetAside, ...]
    empty: int
    reworded: int
    known_on: date


def file_sheet(job: Job, path: Path, known_on: date | None = None) -> SheetKept:
    """Read, check and keep one sheet. known_on: the local day on which it was in hand (assumed); None means now.

    Raises what `read_sheet` and `check` raise, and ConfigError for a day to come; then nothing is kept.
    """
    plan = job.plan()
    today = pd.Timestamp(job.now).tz_convert(plan.city.timezone).date()
    if known_on is not None and known_on > today:
        raise ConfigError(f"--known-at {known_on} is yet to come", remedy=f"give {today} or earlier, or leave it out")
    rows = read_sheet(path, [y.name for y in plan.city.crews.yards], crewed(plan))
    with city_lock(job.folder(), f"crewcast actuals {job.city}", job.wait_seconds):
        plans = plans_in_force(job.folder(), sheet_dates(rows))
        promised = {v.folder.name: _promised(v) for v in plans.values()}
        based = {day: _based(promised[v.folder.name][0], day) for day, v in plans.items()}
        sheet = check(rows, plan, based, known_on or today)
        moment = job.now if known_on is None else end_of_day(plan.city.zone, known_on)
        basis = "observed" if known_on is None else "assumed"
        source = sha256(path)[:SOURCE_LENGTH]
        in_force = {day: v.folder.name for day, v in plans.items()}
        shifts, jobs = tables(sheet, in_force, promised, plan.city.city, moment, basis, source)
        filed = keep(job.folder(), shifts, jobs, quarantined(sheet, plan.city.city, moment, source))
    return SheetKept(filed, sheet.aside, sheet.empty, sheet.reworded, known_on or today)


def estimates_now(job: Job) -> tuple[Estimate, ...]:
    """What all that is filed by now will say to the next plan, beside what is stated and what the last plan used.

    Raises SnapshotBrokenError where nothing was read yet.
    """
    snapshot = read_snapshot(job.folder())
    run = resolve_run(job, snapshot)
    known, plan = known_at(run), job.plan()
    days = [run.as_of + timedelta(days=d) for d in range(1, plan.city.models.horizon_days + 1)]
    problem = resolve(plan, known.areas, days, known.holidays)
    shifts, jobs = last_year(run, problem, by_now=True)
    figures = measured_figures(run, problem, shifts, jobs)
    return estimates(problem, figures, shifts, jobs, _in_force(job.folder()))


def hours_beyond_now(job: Job) -> tuple[HoursBeyond, ...]:
    """Yards and crew types whose hours filed by now, over the time that is measured from, are more than planned."""
    shifts, _ = read_actuals(job.folder(), job.plan().city.zone)
    return hours_beyond(newest(shifts))


def _in_force(folder: CityFolder) -> Problem | None:
    """The problem of the plan published last, None where there is none."""
    if not folder.latest.exists():
        return None
    return Problem.model_validate_json(latest(folder).bytes("problem.json"))


def crewed(plan: CityPlan) -> list[str]:
    """Categories that our crews work on."""
    return [c.category for c in plan.categories if c.is_ours and c.kind != "perishable"]


def _based(problem: Problem, day: date) -> dict[tuple[str, str], int]:
    """Crews at each yard by type on that day, as the publication had them."""
    at = problem.dates.index(day)
    return {(entry.yard, entry.crew_type): entry.crews[at] for entry in problem.stationed}


def tables(
    sheet: Sheet, plans: dict[date, str], promised: dict[str, Promised], city: str, moment: datetime, basis: str,
    source: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """A sheet's shifts and jobs as `ACTUALS` and `ACTUAL_JOBS`, with what the plan in force had reckoned.

    plans: the publication in force on each date. promised: what each of them had reckoned."""
    shifts, jobs = [], []
    for shift in sheet.shifts:
        vintage = plans[shift.key[0]]
        problem, by_slot, by_job = promised[vintage]
        day = pd.Timestamp(shift.key[0])
        head = {"city": city, "date": day, **dict(zip(SLOT[1:], shift.key[1:], strict=True)), "known_at": moment}
        slot = (day, *shift.key[1:])
        crews, hours, setup = by_slot.get(slot, (0.0, 0.0, 0.0))
        said = {"crews": shift.crews, "hours": shift.hours, "left_plan": shift.left_plan}
        plan = {"vintage_id": vintage, "planned_crews": crews, "planned_hours": hours, "setup_minutes": setup}
        shifts.append({**head, **said, **plan, "known_at_basis": basis, "source": source})
        for category, number in shift.jobs.items():
            usual = (usual_travel(problem, shift.key[2], shift.key[3]), 1.0)
            travel, nearby = by_job.get((*slot, category), usual)
            reckoned = {"travel_minutes": travel, "nearby_share": nearby}
            jobs.append({**head, "category": category, "jobs": number, **reckoned})
    return ACTUALS.validate(pd.DataFrame(shifts)), ACTUAL_JOBS.validate(
        pd.DataFrame(jobs) if jobs else ACTUAL_JOBS.empty()
    )


def quarantined(sheet: Sheet, city: str, moment: datetime, source: str) -> pd.DataFrame:
    """The rows set aside as `ACTUALS_QUARANTINE`; words in place of a number are not kept, they may name somebody."""
    if not sheet.aside:
        return ACTUALS_QUARANTINE.empty()
    rows = [
        {
            "city": city, "source": source, "place": bad.where, "column": bad.column,
            "value": bad.value if NUMERIC.fullmatch(bad.value) else "(text)",
            "reason": bad.reason, "remedy": bad.remedy, "known_at": moment,
        }
        for bad in sheet.aside
    ]  # fmt: skip
    return ACTUALS_QUARANTINE.validate(pd.DataFrame(rows))


def _promised(vintage: Vintage) -> Promised:
    """The publication's problem; crews, hours and set-up by slot; travel and nearness by slot and category."""
    problem = Problem.model_validate_json(vintage.bytes("problem.json"))
    shifts = promised_shifts(problem, vintage.frame("roster"))
    jobs = promised_jobs(problem, vintage.frame("dispatch"), pace_in(vintage, problem))
    by_slot = {tuple(row[:4]): tuple(row[4:]) for row in shifts.itertuples(index=False, name=None)}
    by_job = {tuple(row[:5]): tuple(row[5:]) for row in jobs.itertuples(index=False, name=None)}
    return problem, by_slot, by_job
