"""Names that more than one package must spell alike."""

from __future__ import annotations

from typing import Final, Literal

SCHEMA_VERSION: Final = 1

NO_AREA: Final = ""
"""The area of a request that has none: kept, counted for the city, never planned for by name."""

WHOLE_CITY: Final = "whole city"
"""The only area of a city that has no map and whose rows name none."""

CITY_LEVEL: Final = "*"
"""What the `area` column holds in rows of the city level."""

QUANTILES: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
QUANTILE_COLUMNS: Final = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")

HOURLY_VARIABLES: Final = ("precipitation_max_hour_mm", "freeze_thaw_crossings")
"""What only hours tell of a day: most rain in one hour, and how often the temperature passed 0 °C."""

WEATHER_VARIABLES: Final = (
    "temperature_min_c",
    "temperature_mean_c",
    "temperature_max_c",
    "precipitation_mm",
    "snowfall_mm",
    "snow_depth_mm",
    "wind_ms",
    *HOURLY_VARIABLES,
)
"""Order of the last axis of every weather array. Snowfall and snow depth are mm of snow, not of water; the last two are
unknown where a source has no hours."""

STANDS_IN: Final = "stands in: "
"""How the `source` of a day of observed weather begins where the city's own station gave nothing."""

LABEL_CHANGE: Final = "label change: "
"""How the rule of a noted correction begins that tells of a label that came or went."""

CROSSWALK_DOUBT: Final = "crosswalk of "
"""How the rule of a noted correction begins that doubts an entry of the crosswalk; its example is the remedy."""

HealthNote = tuple[str, str, str, str]
"""What a source tells of itself on the health page: item, value, severity (ok, note, warning), remedy."""

Level = Literal["area", "district", "city"]
WorkKind = Literal["queue", "event", "perishable"]
KnownAtBasis = Literal["observed", "assumed"]
Readiness = Literal["normal", "standby", "call-in", "storm"]

USUAL_LAG_DAYS: Final = 1
"""A run in the course of a day has the day before as its origin; only an older one is stale."""

MODE_NORMAL: Final = "normal"
MODE_NO_ISSUED: Final = "no issued weather"
MODE_NO_WEATHER: Final = "no weather"
MODE_SHORT_HISTORY: Final = "short history"
MODE_STALE_DEMAND: Final = "stale demand"
MODE_FAILED_SYNC: Final = "failed sync"
MODE_STALE_WEATHER: Final = "stale weather"
MODE_SPARSE_WEATHER: Final = "sparse weather"
MODE_SUBSTITUTE_WEATHER: Final = "substitute weather"
MODE_GAP: Final = "gap in history"
MODE_SILENT: Final = "silent category"
MODE_OTHER_BACKLOG: Final = "backlog of 311"
MODE_NO_BACKLOG: Final = "no backlog known"
MODE_ASSUMED_SHIFTS: Final = "assumed shifts"
MODE_NO_CREWS: Final = "work without crews"

SURE_ERRORS: Final = 2.0
"""Standard errors by which a value must differ from nothing to be told from it."""
