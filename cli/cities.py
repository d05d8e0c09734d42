"""`crewcast cities`: which cities can be run by name."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.options import Home

EPILOG = "Examples:\n\n  crewcast cities\n\n  crewcast cities --json"


def register(app: typer.Typer) -> None:
    app.command("cities", epilog=EPILOG)(cities)


def cities(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False, home: Home = None) -> None:
    """List the configured cities with their categories and newest publication."""
    import json

    from configs.load import city_names, load_city
    from domain.errors import ConfigError
    from storage.home import open_home
    from storage.vintages import latest

    opened = open_home(home)
    rows: list[dict[str, Any]] = []
    for name in city_names():
        try:
            city = load_city(name).city
        except ConfigError as error:
            rows.append({"city": name, "title": "", "categories": [], "latest": None, "problem": error.what})
            continue
        folder = opened.city(city.city)
        newest = latest(folder).manifest.vintage_id if folder.latest.exists() else None
        rows.append({"city": name, "title": city.title, "categories": list(city.categories), "latest": newest})
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        state = row.get("problem") or row["latest"] or "nothing published yet"
        typer.echo(f"{row['city']:<20} {row['title']}\n{'':<20} {', '.join(row['categories'])} · {state}")
