"""What a vintage says beside its decisions: forecasts, draws, reasons, backlog, worklist, health, scores."""

from __future__ import annotations

from domain.tables.table import (
    AREA,
    CATEGORY,
    DATE,
    DAY,
    MOMENT,
    QUANTILE_SCHEMA,
    SHIFT,
    VINTAGE,
    WEATHER_COLUMNS,
    col,
    table,
)

FORECASTS = table(
    "forecasts",
    "vintage_id level area date category",
    "the published forecast",
    {
        "vintage_id": VINTAGE,
        "origin": col(DAY, "last day whose counts may be known"),
        "date": DATE,
        "level": col("str", "area, district or city", one_of=("area", "district", "city")),
        "area": col("str", "area; district name at district level; * at city level"),
        "category": CATEGORY,
        "mean": col(float, "expected requests", low=0),
        **QUANTILE_SCHEMA,
        "samples": col(object, "list[int]: one whole number a draw at area level, null above (sum them)", null=True),
    },
    published=True,
)

FORECASTS_BY_SHIFT = table(
    "forecasts_by_shift",
    "vintage_id level area date shift category",
    "the same draws, split to shifts",
    {
        "vintage_id": VINTAGE,
        "date": DATE,
        "shift": SHIFT,
        "level": col("str", "area, district or city", one_of=("area", "district", "city")),
        "area": col("str", "as in forecasts"),
        "category": CATEGORY,
        "mean": col(float, "expected requests", low=0),
        **QUANTILE_SCHEMA,
        "profile_basis": col("str", "measured (from hours) or assumed (from the YAML)", one_of=("measured", "assumed")),
    },
    published=True,
)

SHIFT_DRAWS = table(
    "shift_draws",
    "vintage_id category area date shift",
    "the draws split to shifts, whole: what the plan was made on and a what-if is made on again",
    {
        "vintage_id": VINTAGE,
        "category": CATEGORY,
        "area": AREA,
        "date": DATE,
        "shift": SHIFT,
        "samples": col(object, "list[int]: requests of the shift, one whole number a draw", null=True),
    },
    published=True,
)

BACKLOG = table(
    "backlog",
    "vintage_id request_id",
    "open requests at the as-of moment",
    {
        "vintage_id": VINTAGE,
        "request_id": col("str", "key"),
        "category": CATEGORY,
        "area": AREA,
        "created_at": col(MOMENT, "when filed (UTC)"),
        "due_at": col(MOMENT, "when due (UTC)", null=True),
        "due_basis": col("str", "source, category hours or none", one_of=("source", "category", "none")),
        "age_days": col(float, "days since filed", low=0),
        "is_late": col(bool, "past due at the as-of moment"),
        "is_stale": col(bool, "older than stale_after_days: listed apart, not planned"),
        "lat": col(float, "degrees north", null=True),
        "lon": col(float, "degrees east", null=True),
    },
    published=True,
)

WORKLIST = table(
    "worklist",
    "vintage_id category place",
    "places to look at before they break",
    {
        "vintage_id": VINTAGE,
        "category": CATEGORY,
        "rank": col("int64", "1 is first", low=1),
        "place": col("str", "grid cell id"),
        "area": AREA,
        "lat": col(float, "degrees north, centre of the cell"),
        "lon": col(float, "degrees east"),
        "window_days": col("int64", "days ahead", low=1),
        "expected_incidents": col(float, "expected new incidents in the window", low=0),
        "probability": col(float, "chance of at least one", low=0, high=1),
        "incidents_last_year": col("int64", "in the 365 days to the origin", low=0),
        "last_incident": col(DAY, "local day of the last one", null=True),
        "preventive_work": col("str", "what to do there"),
        "reason": col("str", "why, in words"),
    },
    published=True,
)

DRAWS = table(
    "draws",
    "vintage_id draw",
    "which weather each draw rides on",
    {
        "vintage_id": VINTAGE,
        "draw": col("int64", "index into samples", low=0),
        "weather_path_id": col("int64", "index into weather_paths; -1 without weather", low=-1),
        "weight": col(float, "sums to 1", low=0, high=1),
    },
    published=True,
)

WEATHER_PATHS = table(
    "weather_paths",
    "vintage_id weather_path_id date",
    "the ensemble the draws ride on",
    {
        "vintage_id": VINTAGE,
        "weather_path_id": col("int64", "path", low=0),
        "date": DATE,
        **WEATHER_COLUMNS,
        "taken_from": col("str", "first day of the past stretch it was taken from"),
    },
    published=True,
)

EXPLANATIONS = table(
    "explanations",
    "vintage_id level area category date block",
    "what moved the mean",
    {
        "vintage_id": VINTAGE,
        "level": col("str", "area, district or city", one_of=("area", "district", "city")),
        "area": col("str", "as in forecasts"),
        "category": CATEGORY,
        "date": DATE,
        "block": col("str", "usual, place (not for the city), recent demand, calendar or weather"),
        "order": col("int64", "order of build-up", low=0),
        "effect": col(float, "requests added to what stands before it; the blocks of a day sum to the mean"),
        "words": col("str", "the effect in words; empty where an area's is too small to read"),
    },
    published=True,
)

HEALTH = table(
    "health",
    "vintage_id kind item",
    "freshness, quarantine, corrections, modes, breaks",
    {
        "vintage_id": VINTAGE,
        "kind": col("str", "freshness, rows, quarantine, correction, label, mode, sync, gap, break or note"),
        "item": col("str", "what"),
        "value": col("str", "how much, or since when"),
        "severity": col("str", "ok, note or warning", one_of=("ok", "note", "warning")),
        "remedy": col("str", "what to do; empty where nothing"),
    },
    published=True,
)

SCORES = table(
    "scores",
    "vintage_id category forecaster level",
    "evidence on earlier folds",
    {
        "vintage_id": VINTAGE,
        "category": CATEGORY,
        "forecaster": col("str", "candidate"),
        "level": col("str", "area-day, area-week, city-day or city-week"),
        "crps": col(float, "mean CRPS ÷ mean count, lower is better", low=0),
        "ratio": col(float, "CRPS ÷ the best baseline's on that level; 1 is equal", low=0),
        "cover80": col(float, "share inside the central 80 % (randomised PIT)", low=0, high=1),
        "cover95": col(float, "share inside the central 95 %", low=0, high=1),
        "folds": col("int64", "origins scored", low=1),
        "evidence_from": col(DAY, "first origin"),
        "evidence_end": col(DAY, "last day of evidence, which may have been known some days after it"),
        "is_published": col(bool, "the one that was chosen"),
    },
    published=True,
)

HISTORY = table(
    "history",
    "vintage_id level area date category",
    "recent counts, for the fan charts and to judge past forecasts by",
    {
        "vintage_id": VINTAGE,
        "level": col("str", "area, district or city", one_of=("area", "district", "city")),
        "area": col("str", "as in forecasts"),
        "date": DATE,
        "category": CATEGORY,
        "count": col("int64", "requests filed", low=0),
    },
    published=True,
)
