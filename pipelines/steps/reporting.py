"""How readily each area reports, from what is known at the run's moment."""

from __future__ import annotations

import pandas as pd

from models.reporting.table import reporting_table
from pipelines.job import Run, known_at
from storage.clock import end_of_day
from storage.reports import filed_reports


def reporting_propensity(run: Run) -> pd.DataFrame:
    """Columns of `domain.tables.REPORTING` without vintage_id, for every category of the city."""
    plan = run.job.plan()
    rows = filed_reports(run.snapshot(), plan, run.as_of)
    moment = pd.Timestamp(end_of_day(plan.city.zone, run.as_of))
    return reporting_table(rows, known_at(run).areas.names, plan.city.categories, moment)
