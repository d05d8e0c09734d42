"""Table schemas: what each column means, its unit and sign. docs/data-contracts.md is printed from here.

Dates are local days (naive midnights); moments are UTC. Quantities carry their unit in the name.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

from domain.words import QUANTILE_COLUMNS

DAY = "datetime64[us]"
MOMENT = pd.DatetimeTZDtype("us", "UTC")


@dataclass(frozen=True)
class Table:
    """A table's name, key and schema. `validate` coerces types and raises on a broken contract."""

    name: str
    key: tuple[str, ...]
    about: str
    schema: pa.DataFrameSchema
    published: bool = False

    def validate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with its columns in order and typed; extra columns are refused."""
        missing = [c for c in self.schema.columns if c not in frame.columns]
        extra = [c for c in frame.columns if c not in self.schema.columns]
        if missing or extra:
            raise KeyError(f"table {self.name}: missing columns {missing}, unknown columns {extra}")
        valid = self.schema.validate(frame[list(self.schema.columns)], lazy=True)
        days = {c: DAY for c, column in self.schema.columns.items() if str(column.dtype) == "datetime64[ns]"}
        return valid.astype(days)  # pandera reads every naive datetime64 as nanoseconds

    def empty(self) -> pd.DataFrame:
        return self.validate(pd.DataFrame({c: pd.Series(dtype=object) for c in self.schema.columns}))


def col(
    dtype: object,
    about: str,
    *,
    null: bool = False,
    low: float | None = None,
    high: float | None = None,
    one_of: tuple[str, ...] = (),
) -> pa.Column:
    """A column with its meaning and unit, whether it may be null, and its bounds."""
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low))
    if high is not None:
        checks.append(pa.Check.le(high))
    if one_of:
        checks.append(pa.Check.isin(one_of))
    return pa.Column(dtype, checks=checks, nullable=null, coerce=True, description=about)


def table(name: str, key: str, about: str, columns: dict[str, pa.Column], *, published: bool = False) -> Table:
    keys = tuple(key.split())
    schema = pa.DataFrameSchema(columns, strict=True, ordered=True, unique=list(keys), name=name)
    return Table(name, keys, about, schema, published)


CITY = col("str", "the city's name in its YAML")
AREA = col("str", "smallest unit planned for; empty where the row has none")
CATEGORY = col("str", "name of the category YAML")
DATE = col(DAY, "local day")
KNOWN_AT = col(MOMENT, "when this row became known (UTC)")
VINTAGE = col("str", "the publication this row belongs to")
SHIFT = col("str", "shift; a night shift belongs to the day it starts")
YARD = col("str", "yard")
CREW_TYPE = col("str", "crew type")

WEATHER_COLUMNS: dict[str, pa.Column] = {
    "temperature_min_c": col(float, "°C", null=True, low=-90, high=60),
    "temperature_mean_c": col(float, "°C", null=True, low=-90, high=60),
    "temperature_max_c": col(float, "°C", null=True, low=-90, high=60),
    "precipitation_mm": col(float, "mm of water a day", null=True, low=0, high=2000),
    "snowfall_mm": col(float, "mm of new snow a day", null=True, low=0, high=5000),
    "snow_depth_mm": col(float, "mm of snow lying", null=True, low=0, high=20000),
    "wind_ms": col(float, "mean wind, m/s", null=True, low=0, high=120),
}

QUANTILE_SCHEMA: dict[str, pa.Column] = {
    q: col(float, f"{q[1:]} quantile of the draws (requests)", low=0) for q in QUANTILE_COLUMNS
}

REQUESTS = table(
    "requests",
    "city request_id known_at",
    "append-only versions of each request",
    {
        "city": CITY,
        "request_id": col("str", "the portal's key, normalised"),
        "known_at": KNOWN_AT,
        "known_at_basis": col(
            "str", "observed: seen by our sync; assumed: first load of history", one_of=("observed", "assumed")
        ),
        "category": CATEGORY,
        "area": AREA,
        "created_at": col(MOMENT, "when filed (UTC)"),
        "closed_at": col(MOMENT, "when closed (UTC); null while open", null=True),
        "due_at": col(MOMENT, "when due (UTC); null where the source has none", null=True),
        "status": col("str", "open or closed", one_of=("open", "closed")),
        "channel": col("str", "how it was filed; empty where unknown"),
        "lat": col(float, "degrees north; null where unknown or withheld", null=True, low=-90, high=90),
        "lon": col(float, "degrees east; null where unknown or withheld", null=True, low=-180, high=180),
        "duplicate_of": col("str", "request_id of the first report where the source says so; else empty"),
        "source": col("str", "where the row came from"),
    },
)

COUNTS = table(
    "counts",
    "city date area category known_at",
    "daily counts from sources that give no rows",
    {
        "city": CITY,
        "date": DATE,
        "area": AREA,
        "category": CATEGORY,
        "known_at": KNOWN_AT,
        "count": col("int64", "requests filed that day", low=0),
        "source": col("str", "where the row came from"),
    },
)

DAILY_DEMAND = table(
    "daily_demand",
    "city date area category",
    "requests as filed, zero-filled over local days",
    {
        "city": CITY,
        "date": DATE,
        "area": AREA,
        "category": CATEGORY,
        "count": col("int64", "requests filed that day, duplicates included", low=0),
        "is_complete": col(bool, "False on the last days that may still grow"),
    },
)

WEATHER_OBSERVED = table(
    "weather_observed",
    "city date known_at",
    "observed daily weather",
    {
        "city": CITY,
        "date": DATE,
        **WEATHER_COLUMNS,
        "source": col("str", "station or file"),
        "known_at": KNOWN_AT,
    },
)

WEATHER_ISSUED = table(
    "weather_issued",
    "city origin date",
    "forecasts as issued, archived for ever",
    {
        "city": CITY,
        "origin": col(DAY, "local day of issue"),
        "date": DATE,
        **WEATHER_COLUMNS,
        "source": col("str", "provider or file"),
        "known_at": KNOWN_AT,
    },
)

AREAS = table(
    "areas",
    "city area",
    "areas with district, outline and population",
    {
        "city": CITY,
        "area": AREA,
        "name": col("str", "as people call it"),
        "district": col("str", "areas summed"),
        "geometry": col("str", "GeoJSON geometry, WGS 84; empty where unknown"),
        "population": col(float, "residents", null=True, low=0),
        "lat": col(float, "degrees north of a point inside", null=True, low=-90, high=90),
        "lon": col(float, "degrees east of a point inside", null=True, low=-180, high=180),
    },
)

CALENDAR = table(
    "calendar",
    "city date",
    "public holidays",
    {
        "city": CITY,
        "date": DATE,
        "holiday": col("str", "name"),
    },
)

QUARANTINE = table(
    "quarantine",
    "city source row reason",
    "rows that were not used, and why",
    {
        "city": CITY,
        "source": col("str", "file"),
        "row": col("int64", "1 is the first row below the header", low=0),
        "column": col("str", "the offending column"),
        "value": col("str", "the offending value"),
        "reason": col("str", "what is wrong with it"),
        "request_id": col("str", "key where it could be read"),
    },
)

CORRECTIONS = table(
    "corrections",
    "city source rule",
    "rows changed or noted by a stated rule, counted",
    {
        "city": CITY,
        "source": col("str", "file"),
        "rule": col("str", "what was done"),
        "rows": col("int64", "rows it was done to", low=0),
        "example": col("str", "one value before → after"),
    },
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
        "expected_minutes": col(float, "service and travel (minutes)", low=0),
        "minutes_low": col(float, "10 % of draws lie below", low=0),
        "minutes_high": col(float, "10 % of draws lie above", low=0),
        "expected_served": col(float, "jobs served, mean over the draws", low=0),
        "expected_late": col(float, "jobs open past their due time at the end of that day, mean over the draws", low=0),
        "backlog_jobs": col(float, "open jobs there now", low=0),
        "marginal_value": col(float, "money of lateness avoided by this row's minutes"),
        "reason": col("str", "why, in words"),
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
        "level": col("str", "district or city", one_of=("area", "district", "city")),
        "area": col("str", "as in forecasts"),
        "category": CATEGORY,
        "date": DATE,
        "block": col("str", "usual, recent demand, calendar or weather"),
        "order": col("int64", "order of build-up", low=0),
        "effect": col(float, "requests added to what stands before it; the blocks of a day sum to the mean"),
        "words": col("str", "the effect in words"),
    },
    published=True,
)

HEALTH = table(
    "health",
    "vintage_id kind item",
    "freshness, quarantine, corrections, modes, breaks",
    {
        "vintage_id": VINTAGE,
        "kind": col("str", "freshness, rows, quarantine, correction, mode, gap or note"),
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
        "evidence_end": col(DAY, "last day of evidence"),
        "is_published": col(bool, "the one that was chosen"),
    },
    published=True,
)

HISTORY = table(
    "history",
    "vintage_id level area date category",
    "recent counts, for the fan charts",
    {
        "vintage_id": VINTAGE,
        "level": col("str", "district or city", one_of=("area", "district", "city")),
        "area": col("str", "as in forecasts"),
        "date": DATE,
        "category": CATEGORY,
        "count": col("int64", "requests filed", low=0),
    },
    published=True,
)

ALL: tuple[Table, ...] = tuple(v for v in list(globals().values()) if isinstance(v, Table))
PUBLISHED: tuple[Table, ...] = tuple(t for t in ALL if t.published)
