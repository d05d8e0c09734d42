"""What was really done, from end-of-shift sheets: append-only versions, crew types and counts, never persons."""

from __future__ import annotations

from domain.tables.table import CATEGORY, CITY, CREW_TYPE, DATE, KNOWN_AT, SHIFT, VINTAGE, YARD, col, table

LEFT_PLAN = (
    "absence",
    "snow duty",
    "weather",
    "equipment",
    "urgent work elsewhere",
    "lent to other work",
    "work ran out",
    "other",
)
"""Reasons for leaving the plan. What is written beside them is kept as "other": free text may name somebody."""

ACTUALS = table(
    "actuals",
    "city date shift yard crew_type known_at",
    "what crews of one type really did in a shift, as filed",
    {
        "city": CITY,
        "date": DATE,
        "shift": SHIFT,
        "yard": YARD,
        "crew_type": CREW_TYPE,
        "known_at": KNOWN_AT,
        "known_at_basis": col(
            "str",
            "observed: when it was filed; assumed: the day stated with --known-at",
            one_of=("observed", "assumed"),
        ),
        "crews": col(float, "crews that worked, whole", low=0),
        "hours": col(float, "hours worked, all crews together, breaks left out", low=0),
        "left_plan": col("str", "why the plan was left; empty where it was not", one_of=("", *LEFT_PLAN)),
        "vintage_id": VINTAGE,
        "planned_crews": col(float, "crews that this publication rostered, those held ready included", low=0),
        "planned_hours": col(float, "hours of those crews with their overtime", low=0),
        "setup_minutes": col(float, "minutes a crew and shift that the plan reckoned for setting up", low=0),
        "source": col("str", "start of the sha256 of the sheet's file"),
    },
)

ACTUAL_JOBS = table(
    "actual_jobs",
    "city date shift yard crew_type category known_at",
    "jobs done in such a shift by category; one version of `actuals` carries all of its own",
    {
        "city": CITY,
        "date": DATE,
        "shift": SHIFT,
        "yard": YARD,
        "crew_type": CREW_TYPE,
        "category": CATEGORY,
        "known_at": KNOWN_AT,
        "jobs": col(float, "jobs done; one over two shifts is a part in each", low=0),
        "travel_minutes": col(float, "minutes a job that the plan reckoned for driving", low=0),
        "nearby_share": col(float, "mean minutes of a job ÷ those of a first one, as planned", low=0),
    },
)

ACTUALS_QUARANTINE = table(
    "actuals_quarantine",
    "city source place column",
    "rows of end-of-shift sheets that were not kept, and why",
    {
        "city": CITY,
        "source": col("str", "start of the sha256 of the sheet's file"),
        "place": col("str", "file, tab and row, as the program that wrote it numbers it"),
        "column": col("str", "the offending column"),
        "value": col("str", "the offending value; words are kept as (text), for they may name somebody"),
        "reason": col("str", "what is wrong with it"),
        "remedy": col("str", "what to do"),
        "known_at": KNOWN_AT,
    },
)
