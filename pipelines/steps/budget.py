"""From a long view to a published budget: `budget.xlsx`, `budget.html` and its tables."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from allocation.budget.fiscal import Quarter, whole_quarters
from allocation.budget.study import Study, study
from allocation.budget.terms import check_names
from domain.errors import ConfigError
from domain.progress import Progress
from models.long_view.scenarios import USUAL
from pipelines.identity import code_version, config_hash, digest, lock_hash
from pipelines.job import Run
from pipelines.steps import long_view
from pipelines.steps.budget_inputs import budget_inputs, measured_by_now
from serving.budget.about import About, not_calibrated
from serving.budget.answers import answers
from serving.budget.export import budget_files
from storage.budgets import write_budget
from storage.evaluations import latest_waits
from storage.long_views import LongView
from storage.recorded import recorded_in_time

LEAST_DAYS = 400
"""A long view of so many days is what `crewcast forecast` draws unasked, so it is used again."""

MOST_DAYS = 800
MOST_QUARTERS = 8


@dataclass(frozen=True)
class Ask:
    """quarters: whole fiscal quarters ahead. target: share in time. out: the files are copied there too."""

    quarters: int = 4
    scenario: str = USUAL
    target: float = 0.9
    out: Path | None = None


@dataclass(frozen=True)
class Made:
    """Where a budget lies and what it says."""

    folder: Path
    about: About
    study: Study
    said: tuple[str, ...]


def check_ask(ask: Ask) -> None:
    """Raises ConfigError where the number of quarters or the target cannot be."""
    if not 1 <= ask.quarters <= MOST_QUARTERS:
        raise ConfigError(
            f"--quarters {ask.quarters} is not possible", remedy=f"look between 1 and {MOST_QUARTERS} quarters ahead"
        )
    if not 0 < ask.target <= 1:
        raise ConfigError(
            f"--target {ask.target} is not a share in time", remedy="give a number above 0 and up to 1, such as 0.9"
        )


def quarters_ahead(run: Run, ask: Ask) -> list[Quarter]:
    """The budget's quarters. ConfigError where they end further ahead than is drawn, or the section is wrong."""
    plan = run.job.plan()
    check_names(plan.city.budget, plan)
    quarters = whole_quarters(run.as_of, ask.quarters, plan.city.budget.fiscal_year_start)
    days = (quarters[-1].last - run.as_of).days
    if days > MOST_DAYS:
        raise ConfigError(
            f"{ask.quarters} quarters end on {quarters[-1].last}, {days} days ahead; at most {MOST_DAYS} are drawn",
            remedy=f"ask for {ask.quarters - 1} quarters",
        )
    return quarters


def drawn(run: Run, ask: Ask, last: date, progress: Progress) -> LongView:
    """The scenario's long view that reaches `last`: the one that is there from the same inputs, else a new one."""
    days = max(LEAST_DAYS, (last - run.as_of).days)
    return long_view.long_views(run, long_view.Ask(days, (ask.scenario,)), progress)[0]


def make_budget(run: Run, ask: Ask, quarters: list[Quarter], view: LongView, progress: Progress) -> Made:
    """Study and files, written under an id that names everything they are made from."""
    inputs = budget_inputs(run, view, quarters[-1].last, progress)
    found = study(inputs.pool, inputs.terms, quarters, ask.target, inputs.weather, inputs.path, progress)
    about = _about(run, ask, view)
    progress("writing spreadsheet and page")
    files = budget_files(about, found)
    folder = write_budget(run.job.folder(), about.budget_id, files, move_latest=run.job.move_latest)
    if ask.out is not None:
        shutil.copytree(folder, ask.out, dirs_exist_ok=True)
    return Made(folder, about, found, (*filter(None, [not_calibrated(about, found)]), *answers(found)))


def budget_id(run: Run, ask: Ask, view: LongView) -> str:
    """As-of day, quarters, scenario, and a hash of everything it is made from."""
    settings = json.dumps([ask.quarters, ask.scenario, ask.target])
    fitted = latest_waits(run.job.folder(), run.as_of)
    inputs = digest(
        view.manifest.view_id, run.snapshot_id, code_version(), lock_hash(), config_hash(run.job.plan()), settings,
        "" if fitted is None else fitted.model_dump_json(), *(f.model_dump_json() for f in measured_by_now(run)),
    )  # fmt: skip
    return f"{run.as_of}-{ask.quarters}q-{ask.scenario}-{inputs[:8]}"


def _about(run: Run, ask: Ask, view: LongView) -> About:
    city, manifest = run.job.plan().city, view.manifest
    return About(
        budget_id=budget_id(run, ask, view),
        title=city.title,
        label=city.label,
        is_simulated=city.is_simulated,
        is_invented=city.budget.is_invented or city.crews.is_invented,
        as_of=run.as_of,
        scenario=manifest.scenario,
        rule=manifest.rule,
        weather=manifest.weather,
        view_id=manifest.view_id,
        modes=manifest.modes,
        attribution=manifest.attribution,
        recorded=tuple(sorted(recorded_in_time(run.snapshot(), run.job.plan(), run.as_of).items())),
    )
