"""`crewcast cities`: which cities can be run by name, and which have run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Home

if TYPE_CHECKING:
    from storage.home import CityFolder

EPILOG = "Examples:\n\n  crewcast cities\n\n  crewcast cities --json"
YOURS = "from a YAML of yours"


def register(app: typer.Typer) -> None:
    app.command("cities", epilog=EPILOG)(cities)


def cities(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False, home: Home = None) -> None:
    """List the configured cities, those that have run here, and their newest publication."""
    import json

    from cli.columns import aligned
    from configs.load import city_names
    from storage.home import open_home

    opened = open_home(home)
    names = city_names()
    rows = [_configured(name, opened.city(name)) for name in names]
    rows += [_of_yours(opened.city(name)) for name in opened.cities() if name not in names]
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    cells = [(r["city"], r["title"], ", ".join(r["categories"]), r["problem"] or r["latest"] or "none") for r in rows]
    typer.echo(aligned(("city", "title", "categories", "latest plan"), cells))


def _configured(name: str, folder: CityFolder) -> dict[str, Any]:
    from configs.load import load_city
    from domain.errors import ConfigError

    try:
        city = load_city(name).city
    except ConfigError as error:
        return _row(name, "", (), None, error.what)
    return _row(name, city.title, city.categories, *_latest(folder)[:2]) | _read_here(folder)


def _of_yours(folder: CityFolder) -> dict[str, Any]:
    """A city that is known by what it published; its YAML lies elsewhere."""
    newest, problem, title, categories = _latest(folder)
    return _row(folder.root.name, f"{title} ({YOURS})".strip(), categories, newest, problem) | _read_here(folder)


def _read_here(folder: CityFolder) -> dict[str, Any]:
    """history: first and last day of the requests read here; age_days: from the last to today; verification: whether
    the city's sources were ever read here, as nothing else proves a configuration."""
    from datetime import UTC, datetime

    from domain.errors import SnapshotBrokenError
    from storage.snapshot import read_snapshot

    try:
        meta = read_snapshot(folder).meta
    except SnapshotBrokenError:
        return {"history": None, "age_days": None, "verification": "never read here"}
    age = (datetime.now(UTC).date() - meta.last_day).days
    history = {"first": meta.first_day.isoformat(), "last": meta.last_day.isoformat()}
    return {"history": history, "age_days": age, "verification": "read here"}


def _latest(folder: CityFolder) -> tuple[str | None, str | None, str, tuple[str, ...]]:
    """Newest vintage, what is wrong with it, its title and categories."""
    from domain.errors import NothingPublishedError, VintageBrokenError
    from storage.vintages import latest

    try:
        told = latest(folder).manifest
    except NothingPublishedError:
        return None, None, "", ()
    except VintageBrokenError as error:
        return None, error.what, "", ()
    return told.vintage_id, None, told.title, tuple(r.category for r in told.recipes)


def _row(
    city: str, title: str, categories: tuple[str, ...], latest: str | None, problem: str | None = None
) -> dict[str, Any]:
    return {"city": city, "title": title, "categories": list(categories), "latest": latest, "problem": problem}
