"""What a long view holds: daily draws over a year or more, their weather, and totals of months, quarters and years."""

from __future__ import annotations

from domain.tables.table import AREA, CATEGORY, DATE, DAY, QUANTILE_SCHEMA, WEATHER_COLUMNS, col, table

PATH_ID = col("int64", "weather path, from 0; −1 where there is no weather", low=-1)

LONG_VIEW_SAMPLES = table(
    "long_view_samples",
    "category area date",
    "samples.parquet of a long view: every draw of every day; one row group a category and area",
    {
        "category": CATEGORY,
        "area": AREA,
        "date": DATE,
        "samples": col(object, "fixed-size list: requests in each draw, in the order of draws.parquet"),
    },
)

LONG_VIEW_DRAWS = table(
    "long_view_draws",
    "draw",
    "draws.parquet of a long view: which weather a draw rides on, the same for every category, area and day",
    {
        "draw": col("int64", "position in samples, from 0", low=0),
        "weather_path_id": PATH_ID,
        "weight": col(float, "sums to 1", low=0, high=1),
    },
)

LONG_VIEW_WEATHER_PATHS = table(
    "long_view_weather_paths",
    "weather_path_id",
    "weather_paths.parquet of a long view: where each path was taken from, and how much it counts in the scenario",
    {
        "weather_path_id": PATH_ID,
        "weight": col(float, "sums to 1", low=0, high=1),
        "source": col("str", "first day of each past stretch it is made of, or the past year"),
    },
)

LONG_VIEW_WEATHER = table(
    "long_view_weather",
    "weather_path_id date",
    "weather.parquet of a long view: the days of each path",
    {"weather_path_id": PATH_ID, "date": DATE, **WEATHER_COLUMNS},
)

LONG_VIEW_TOTALS = table(
    "long_view_totals",
    "category level area period",
    "totals.parquet and totals.csv of a long view: sums of draws over the days of a period that lie ahead",
    {
        "category": CATEGORY,
        "level": col("str", "district or city", one_of=("district", "city")),
        "area": col("str", "district name; * at city level"),
        "kind": col("str", "month, quarter or year of the calendar", one_of=("month", "quarter", "year")),
        "period": col("str", "2017-03, 2017-Q1 or 2017"),
        "first_date": col(DAY, "first day of it that is forecast"),
        "last_date": col(DAY, "last day of it that is forecast"),
        "days": col("int64", "days of it that are forecast", low=1),
        "is_whole": col(bool, "every day of the period is forecast"),
        "mean": col(float, "expected requests on these days", low=0),
        **QUANTILE_SCHEMA,
        "year_before": col(float, "requests filed on the same days a year before; null where not yet known", null=True),
    },
)
