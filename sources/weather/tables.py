"""Filled days → the observed table, checked as files are."""

from __future__ import annotations

import pandas as pd

from domain.tables import WEATHER_OBSERVED
from sources.plugins import Context
from sources.validation.moments import end_of_days
from sources.validation.steps import corrections_table, joined
from sources.validation.weather_values import check_values, complete_mean
from sources.weather.filling import Filled

_RECENT_DAYS = 365
_WHOLE_SHARE = 0.9


def observed_table(days: Filled, ctx: Context, source: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(`weather_observed`, `corrections`). A local day is known at its end."""
    city = ctx.plan.city
    values = check_values(days.frame, {})
    mean = complete_mean(values.frame)
    frame = mean.frame.assign(city=city.city, known_at=end_of_days(mean.frame["date"], city.zone))
    notes = joined([*days.corrections, *values.corrections, *mean.corrections])
    table = WEATHER_OBSERVED.validate(frame[list(WEATHER_OBSERVED.schema.columns)])
    return table, corrections_table(notes, city.city, source, len(frame))


def partial(label: str, days: pd.DataFrame, last: pd.Timestamp) -> list[str]:
    """A sentence where a station lacks rain or temperature on over a tenth of the last year's days, or ends early."""
    year = days.reindex(pd.date_range(last - pd.Timedelta(days=_RECENT_DAYS - 1), last))
    temperature = year[["temperature_mean_c"]].fillna(
        year[["temperature_min_c", "temperature_max_c"]].mean(axis=1, skipna=False).to_frame("temperature_mean_c")
    )
    share = (temperature["temperature_mean_c"].notna() & year["precipitation_mm"].notna()).mean()
    if share >= _WHOLE_SHARE:
        return []
    return [f"weather station {label} is partial: rain and temperature on {100 * share:.0f} % of the last year's days"]
