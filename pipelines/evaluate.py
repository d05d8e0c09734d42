"""The replay of plans as a Prefect flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task

from pipelines.daily import ingest_task, shown
from pipelines.job import Job, Run
from pipelines.steps.evaluate import Replay, evaluate, fitted_waits, in_short
from storage.evaluations import keep_evaluation, keep_waits
from storage.lock import city_lock


@task(name="evaluate")
def evaluate_task(run: Run, asked: Replay, out: Path) -> dict[str, Any]:
    return shown("replay past weeks", lambda p: evaluate(run, asked, out, p))


@flow(name="crewcast-evaluate", validate_parameters=False)
def evaluate_flow(job: Job, asked: Replay, out: Path) -> dict[str, Any]:
    """Ingest under the city's lock, then replay without it. Nothing is published; plans to come say what was found, and
    reckon with the waits that were fitted."""
    with city_lock(job.folder(), f"crewcast evaluate {job.city}", job.wait_seconds):
        run = ingest_task(job)
    found = evaluate_task(run, asked, out)
    with city_lock(job.folder(), f"crewcast evaluate {job.city}", job.wait_seconds):
        keep_evaluation(job.folder(), in_short(run, asked, found))
        if (fitted := fitted_waits(run, asked, found)) is not None:
            keep_waits(job.folder(), fitted)
    return found
