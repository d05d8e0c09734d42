"""What a source plug-in is, and how a YAML section finds its own by `kind`.

A section `requests`, `weather`, `areas` or `open_work` with `kind: K` is served by the module
`sources.K.<section>`, requests of a portal by `sources.portals.K`; it exposes one constant `PLUGIN`. Only that module
is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Generic, Literal, TypeVar, cast

import pandas as pd
from pydantic import ValidationError

from domain.category import Strict
from domain.city import CityPlan, Section
from domain.config_errors import as_config_error
from domain.errors import ConfigError
from domain.progress import Progress, silent
from domain.words import HealthNote

Kind = Literal["requests", "weather", "areas", "open_work"]
Config = TypeVar("Config", bound=Strict)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Synced:
    """What `crewcast sync` has brought: the newest version of each request.

    frame: `sources.validate.REQUEST_COLUMNS` as text, source, and seen_at, when the sync learned of the version.
    deleted: rows that have vanished from the portal since. problem: why the last sync failed, "" where it did not.
    tried_at: when the last one began. retried: reason -> calls that it made again. side_problem: why the side channel
    for late closures was not read to its end.
    """

    frame: pd.DataFrame
    files: dict[str, str]
    synced_at: datetime
    tried_at: datetime
    problem: str = ""
    deleted: int = 0
    retried: Mapping[str, int] = field(default_factory=dict)
    side_problem: str = ""


@dataclass(frozen=True)
class Context:
    """What a plug-in is told about the city it reads for. cache: a folder it may fill.

    areas: the `areas` table, read first; empty where the areas are to be taken from the rows.
    synced: reads what was synced from the city's portal; gives None before the first sync.
    """

    plan: CityPlan
    cache: Path
    today: date
    """Local day of the run: rows dated after it are in the future."""
    progress: Progress = silent
    areas: pd.DataFrame | None = None
    now: datetime | None = None
    """The moment of the run (UTC): when what a live source says became known. None: the clock."""
    synced: Callable[[], Synced | None] | None = None


@dataclass(frozen=True)
class Requests:
    """Validated rows of one read, before versioning.

    Exactly one of rows (columns of `requests` without known_at and known_at_basis) and counts (columns of
    `counts` without known_at) is given. quarantine, corrections: as in `domain.tables`.
    rows_read: every row of the source, so that rows_read = rows_used + quarantined + excluded + duplicates, always.
    rows_used: rows of the source behind `rows` or `counts` (labels of one category are summed in counts).
    excluded: information-only rows. duplicates: technical ones, and older versions of the same id.
    has_hours: False where created_at is a date only. has_backlog: False where no row says whether it was closed.
    files: name -> sha256 of what was read. seen: of each of `rows`, when an earlier sync learned what it says.
    modes: in which the source itself puts the run. health: what it tells of itself on the health page.
    """

    rows: pd.DataFrame | None
    counts: pd.DataFrame | None
    quarantine: pd.DataFrame
    corrections: pd.DataFrame
    rows_read: int
    has_hours: bool
    files: dict[str, str]
    notes: tuple[str, ...] = ()
    rows_used: int = 0
    excluded: int = 0
    duplicates: int = 0
    has_backlog: bool = True
    seen: pd.Series | None = None
    modes: tuple[str, ...] = ()
    health: tuple[HealthNote, ...] = ()


@dataclass(frozen=True)
class WeatherRead:
    """observed: columns of `weather_observed`; issued: columns of `weather_issued`, or None."""

    observed: pd.DataFrame
    issued: pd.DataFrame | None
    corrections: pd.DataFrame
    files: dict[str, str]
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class AreasRead:
    """areas: columns of `areas`; corrections: outlines that were repaired, names that were normalised."""

    areas: pd.DataFrame
    corrections: pd.DataFrame
    files: dict[str, str]
    notes: tuple[str, ...] = ()


def _fits(config: Strict, plan: CityPlan) -> None:
    """Nothing to check."""


@dataclass(frozen=True)
class Plugin(Generic[Config, Result]):
    """config: the frozen model of the section. read: pure but for reading its source.

    check: whether the settings fit this city, before the first step; raises ConfigError.
    is_live: it reads servers, so that the last good data may stay in use, labelled, where they fail.
    """

    config: type[Config]
    read: Callable[[Config, Context], Result]
    check: Callable[[Config, CityPlan], None] = field(default=_fits)
    is_live: bool = False


def load(section: Kind, kind: str) -> Plugin[Strict, object]:
    """The plug-in for a section, or a ConfigError naming the kinds there are."""
    name = _module(section, kind) if kind.isidentifier() else None
    if name is None:
        kinds = ", ".join(available(section))
        raise ConfigError(f"{section}: there is no kind '{kind}'", remedy=f"use one of: {kinds}", kind=kind)
    return cast("Plugin[Strict, object]", import_module(name).PLUGIN)


def available(section: Kind) -> list[str]:
    """Kinds that serve a section, by looking at files only."""
    here = Path(__file__).parent
    portals = [p.stem for p in here.glob("portals/*.py") if p.stem != "__init__"] if section == "requests" else []
    return sorted([*(p.parent.name for p in here.glob(f"*/{section}.py")), *portals])


def _module(section: Kind, kind: str) -> str | None:
    """The module that serves a section, without importing it."""
    if section == "requests" and (Path(__file__).parent / "portals" / f"{kind}.py").is_file():
        return f"sources.portals.{kind}"
    name = f"sources.{kind}.{section}"
    try:
        return name if find_spec(name) is not None else None
    except ModuleNotFoundError:
        return None


def kinds_with(section: Kind, key: str) -> list[str]:
    """Kinds of a section whose settings have that key. Imports them all, so only a wrong YAML asks."""
    return [kind for kind in available(section) if key in load(section, kind).config.model_fields]


def settings(
    section: Section, plugin: Plugin[Config, Result], *, name: Kind | None = None, file: object = ""
) -> Config:
    """The section as the plug-in's own frozen model.

    name: of the section, file: of the YAML, for the ConfigError that names an unknown key or a wrong value.
    """
    try:
        return plugin.config.model_validate(section.settings)
    except ValidationError as error:
        raise as_config_error(
            error, plugin.config, file=file or section.kind, section=name or "",
            owners=lambda key: kinds_with(name, key) if name else [],
        ) from error  # fmt: skip


Sections = dict[Kind, tuple[Plugin[Strict, object], Strict]]
"""The sections a city has, each with its plug-in and settings."""


def configured(plan: CityPlan) -> Sections:
    """Every section of the city with its plug-in and settings, all checked before the first step.

    Raises ConfigError for a kind there is not, an unknown key, a wrong value, or holidays that nobody knows.
    """
    from sources.calendar import check_rule

    check_rule(plan.city.holidays)
    found: Sections = {}
    sections: dict[Kind, Section | None] = {
        "areas": plan.city.areas,
        "requests": plan.city.requests,
        "weather": plan.city.weather,
        "open_work": plan.city.open_work,
    }
    for kind, section in sections.items():
        if section is not None:
            plugin = load(kind, section.kind)
            config = settings(section, plugin, name=kind, file=plan.city.file)
            plugin.check(config, plan)
            found[kind] = (plugin, config)
    return found
