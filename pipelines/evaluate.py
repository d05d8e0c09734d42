"""The replay of plans as a Prefect flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task

from pipelines.daily import ingest_task, shown
from pipelines.job import Job, Run
from pipelines.steps.evaluate import Replay, evaluate
from storage.lock import city_lock


@task(name="evaluate")
def evaluate_task(run: Run, asked: Replay, out: Path) -> dict[str, Any]:
    return shown("replay past weeks", lambda p: evaluate(run, asked, out, p))


@flow(name="crewcast-evaluate", validate_parameters=False)
def evaluate_flow(job: Job, asked: Replay, out: Path) -> dict[str, Any]:
    """Ingest under the city's lock, then replay without it: nothing is published."""
    with city_lock(job.folder(), f"crewcast evaluate {job.city}", job.wait_seconds):
        run = ingest_task(job)
    return evaluate_task(run, asked, out)
