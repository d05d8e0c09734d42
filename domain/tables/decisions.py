"""What a vintage decides: roster, readiness, hints, dispatch."""

from __future__ import annotations

from domain.tables.table import AREA, CATEGORY, CREW_TYPE, DATE, MOMENT, SHIFT, VINTAGE, YARD, col, table

ROSTER = table(
    "roster",
    "vintage_id date shift yard crew_type",
    "crews committed ahead",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "shift": SHIFT,
        "yard": YARD,
        "crew_type": CREW_TYPE,
        "crews": col("int64", "crews on regular work", low=0),
        "available": col("int64", "crews the yard has that day", low=0),
        "on_readiness": col("int64", "of these, held ready for events", low=0),
        "overtime_hours": col(float, "hours beyond the shift, all crews", low=0),
        "contractor_hours": col(float, "hours bought in", low=0),
        "readiness": col(
            "str", "highest level of a district this yard serves", one_of=("normal", "standby", "call-in", "storm")
        ),
        "is_locked": col(bool, "fixed by a planner"),
        "expected_minutes": col(float, "mean work with travel the plan expects here (minutes)", low=0),
        "reason": col("str", "why this many, in words"),
    },
    published=True,
)

READINESS = table(
    "readiness",
    "vintage_id date district category",
    "readiness for event work",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "district": col("str", "district"),
        "category": CATEGORY,
        "level": col("str", "level chosen", one_of=("normal", "standby", "call-in", "storm")),
        "crews": col("int64", "crews held ready", low=0),
        "yard": col("str", "yard they come from; empty where none"),
        "expected_requests": col(float, "mean requests that day", low=0),
        "chance_of_exceeding": col(float, "share of draws above what the level can serve", low=0, high=1),
        "cost": col(float, "money a day for holding it", low=0),
        "reason": col("str", "why, in words"),
    },
    published=True,
)

STAFFING_HINTS = table(
    "staffing_hints",
    "vintage_id date shift district category",
    "for perishable work of another owner: a hint, no crews",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "shift": SHIFT,
        "district": col("str", "district, or * for the city"),
        "category": CATEGORY,
        "owner": col("str", "who answers it"),
        "expected_requests": col(float, "mean requests in the shift", low=0),
        "upper_requests": col(float, "the stated certainty's quantile", low=0),
        "staff": col("int64", "people on the shift who would answer in time", low=0),
        "certainty": col(float, "share of draws in which that is enough", low=0, high=1),
    },
    published=True,
)

DISPATCH = table(
    "dispatch",
    "vintage_id date shift yard crew_type area category",
    "where crews are expected to go; areas named for the next two working days",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "shift": SHIFT,
        "yard": YARD,
        "crew_type": CREW_TYPE,
        "area": col("str", "area; * on later days, which stay at yard and shift"),
        "category": CATEGORY,
        "crews": col(float, "crew-shifts expected there", low=0),
        "expected_minutes": col(
            float,
            "service and travel, mean over the draws (minutes); rare cases, such as a crew that stays away, can put it "
            "outside minutes_low to minutes_high",
            low=0,
        ),
        "minutes_low": col(float, "10 % of draws lie below", low=0),
        "minutes_high": col(float, "10 % of draws lie above", low=0),
        "expected_served": col(float, "jobs served, mean over the draws", low=0),
        "expected_late": col(
            float,
            "this row's share of the jobs open past their due time at the end of that day, mean over the draws: the "
            "rows that serve a place divide its late jobs by their minutes, so that rows sum to all of them",
            low=0,
        ),
        "backlog_jobs": col(float, "open jobs there now", low=0),
        "marginal_value": col(float, "money of lateness avoided by this row's minutes"),
        "reason": col("str", "why, in words"),
    },
    published=True,
)

ASSIGNMENTS = table(
    "assignments",
    "vintage_id date shift yard crew_type",
    "why each assignment: what it buys, what binds it, what else its crews could do, what drives demand there",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "shift": SHIFT,
        "yard": YARD,
        "crew_type": CREW_TYPE,
        "late_days_avoided": col(float, "jobs × days late it avoids: leave-one-out, each taken away alone, no sum"),
        "late_days_error": col(float, "standard error of these over the draws", low=0),
        "late_requests_avoided": col(float, "requests that would become late without it, each taken away alone"),
        "late_requests_error": col(float, "standard error of these over the draws", low=0),
        "missed_requests_avoided": col(
            float, "event requests that would go unanswered without its crews held ready, each taken away alone", low=0
        ),
        "missed_cost_avoided": col(float, "money of those missed requests, not in leave_one_out", low=0),
        "leave_one_out": col(float, "money of those late days: leave-one-out, does not sum"),
        "leave_one_out_error": col(float, "standard error of this money over the draws", low=0),
        "draws": col("int64", "draws on which what it avoids of lateness was recomputed", low=1),
        "build_up_order": col("int64", "place in the order date, shift, yard, crew type, from 1", low=1),
        "build_up_value": col(float, "money saved, missed events too, added after all before it: these sum"),
        "build_up_cost": col(float, "money left once it is added: late, late at the end, overtime, missed so far"),
        "build_up_draws": col("int64", "draws on which the build-up is counted", low=1),
        "used_up": col(float, "share of draws in which its minutes are used up", low=0, high=1),
        "binds": col("str", "what binds it, in words"),
        "next_best": col("str", "the next best use of its crews, in words"),
        "next_best_cost": col(float, "money the next best use costs more; null where there is none", null=True),
        "drivers": col("str", "what drives demand within reach that day, in words; empty where nothing stands out"),
    },
    published=True,
)

CREW_JOBS = table(
    "crew_jobs",
    "vintage_id date shift yard crew_type crew stop",
    "open jobs of each crew on the next two working days, in driving order",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "shift": SHIFT,
        "yard": YARD,
        "crew_type": CREW_TYPE,
        "crew": col("int64", "number of the crew within its slot, from 1: a count, no person", low=1),
        "stop": col("int64", "place on its way, from 1", low=1),
        "request_id": col("str", "key of the open request"),
        "category": CATEGORY,
        "area": AREA,
        "lat": col(float, "degrees north", null=True),
        "lon": col(float, "degrees east", null=True),
        "due_at": col(MOMENT, "when due (UTC)", null=True),
        "is_late": col(bool, "past due at the as-of moment"),
    },
    published=True,
)
