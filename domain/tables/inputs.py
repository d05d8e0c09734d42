"""What is read and kept: requests, counts, weather, areas, calendar, and what was wrong with them."""

from __future__ import annotations

from domain.tables.table import AREA, CATEGORY, CITY, DATE, DAY, KNOWN_AT, MOMENT, WEATHER_COLUMNS, col, table

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

OPEN_WORK = table(
    "open_work",
    "city request_id",
    "open work orders of the latest export, which take the place of 311's open rows as opening backlog",
    {
        "city": CITY,
        "request_id": col("str", "number of the order"),
        "category": CATEGORY,
        "area": AREA,
        "created_at": col(MOMENT, "opened"),
        "due_at": col(MOMENT, "due", null=True),
        "lat": col(float, "degrees north", null=True, low=-90, high=90),
        "lon": col(float, "degrees east", null=True, low=-180, high=180),
        "source": col("str", "file or view"),
    },
)

CALENDAR = table(
    "calendar",
    "city date",
    "public holidays, the city's days off, and events",
    {
        "city": CITY,
        "date": DATE,
        "holiday": col("str", "name; empty on a day that has an event only"),
        "event": col("str", "what an events file names on that day", null=True),
    },
)

SCHOOL_TERMS = table(
    "school_terms",
    "city start",
    "school terms, where the city's YAML names a file of them",
    {
        "city": CITY,
        "start": col(DAY, "first local day of the term"),
        "end": col(DAY, "last local day of the term"),
        "name": col("str", "as the file calls it"),
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
        "of_rows": col("int64", "rows looked at", low=0),
        "example": col("str", "one value before → after"),
    },
)
