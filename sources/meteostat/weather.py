"""Live weather: observed days and today's forecast through meteostat, NOAA's files as the second source.

A station that gives nothing, gives part, or gives model values is told of and filled from the next; only where no
source gives a day is it an error.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
from pydantic import Field

from domain.category import Strict
from domain.errors import SourceUnreadableError
from domain.tables import WEATHER_ISSUED
from sources.ghcn.stations import ATTRIBUTION, PLACE, StationsRead, read_stations
from sources.meteostat.issued import ForecastProvider, Issue, issued
from sources.meteostat.observed import Read, observed, open_since
from sources.meteostat.session import Heard, Urls, session
from sources.plugins import Context, Plugin, WeatherRead
from sources.validation.weather_values import gaps
from sources.weather.filling import Series, filled
from sources.weather.stations import Station
from sources.weather.tables import observed_table, partial

AGENT = "crewcast/0 municipal-311-forecasts"


class Places(Urls):
    """ghcn: NOAA's files, {station} standing for the id."""

    ghcn: str = PLACE


class LiveWeather(Strict):
    """`weather: {kind: meteostat, …}`. stations: the first is the city's, the others fill what it lacks.

    since: first day asked for. hours: read hourly values too: they fill what days lack, and tell the hardest hour of
    rain and how often it froze and thawed (the first station's of all years). ghcn: read the stations
    that have a `ghcn` id from NOAA too (the only source of snowfall; it takes over where meteostat has nothing).
    forecast: providers asked for issued weather, in order; empty: none. user_agent: MET Norway refuses without.
    """

    stations: tuple[Station, ...] = Field(min_length=1, max_length=8)
    since: date = date(2015, 1, 1)
    hours: bool = True
    ghcn: bool = True
    forecast: tuple[ForecastProvider, ...] = ("dwd_mosmix", "metno_forecast")
    user_agent: str = AGENT
    urls: Places = Places()
    note: str = ""


def read(config: LiveWeather, ctx: Context) -> WeatherRead:
    """Observed days to yesterday, and the forecast as fetched now. Raises SourceUnreadableError where nothing came."""
    ctx.progress("reading weather stations")
    now, zone = ctx.now or datetime.now(UTC), ctx.plan.city.zone
    last = ctx.today - timedelta(days=1)
    reads: dict[str, Read] = {}
    with session(config.urls, ctx.cache / "meteostat", config.user_agent) as heard:
        for station in config.stations:
            ctx.progress(f"reading weather station {station.label}")
            reads[station.id] = observed(
                station, config.since, last, zone, heard, hours_since=_hours_since(config, station, last)
            )
        told = _forecast(config, ctx, now, heard)
    nothing = StationsRead({}, [], [], {}, {})
    noaa = read_stations(config.stations, config.urls.ghcn, config.since, ctx) if config.ghcn else nothing
    whole = filled(_in_order(config, ctx, reads, noaa))
    whole.corrections.extend([c for r in reads.values() for c in r.corrections] + noaa.corrections)
    table, corrections = observed_table(whole, ctx, "meteostat")
    notes = [*_credits(reads, noaa), *_complaints(config, reads, noaa, last), *told.notes, *gaps(table)]
    if config.note:
        notes.append(config.note)
    return WeatherRead(table, _issued_table(told, ctx), corrections, noaa.files, tuple(notes))


def _hours_since(config: LiveWeather, station: Station, last: date) -> date | None:
    """Of the city's own station all hours are read, of the others those of the years that still change."""
    if not config.hours:
        return None
    return config.since if station is config.stations[0] else open_since(last)


def _forecast(config: LiveWeather, ctx: Context, now: datetime, heard: Heard) -> Issue:
    if not config.forecast:
        return Issue(pd.DataFrame(), [])
    ctx.progress("reading the weather forecast")
    return issued(config.forecast, config.stations, ctx.plan.city.zone, now, heard)


def _issued_table(told: Issue, ctx: Context) -> pd.DataFrame | None:
    if told.days.empty:
        return None
    whole = told.days.assign(city=ctx.plan.city.city)
    return WEATHER_ISSUED.validate(whole[list(WEATHER_ISSUED.schema.columns)])


def _in_order(config: LiveWeather, ctx: Context, reads: dict[str, Read], noaa: StationsRead) -> list[Series]:
    """Each station by meteostat, then by NOAA. The first stays first, empty or not, so that others stand in for it."""
    series: list[Series] = []
    for station in config.stations:
        series.append(Series(station.id, station.label, reads[station.id].days))
        if station.id in noaa.series:
            series.append(noaa.series[station.id])
    if all(s.days.dropna(how="all").empty for s in series):
        why = [f"{r}" for s in config.stations for r in reads[s.id].failed.values()] + list(noaa.failed.values())
        raise SourceUnreadableError(
            f"{ctx.plan.city.title}: weather: no station gave a day since {config.since}: "
            f"{'; '.join(why[:3]) or 'the servers have no file of these stations'}",
            remedy="check the station ids under weather.stations and the connection; `kind: ghcn` reads NOAA alone",
            stations=tuple(s.id for s in config.stations),
        )
    return series


def _credits(reads: dict[str, Read], noaa: StationsRead) -> list[str]:
    named = {part for r in reads.values() for told in r.attribution for part in told.split(", ")}
    theirs = [f"Weather: {', '.join(sorted(named, key=lambda n: (n != 'Meteostat', n)))}"] if named else []
    return [*theirs, *([ATTRIBUTION] if noaa.series else []), *noaa.notes]


def _complaints(config: LiveWeather, reads: dict[str, Read], noaa: StationsRead, last: date) -> list[str]:
    """What each station did not give, in words."""
    said: list[str] = []
    for station in config.stations:
        found = reads[station.id]
        said += [f"weather station {station.label}, {what}: not read ({why})" for what, why in found.failed.items()]
        if found.days.empty:
            said.append(f"weather station {station.label} gave nothing since {config.since}")
        else:
            said += partial(station.label, found.days, pd.Timestamp(last))
    return said + [f"weather station left out: {why}" for why in noaa.failed.values()]


PLUGIN = Plugin(LiveWeather, read, is_live=True)
