"""The main job as a Prefect flow: from 311 rows to a published crew plan."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from prefect import flow, task
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.tasks import Task

from domain.errors import CrewcastError
from domain.progress import Progress
from pipelines import board
from pipelines.crews import check_planned
from pipelines.job import Job, Run
from pipelines.steps import assemble, choose, draw, ingest, plan, publish, record
from storage.atomic import write_atomically
from storage.home import open_home
from storage.lock import city_lock

Result = TypeVar("Result")
RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=2))


LASTING = (CrewcastError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""Bad input and faults of ours: trying again gives the same."""


def worth_retrying(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    """What lasts is raised at once; anything else (a network, a disk, a busy database) may pass."""
    return not isinstance(state.result(raise_on_failure=False), LASTING)


def shown(name: str, step: Callable[[Progress], Result]) -> Result:
    """Run a step under its name on the board."""
    with board.current().step(name) as progress:
        return step(progress)


@dataclass(frozen=True)
class Drawn:
    """What a category's task passes on: its choice and where its paths lie."""

    choice: choose.Choice
    folder: Path


@task(name="ingest", retries=2, retry_delay_seconds=[5, 30], retry_condition_fn=worth_retrying)
def ingest_task(job: Job, *, is_planned: bool = False) -> Run:
    """is_planned: what no plan could be made from stops the run here, not after hours of training."""

    def step(progress: Progress) -> Run:
        run = ingest.ingest(job, progress)
        if is_planned:
            progress("checking yards, crews and locks")
            check_planned(run)
        return run

    return shown("read and check the city's data", step)


@task(name="forecast", retries=1, retry_condition_fn=worth_retrying)
def forecast_task(run: Run, category: str, work: Path) -> Drawn:
    """Choose a category's recipe, train it and draw: one task a category, its paths left in `work`."""
    choice = shown(f"choose the forecaster: {category}", lambda p: choose.choose(run, category, p))
    folder = shown(f"train and draw: {category}", lambda p: draw.draw(run, choice.recipe, work, p))
    return Drawn(choice, folder)


@task(name="plan and publish", retries=1, retry_condition_fn=worth_retrying)
def publish_task(run: Run, choices: dict[str, choose.Choice], folders: dict[str, Path]) -> publish.Published:
    forecast = shown("add up, split to shifts, explain", lambda p: assemble.assemble(run, folders, choices, p))
    planned = shown("plan the crews", lambda p: plan.plan_crews(run, forecast, p))
    return shown(board.PUBLISH, lambda p: publish.publish(run, choices, forecast, planned, p))


@flow(name="crewcast-daily", task_runner=RUNNER, validate_parameters=False)
def daily_flow(job: Job) -> publish.Published:
    """Ingest, choose, draw, plan, publish: one city, one as-of day, one writer."""
    with city_lock(job.folder(), f"crewcast run {job.city}", job.wait_seconds):
        run = ingest_task(job, is_planned=True)
        work = fresh_work_folder(run)
        futures = {c: forecast_task.submit(run, c, work) for c in run.job.plan().city.categories}
        drawn = {c: f.result() for c, f in futures.items()}
        choices = {c: d.choice for c, d in drawn.items()}
        folders = {c: d.folder for c, d in drawn.items()}
        choices = shown("record in the registry", lambda p: record.record(run, choices, folders, p))
        published = publish_task(run, choices, folders)
        shutil.rmtree(work)
        write_log(job, published)
    return published


def fresh_work_folder(run: Run) -> Path:
    """Scratch space of this run; what a killed run left there is swept."""
    work = run.job.folder().work
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return work


def write_log(job: Job, published: publish.Published) -> None:
    """Wall-clock times beside the vintage, never inside it."""
    log = {"vintage_id": published.manifest.vintage_id, "steps": board.current().log()}
    path = open_home(job.home).logs / f"{published.manifest.city}-{published.manifest.vintage_id}.json"
    write_atomically(path, json.dumps(log, indent=1).encode())
