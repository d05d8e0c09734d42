"""What no run can be made from: found in the configuration alone, before Prefect starts and before a row is read."""

from __future__ import annotations

from allocation.problem_checks import check_plan, check_work_has_crews
from models.parameters import check_parameters
from pipelines.job import Job
from sources.plugins import Sections, configured


def checked(job: Job) -> Sections:
    """The sections of the job's city, each with its plug-in. Raises ConfigError."""
    plan = job.plan()
    sections = configured(plan)
    check_parameters(plan.city.models)
    check_plan(plan, [job.now.astimezone(plan.city.zone).date()])
    check_work_has_crews(plan)
    return sections
