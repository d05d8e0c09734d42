"""How good the weather forecasts behind a run are, and how that is known, in the columns of the table `health`."""

from __future__ import annotations

import pandas as pd

from domain.panel import WeatherPaths
from domain.tables import HEALTH
from models.default_skill import KNOWN_AT, RAIN_CORRELATION, TEMPERATURE_ERROR_C
from models.weather_ensemble import FEWEST_ISSUED, KIND_ASSUMED, KIND_ISSUED

ITEM = "how far the weather forecast is trusted"
"""Beside the freshness of the issued forecast, so that it is shown at once."""


def skill_finding(weather: WeatherPaths | None) -> pd.DataFrame:
    """One row of `health` without vintage_id: measured on how many issues, or assumed and how; none without weather."""
    columns = [c for c in HEALTH.schema.columns if c != "vintage_id"]
    if weather is None:
        return pd.DataFrame([], columns=columns).astype("str")
    value, severity, remedy = _told(weather)
    return pd.DataFrame([("freshness", ITEM, value, severity, remedy)], columns=columns).astype("str")


def _told(weather: WeatherPaths) -> tuple[str, str, str]:
    kept = f"{weather.issued_days} archived {'forecast' if weather.issued_days == 1 else 'forecasts'}"
    if weather.kind == KIND_ISSUED:
        return f"as far as it was right: measured on {kept} and the weather that came", "ok", ""
    if weather.kind == KIND_ASSUMED:
        enough = f"skill is measured once {FEWEST_ISSUED} can be held against what came"
        remedy = f"nothing to do: every run archives its forecast; {enough}"
        few = f"only {kept}" if weather.issued_days else "no archived forecast"
        return f"assumed, as {few} can be held against what came: {assumed_skill()}", "note", remedy
    return "not at all: no usable forecast, the season's past years alone", "note", ""


def assumed_skill() -> str:
    """The default curve in the numbers of its leads."""
    days = ["tomorrow", *(f"on day {day}" for day in KNOWN_AT[1:])]
    warmth = ", ".join(f"{error:.1f} °C {day}" for error, day in zip(TEMPERATURE_ERROR_C, days, strict=True))
    rain = ", ".join(f"{100 * share:.0f} {day}" for share, day in zip(RAIN_CORRELATION, days, strict=True))
    return f"temperature off by {warmth}; of 100 days' rain foreseen: {rain}"
