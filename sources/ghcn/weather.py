"""Observed weather from GHCN-Daily files; there is no forecast in them."""

from __future__ import annotations

from datetime import date

import pandas as pd
from pydantic import Field, field_validator

from domain.category import Strict
from domain.errors import SourceUnreadableError
from sources.ghcn.stations import ATTRIBUTION, PLACE, read_stations
from sources.plugins import Context, Plugin, WeatherRead
from sources.validation.weather_values import gaps
from sources.weather.filling import filled
from sources.weather.stations import Station
from sources.weather.tables import observed_table, partial


class GhcnWeather(Strict):
    """`weather: {kind: ghcn, …}`. stations: the first is the city's, the others fill it; each needs its `ghcn` id.

    url: where the files lie, {station} standing for the id: an address or a path beside the YAML.
    """

    stations: tuple[Station, ...] = Field(min_length=1)
    since: date = date(2015, 1, 1)
    url: str = PLACE

    @field_validator("stations")
    @classmethod
    def _each_is_known_to_noaa(cls, value: tuple[Station, ...]) -> tuple[Station, ...]:
        if lacking := [s.label for s in value if s.ghcn is None]:
            raise ValueError(f"a GHCN-Daily station needs its `ghcn` id: {', '.join(lacking)}")
        return value


def read(config: GhcnWeather, ctx: Context) -> WeatherRead:
    """Observed days to yesterday. Raises SourceUnreadableError where no station could be read."""
    ctx.progress("reading weather stations")
    found = read_stations(config.stations, config.url, config.since, ctx)
    if not found.series:
        raise SourceUnreadableError(
            f"{ctx.plan.city.title}: weather: no station could be read: {'; '.join(found.failed.values())}",
            remedy="check the ghcn ids and the connection, or set weather.url to copies on disk",
            stations=tuple(found.failed),
        )
    whole = filled(list(found.series.values()))
    whole.corrections.extend(found.corrections)
    observed, corrections = observed_table(whole, ctx, "GHCN-Daily")
    last = pd.Timestamp(ctx.today) - pd.Timedelta(days=1)
    notes = [ATTRIBUTION, *found.notes, *(f"weather station left out: {why}" for why in found.failed.values())]
    notes += [told for s in found.series.values() for told in partial(s.label, s.days, last)]
    return WeatherRead(observed, None, corrections, found.files, (*notes, *gaps(observed)))


PLUGIN = Plugin(GhcnWeather, read, is_live=True)
