"""Stations of GHCN-Daily: their files from NOAA (a copy kept in the cache) or from disk."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.errors import SourceUnreadableError
from sources.files.tables import sha256
from sources.ghcn.reading import StationFile, read_station
from sources.plugins import Context
from sources.validation.steps import Correction
from sources.weather.filling import Series
from sources.weather.stations import Station
from sources.web_file import fetched, is_url, web_client

PLACE = "https://www.ncei.noaa.gov/pub/data/ghcn/daily/by_station/{station}.csv.gz"
ATTRIBUTION = "Weather: NOAA GHCN-Daily (public domain)"
MOST_BYTES = 60 * 2**20
"""A station of 150 years and all elements has about 4 MB."""


class StationsRead(NamedTuple):
    """series: one a station that could be read, in order. failed: station -> why not. files: name -> sha256."""

    series: dict[str, Series]
    corrections: list[Correction]
    notes: list[str]
    files: dict[str, str]
    failed: dict[str, str]


def read_stations(stations: tuple[Station, ...], place: str, first: date, ctx: Context) -> StationsRead:
    """Every station with a `ghcn` id, by its `id`. place: a URL, or a path beside the YAML, with {station} in it."""
    found = StationsRead({}, [], [], {}, {})
    last = ctx.today.fromordinal(ctx.today.toordinal() - 1)
    for station in (s for s in stations if s.ghcn):
        assert station.ghcn is not None
        try:
            path, note = _file(place.replace("{station}", station.ghcn), station, ctx)
            read: StationFile = read_station(path, station.ghcn, first, last)
        except SourceUnreadableError as error:
            found.failed[station.id] = error.what
            continue
        name = f"{station.name} (GHCN {station.ghcn})" if station.name else f"GHCN {station.ghcn}"
        found.series[station.id] = Series(f"ghcn {station.ghcn}", name, read.days)
        found.corrections.extend(read.corrections)
        found.notes.extend([*([note] if note else []), *read.notes])
        found.files[f"{station.ghcn}.csv.gz"] = sha256(path)
    return found


def _file(place: str, station: Station, ctx: Context) -> tuple[Path, str]:
    city = ctx.plan.city
    if not is_url(place):
        path = city.base_dir / Path(place).expanduser()
        if not path.is_file():
            raise SourceUnreadableError(f"there is no file {path}", remedy="correct the path in the YAML", file=path)
        return path, ""
    with web_client() as client:
        what = f"{city.title}: weather station {station.label}"
        got = fetched(client, place, ctx.cache / "ghcn", what=what, limit=MOST_BYTES)
    return got.path, got.note
