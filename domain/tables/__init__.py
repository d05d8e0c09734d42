"""Table schemas: what each column means, its unit and sign. docs/data-contracts.md is printed from here.

Dates are local days (naive midnights); moments are UTC. Quantities carry their unit in the name.
"""

from __future__ import annotations

from domain.tables.actuals import ACTUAL_JOBS, ACTUALS
from domain.tables.decisions import DISPATCH, READINESS, ROSTER, STAFFING_HINTS
from domain.tables.fairness import REPORTING
from domain.tables.findings import (
    BACKLOG,
    DRAWS,
    EXPLANATIONS,
    FORECASTS,
    FORECASTS_BY_SHIFT,
    HEALTH,
    HISTORY,
    SCORES,
    SHIFT_DRAWS,
    WEATHER_PATHS,
    WORKLIST,
)
from domain.tables.inputs import (
    AREAS,
    CALENDAR,
    CORRECTIONS,
    COUNTS,
    DAILY_DEMAND,
    QUARANTINE,
    REQUESTS,
    WEATHER_ISSUED,
    WEATHER_OBSERVED,
)
from domain.tables.long_view import (
    LONG_VIEW_DRAWS,
    LONG_VIEW_SAMPLES,
    LONG_VIEW_TOTALS,
    LONG_VIEW_WEATHER,
    LONG_VIEW_WEATHER_PATHS,
)
from domain.tables.table import DAY, MOMENT, QUANTILE_SCHEMA, WEATHER_COLUMNS, Table, col, table

ALL: tuple[Table, ...] = (
    REQUESTS,
    COUNTS,
    DAILY_DEMAND,
    WEATHER_OBSERVED,
    WEATHER_ISSUED,
    AREAS,
    CALENDAR,
    QUARANTINE,
    CORRECTIONS,
    ACTUALS,
    ACTUAL_JOBS,
    FORECASTS,
    FORECASTS_BY_SHIFT,
    SHIFT_DRAWS,
    ROSTER,
    READINESS,
    STAFFING_HINTS,
    DISPATCH,
    BACKLOG,
    WORKLIST,
    DRAWS,
    WEATHER_PATHS,
    EXPLANATIONS,
    HEALTH,
    SCORES,
    HISTORY,
    REPORTING,
    LONG_VIEW_SAMPLES,
    LONG_VIEW_DRAWS,
    LONG_VIEW_WEATHER_PATHS,
    LONG_VIEW_WEATHER,
    LONG_VIEW_TOTALS,
)
PUBLISHED: tuple[Table, ...] = tuple(t for t in ALL if t.published)

__all__ = [
    "ACTUALS",
    "ACTUAL_JOBS",
    "ALL",
    "AREAS",
    "BACKLOG",
    "CALENDAR",
    "CORRECTIONS",
    "COUNTS",
    "DAILY_DEMAND",
    "DAY",
    "DISPATCH",
    "DRAWS",
    "EXPLANATIONS",
    "FORECASTS",
    "FORECASTS_BY_SHIFT",
    "HEALTH",
    "HISTORY",
    "LONG_VIEW_DRAWS",
    "LONG_VIEW_SAMPLES",
    "LONG_VIEW_TOTALS",
    "LONG_VIEW_WEATHER",
    "LONG_VIEW_WEATHER_PATHS",
    "MOMENT",
    "PUBLISHED",
    "QUANTILE_SCHEMA",
    "QUARANTINE",
    "READINESS",
    "REPORTING",
    "REQUESTS",
    "ROSTER",
    "SCORES",
    "SHIFT_DRAWS",
    "STAFFING_HINTS",
    "WEATHER_COLUMNS",
    "WEATHER_ISSUED",
    "WEATHER_OBSERVED",
    "WEATHER_PATHS",
    "WORKLIST",
    "Table",
    "col",
    "table",
]
