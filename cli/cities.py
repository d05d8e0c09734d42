"""`crewcast cities`: which cities can be run by name, and which have run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Home

if TYPE_CHECKING:
    from datetime import date

    from domain.city import CityPlan
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
    head = ("city", "title", "categories", "requests", "state", "latest plan")
    cells = [
        (r["city"], r["title"], ", ".join(r["categories"]), _history(r), r.get("verification", ""),
         r["problem"] or r["latest"] or "none")
        for r in rows
    ]  # fmt: skip
    typer.echo(aligned(head, cells))


def _history(row: dict[str, Any]) -> str:
    """2015-01-01 to 2016-12-31, 3 days old."""
    if not row.get("history"):
        return "none read"
    return f"{row['history']['first']} to {row['history']['last']}, {row['age_days']} days old"


def _configured(name: str, folder: CityFolder) -> dict[str, Any]:
    from configs.load import load_city
    from domain.errors import ConfigError

    try:
        plan = load_city(name)
        portal = _portal(folder, plan)
    except ConfigError as error:
        return _row(name, "", (), None, error.what)
    told = _row(name, plan.city.title, plan.city.categories, *_latest(folder)[:2]) | _read_here(folder)
    return told | portal | {"verification": _verification(told, portal)}


def _portal(folder: CityFolder, plan: CityPlan) -> dict[str, Any]:
    """synced_at, sync_problem: of the last sync. unverified_labels, cannot_carry: as the YAML has them; nothing for a
    city without a portal."""
    from domain.errors import SnapshotBrokenError
    from pipelines.steps.synced import portal, stand_of, synced_span

    found = portal(plan)
    if found is None:
        return {}
    config = found[1]
    told = {"unverified_labels": list(config.unverified_labels), "cannot_carry": list(config.cannot_carry)}
    try:
        state, span = stand_of(folder, plan), synced_span(folder, plan)
    except SnapshotBrokenError as error:
        return told | {"synced_at": None, "sync_problem": error.what}
    told |= _days(*span) if span is not None else {}
    whole = state.synced_at.isoformat() if state is not None and state.synced_at is not None else None
    return told | {"synced_at": whole, "sync_problem": (state.problem if state is not None else "") or None}


def _verification(told: dict[str, Any], portal: dict[str, Any]) -> str:
    """Whether the city's sources were ever read here, as nothing else proves a configuration."""
    if not portal:
        return str(told["verification"])
    labels = len(portal["unverified_labels"])
    doubt = f", {labels} label{'' if labels == 1 else 's'} unverified" if labels else ""
    if portal["sync_problem"]:
        return f"sync failed{doubt}"
    return f"synced {portal['synced_at'][:10]}{doubt}" if portal["synced_at"] else f"never synced here{doubt}"


def _of_yours(folder: CityFolder) -> dict[str, Any]:
    """A city that is known by what it published; its YAML lies elsewhere."""
    newest, problem, title, categories = _latest(folder)
    return _row(folder.root.name, f"{title} ({YOURS})".strip(), categories, newest, problem) | _read_here(folder)


def _read_here(folder: CityFolder) -> dict[str, Any]:
    """What the last run read."""
    from domain.errors import SnapshotBrokenError
    from storage.snapshot import read_snapshot

    try:
        meta = read_snapshot(folder).meta
    except SnapshotBrokenError:
        return {"history": None, "age_days": None, "verification": "never read here"}
    return _days(meta.first_day, meta.last_day) | {"verification": "read here"}


def _days(first: date, last: date) -> dict[str, Any]:
    """history: first and last day of the requests; age_days: from the last to today."""
    from datetime import UTC, datetime

    history = {"first": first.isoformat(), "last": last.isoformat()}
    return {"history": history, "age_days": (datetime.now(UTC).date() - last).days}


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
