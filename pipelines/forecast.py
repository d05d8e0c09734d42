"""The long view as a Prefect flow."""

from __future__ import annotations

from prefect import flow, task

from pipelines.daily import ingest_task, shown
from pipelines.job import Job, Run
from pipelines.steps import long_view
from storage.lock import city_lock
from storage.long_views import LongView


@task(name="long view")
def long_view_task(run: Run, ask: long_view.Ask) -> list[LongView]:
    return shown("look ahead", lambda p: long_view.long_views(run, ask, p))


@flow(name="crewcast-forecast", validate_parameters=False)
def forecast_flow(job: Job, ask: long_view.Ask) -> list[LongView]:
    """Ingest, then fit, draw and write every scenario under the city's lock."""
    with city_lock(job.folder(), f"crewcast forecast {job.city}", job.wait_seconds):
        run = ingest_task(job)
        return long_view_task(run, ask)
