"""What no run can be made from: found in the configuration alone, before Prefect starts and before a row is read."""

from __future__ import annotations

from datetime import timedelta

from models.parameters import check_parameters
from pipelines.crews import check_crews
from pipelines.job import Job
from sources.plugins import Sections, configured


def checked(job: Job) -> Sections:
    """The sections of the job's city, each with its plug-in. Raises ConfigError and LockError."""
    plan = job.plan()
    sections = configured(plan)
    check_parameters(plan.city.models, plan.city.file)
    today = job.now.astimezone(plan.city.zone).date()
    check_crews(plan, today if job.as_of is None else job.as_of + timedelta(days=1))
    return sections
