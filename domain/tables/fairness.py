"""How readily residents of an area report what they see, as far as it can be told."""

from __future__ import annotations

from domain.tables.table import AREA, CATEGORY, VINTAGE, col, table

REPORTING = table(
    "reporting",
    "vintage_id category area",
    "how readily each area reports, from repeat reports of one incident; no demand is changed by it",
    {
        "vintage_id": VINTAGE,
        "category": CATEGORY,
        "area": AREA,
        "propensity": col(float, "reporting rate relative to the median area; null: cannot be told", null=True, low=0),
        "low": col(float, "5 % quantile of it; null: cannot be told", null=True, low=0),
        "high": col(float, "95 % quantile of it; null: cannot be told", null=True, low=0),
        "incidents": col("int64", "incidents it rests on", low=0),
        "repeats": col("int64", "further reports of these", low=0),
        "basis": col("str", "how repeats were recognised, or why it cannot be told"),
    },
    published=True,
)
