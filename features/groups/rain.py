"""Rain of the day forecast and of the days before it: a rain day is felt over days 0 to 6."""

from __future__ import annotations

from domain.panel import Floats
from domain.words import WEATHER_VARIABLES
from features.group import FeatureGroup, Inputs
from features.history import lagged, window_max, window_sum

LAGS = (1, 2, 3, 4, 5, 6)
WINDOWS = (2, 3, 7, 14, 30)
COLUMNS = (
    "rain_mm",
    *(f"rain_mm_{lag}d_before" for lag in LAGS),
    *(f"rain_mm_sum_{days}d" for days in WINDOWS),
    "rain_mm_max_7d",
    "wet_days_14d",
)


def build(inputs: Inputs) -> dict[str, Floats]:
    assert inputs.weather is not None  # needs weather
    rain: Floats = inputs.weather[:, WEATHER_VARIABLES.index("precipitation_mm")]
    wet = (rain >= 1.0).astype(float) + 0.0 * rain  # NaN stays NaN
    return {
        "rain_mm": rain,
        **{f"rain_mm_{lag}d_before": lagged(rain, lag) for lag in LAGS},
        **{f"rain_mm_sum_{days}d": window_sum(rain, days) for days in WINDOWS},
        "rain_mm_max_7d": window_max(rain, 7),
        "wet_days_14d": window_sum(wet, 14),
    }


GROUP = FeatureGroup(name="rain", grain="date", columns=COLUMNS, build=build, needs=frozenset({"weather"}))
