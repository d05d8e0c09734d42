"""The hardest hour of rain, and how often the temperature passed 0 °C, where a city's weather has hours."""

from __future__ import annotations

from domain.panel import Floats
from domain.words import WEATHER_VARIABLES
from features.group import FeatureGroup, Inputs
from features.history import window_max, window_sum

RAIN_WINDOWS = (3, 7)
CROSSING_WINDOWS = (7, 30)
COLUMNS = (
    "rain_hour_mm",
    *(f"rain_hour_mm_max_{days}d" for days in RAIN_WINDOWS),
    "freeze_thaw_crossings",
    *(f"freeze_thaw_crossings_sum_{days}d" for days in CROSSING_WINDOWS),
)


def build(inputs: Inputs) -> dict[str, Floats]:
    assert inputs.weather is not None  # needs weather
    hour: Floats = inputs.weather[:, WEATHER_VARIABLES.index("precipitation_max_hour_mm")]
    crossings: Floats = inputs.weather[:, WEATHER_VARIABLES.index("freeze_thaw_crossings")]
    return {
        "rain_hour_mm": hour,
        **{f"rain_hour_mm_max_{days}d": window_max(hour, days) for days in RAIN_WINDOWS},
        "freeze_thaw_crossings": crossings,
        **{f"freeze_thaw_crossings_sum_{days}d": window_sum(crossings, days) for days in CROSSING_WINDOWS},
    }


GROUP = FeatureGroup(name="hours", grain="date", columns=COLUMNS, build=build, needs=frozenset({"weather", "hours"}))
