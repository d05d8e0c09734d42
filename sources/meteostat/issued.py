"""Today's forecast through meteostat's forecast providers, as local days, with the moment it was fetched.

The library gives DWD's MOSMIX (hourly, ten days, where the station has a MOSMIX id) and MET Norway's (any point; hours
for two to three days, then every six hours without rain, because the library reads one-hour sums only). What a
provider does not give for a day is null; nothing is put in its place.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from domain.words import WEATHER_VARIABLES
from sources.meteostat.observed import as_theirs
from sources.meteostat.session import Heard
from sources.weather.local_days import LONGEST_GAP_HOURS, local_days
from sources.weather.stations import Station

ForecastProvider = Literal["dwd_mosmix", "metno_forecast"]
FURTHEST_DAYS = 16
FEWEST_DAYS = 2


class Issue(NamedTuple):
    """days: origin, date, the variables, source, known_at; empty where no provider answered. notes: said."""

    days: pd.DataFrame
    notes: list[str]


def issued(
    providers: tuple[ForecastProvider, ...], stations: tuple[Station, ...], zone: ZoneInfo, now: datetime, heard: Heard
) -> Issue:
    """The forecast of the first provider and station that answers with FEWEST_DAYS days or more."""
    notes: list[str] = []
    for provider in providers:
        for station in stations:
            if provider == "dwd_mosmix" and station.mosmix is None:
                continue
            hours, attribution, why = _hours(provider, station, now, heard)
            days = forecast_days(hours, zone, now) if hours is not None else pd.DataFrame()
            if len(days) >= FEWEST_DAYS:
                days["source"] = f"{provider} {station.mosmix if provider == 'dwd_mosmix' else station.id}"
                return Issue(days, [*notes, f"Weather forecast: {attribution}"])
            notes.append(f"weather forecast of {provider} for {station.label}: none ({why or 'too few days'})")
    return Issue(
        pd.DataFrame(), notes or ["weather forecast: no station has a MOSMIX id and no other provider is named"]
    )


def _hours(
    provider: ForecastProvider, station: Station, now: datetime, heard: Heard
) -> tuple[pd.DataFrame | None, str, str]:
    """(hours by UTC-naive time, attribution, what went wrong)."""
    from meteostat import Parameter, Provider, hourly

    heard.forget()
    start = now.astimezone(ZoneInfo("UTC")).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    series = hourly(
        as_theirs(station, zone=ZoneInfo("UTC")),
        start,
        start + timedelta(days=FURTHEST_DAYS),
        parameters=[Parameter.TEMP, Parameter.PRCP, Parameter.WSPD],
        providers=[Provider(provider)],
    )
    frame = series.fetch()
    return frame, series.attribution, heard.why or ("" if frame is not None else "it gave nothing, or an old forecast")


def forecast_days(hours: pd.DataFrame, zone: ZoneInfo, now: datetime) -> pd.DataFrame:
    """Whole local days of a forecast, as `weather_issued` without city and source.

    origin is the day before the first day told of: yesterday where today is covered from LONGEST_GAP_HOURS after
    midnight or earlier (today's values then are those of its remaining hours), else today. Days follow one another;
    the first that has no temperature ends the forecast.
    """
    today = pd.Timestamp(now).tz_convert(zone).tz_localize(None).normalize()
    first = pd.Timestamp(hours.index.min()).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    lacking = (first - today) / pd.Timedelta(hours=1)
    covered = 0 <= lacking <= LONGEST_GAP_HOURS
    days = local_days(hours, zone, hours_before=int(lacking) if covered else 0)
    start = today if covered else today + pd.Timedelta(days=1)
    wanted = pd.date_range(start, start + pd.Timedelta(days=FURTHEST_DAYS))
    days = days.reindex(wanted)
    told = days["temperature_mean_c"].notna().cummin()
    kept = days[told].rename_axis("date").reset_index()
    return kept.assign(origin=start - pd.Timedelta(days=1), known_at=pd.Timestamp(now).tz_convert("UTC"))[
        ["origin", "date", *WEATHER_VARIABLES, "known_at"]
    ]
