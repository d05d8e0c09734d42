"""Temperature, freeze-thaw cycles, snow and wind of the day forecast and of the days before it."""

from __future__ import annotations

from domain.panel import Floats
from domain.words import WEATHER_VARIABLES
from features.group import FeatureGroup, Inputs
from features.history import lagged, window_sum

FREEZE_WINDOWS = (3, 7, 14, 30)
COLUMNS = (
    "temperature_min_c",
    "temperature_mean_c",
    "temperature_max_c",
    "temperature_mean_c_7d",
    "temperature_change_c",
    *(f"freeze_thaw_cycles_{days}d" for days in FREEZE_WINDOWS),
    "snowfall_mm",
    "snowfall_mm_sum_3d",
    "snowfall_mm_sum_14d",
    "snow_depth_mm",
    "wind_ms",
)


def build(inputs: Inputs) -> dict[str, Floats]:
    assert inputs.weather is not None  # needs weather
    of = {name: inputs.weather[:, v] for v, name in enumerate(WEATHER_VARIABLES)}
    low, mean, high = of["temperature_min_c"], of["temperature_mean_c"], of["temperature_max_c"]
    cycle = ((low < 0.0) & (high > 0.0)).astype(float) + 0.0 * (low + high)  # NaN stays NaN
    return {
        "temperature_min_c": low,
        "temperature_mean_c": mean,
        "temperature_max_c": high,
        "temperature_mean_c_7d": window_sum(mean, 7) / 7,
        "temperature_change_c": mean - lagged(mean, 2),
        **{f"freeze_thaw_cycles_{days}d": window_sum(cycle, days) for days in FREEZE_WINDOWS},
        "snowfall_mm": of["snowfall_mm"],
        "snowfall_mm_sum_3d": window_sum(of["snowfall_mm"], 3),
        "snowfall_mm_sum_14d": window_sum(of["snowfall_mm"], 14),
        "snow_depth_mm": of["snow_depth_mm"],
        "wind_ms": of["wind_ms"],
    }


GROUP = FeatureGroup(name="cold", grain="date", columns=COLUMNS, build=build, needs=frozenset({"weather"}))
