"""The simulated world: built from its settings alone, or taken from a folder where it was built before."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from domain.errors import ConfigError
from domain.progress import Progress, silent
from sources.plugins import Context
from sources.simulator.artefacts import chosen_day, inject, record_table
from sources.simulator.geography import Geography, make_geography
from sources.simulator.history import live, pack, unpack
from sources.simulator.raw import as_export
from sources.simulator.rows import make_rows
from sources.simulator.settings import WorldSettings
from sources.simulator.state import State
from sources.simulator.step import CLERK
from sources.simulator.town import Day, Town, make_days, make_town
from sources.simulator.weather_law import WorldWeather, make_weather

TABLES = ("raw", "artefacts", "links", "ended")


@dataclass(frozen=True)
class World:
    """raw: the export, see `raw.as_export`. artefacts: every fault, see `artefacts.record_table`.

    links: request_id, ident of the incident behind it, kind, area and place index. ended: ident, minute, how.
    states: evenings to go on from, see `history.History`. days: history and the spare days of the weather.
    mass_closing: the day on which clerks closed all flooding, or None.
    """

    settings: WorldSettings
    geography: Geography
    weather: WorldWeather
    town: Town
    days: tuple[Day, ...]
    mass_closing: date | None
    raw: pd.DataFrame
    artefacts: pd.DataFrame
    links: pd.DataFrame
    ended: pd.DataFrame
    states: tuple[State, ...]


def build(settings: WorldSettings, progress: Progress = silent) -> World:
    """The world of these settings: the same settings, the same bytes. 48 areas × 6 years: about 6 s."""
    frame = _frame(settings, progress)
    weather = frame.weather
    history = live(frame.town, settings, frame.days[: settings.days], weather.values, progress)
    progress("writing the requests down, faults included")
    rows = make_rows(settings, frame.geography, history)
    links = rows[["request_id", "ident", "kind", "place"]].reset_index(drop=True)
    faulty = inject(settings, rows)
    records = record_table(faulty.records)
    if frame.mass_closing is not None:
        closed = _closed_by_clerks(history.ended, links, frame.mass_closing - settings.start)
        records = _add(records, "clerical mass closing", frame.mass_closing, frame.mass_closing, closed)
    if weather.hurricane is not None:
        records = _add(records, "hurricane-like event", weather.hurricane, weather.hurricane + timedelta(days=3), 0)
    return replace(
        frame,
        raw=as_export(faulty.rows),
        artefacts=records,
        links=links,
        ended=history.ended,
        states=history.states,
    )


def cached(settings: WorldSettings, folder: Path, progress: Progress = silent) -> World:
    """The world from `folder`, built and kept there where it is not. Several processes may ask at once."""
    home = folder / f"simulated-{_key(settings)}"
    if not home.is_dir():
        _keep(build(settings, progress), home)
    states = np.load(home / "states.npz")
    raw, artefacts, links, ended = (pd.read_parquet(home / f"{name}.parquet") for name in TABLES)
    return replace(
        _frame(settings, progress),
        raw=raw,
        artefacts=artefacts,
        links=links,
        ended=ended,
        states=unpack({k: states[k] for k in states.files}),
    )


def _frame(settings: WorldSettings, progress: Progress) -> World:
    """Everything but the history: quick to make, so never kept in a file."""
    progress("drawing the town and its weather")
    return _drawn(settings)


@lru_cache(maxsize=1)
def _drawn(settings: WorldSettings) -> World:
    """Once a process: a run asks for it three times, for areas, requests and weather."""
    geography = make_geography(settings)
    weather = make_weather(settings.climate, settings.start, settings.days, settings.seed, hurricane=settings.hurricane)
    closing = _mass_closing_day(settings, weather) if settings.mass_closing else None
    days = make_days(settings, weather.dates, closing)
    town = make_town(settings, geography)
    nothing = pd.DataFrame()
    return World(settings, geography, weather, town, days, closing, nothing, nothing, nothing, nothing, ())


def _mass_closing_day(settings: WorldSettings, weather: WorldWeather) -> date:
    """The Tuesday after the great flood, when the list is too long to look at; else in mid-history."""
    if weather.hurricane is None:
        return chosen_day(settings, "mass closing", 0.3, 0.5, 1)
    day = weather.hurricane + timedelta(days=4)
    return min(day + timedelta(days=(1 - day.weekday()) % 7), settings.end)


def _closed_by_clerks(ended: pd.DataFrame, links: pd.DataFrame, since: timedelta) -> int:
    """Requests whose incident was cleared by a clerk on the day `since` the first."""
    cleared = ended[(ended["minute"] // 1440 == since.days) & (ended["how"] == CLERK)]
    return int(links["ident"].isin(cleared["ident"]).sum())


def _add(records: pd.DataFrame, kind: str, first: date, last: date, rows: int) -> pd.DataFrame:
    row = pd.DataFrame(
        {"kind": [kind], "first": [first], "last": [last], "rows": [rows], "note": ["in the world itself"]}
    )
    return pd.concat([records, row.astype(records.dtypes.to_dict())], ignore_index=True)


@lru_cache(maxsize=1)
def _source_hash() -> str:
    """Of the simulator's own files, so that a changed simulator never serves an old world."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def of_city(ctx: Context) -> World:
    """The world of a city whose requests are `kind: simulator`; time zone and country are the city's own."""
    return cached(_settings(ctx), ctx.cache, ctx.progress)


def frame_of_city(ctx: Context) -> World:
    """The same without its history: all that areas and weather are read from."""
    return _frame(_settings(ctx), ctx.progress)


def _settings(ctx: Context) -> WorldSettings:
    city = ctx.plan.city
    if city.requests.kind != "simulator":
        raise ConfigError(
            f"areas or weather are simulated but requests are of kind '{city.requests.kind}'",
            remedy="use `kind: simulator` for requests too, or another kind for the others",
            kind=city.requests.kind,
        )
    own = {"timezone": city.timezone, "country": city.holidays.country}
    return WorldSettings.model_validate(own | city.requests.settings)


def fingerprint(settings: WorldSettings) -> dict[str, str]:
    """What stands in for the files read: the settings and the simulator's code, hashed."""
    return {"simulated world": hashlib.sha256((settings.model_dump_json() + _source_hash()).encode()).hexdigest()}


def _key(settings: WorldSettings) -> str:
    return next(iter(fingerprint(settings).values()))[:20]


def _keep(world: World, home: Path) -> None:
    """Written beside and moved in one step: what lies at `home` is whole. A world already there wins."""
    home.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    for name in TABLES:
        getattr(world, name).to_parquet(beside / f"{name}.parquet", compression="zstd")
    np.savez(beside / "states.npz", allow_pickle=False, **pack(world.states))
    try:
        beside.rename(home)
    except OSError:
        shutil.rmtree(beside)
        if not home.is_dir():
            raise
