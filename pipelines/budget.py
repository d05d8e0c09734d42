"""The budget as a Prefect flow."""

from __future__ import annotations

from prefect import flow, task

from pipelines.daily import ingest_task, shown
from pipelines.job import Job, Run
from pipelines.steps import budget
from storage.lock import city_lock


@task(name="budget")
def budget_task(run: Run, ask: budget.Ask) -> budget.Made:
    quarters = budget.quarters_ahead(run, ask)
    view = shown("look ahead", lambda p: budget.drawn(run, ask, quarters[-1].last, p))
    return shown("weigh crews against money", lambda p: budget.make_budget(run, ask, quarters, view, p))


@flow(name="crewcast-budget", validate_parameters=False)
def budget_flow(job: Job, ask: budget.Ask) -> budget.Made:
    """Ingest, draw the long view where it is not there yet, and write the budget under the city's lock."""
    with city_lock(job.folder(), f"crewcast budget {job.city}", job.wait_seconds):
        run = ingest_task(job)
        return budget_task(run, ask)
