"""The backtest as a Prefect flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task

from pipelines.daily import ingest_task, shown
from pipelines.job import Job, Run
from pipelines.steps import replay
from storage.lock import city_lock


@task(name="backtest")
def replay_task(run: Run, window: replay.Window, out: Path) -> dict[str, Any]:
    return shown("replay past origins", lambda p: replay.replay(run, window, out, p))


@flow(name="crewcast-backtest", validate_parameters=False)
def backtest_flow(job: Job, window: replay.Window, out: Path) -> dict[str, Any]:
    """Ingest under the city's lock, then replay without it: a backtest publishes nothing."""
    with city_lock(job.folder(), f"crewcast backtest {job.city}", job.wait_seconds):
        run = ingest_task(job)
    return replay_task(run, window, out)
