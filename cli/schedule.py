"""`crewcast schedule`: run a city every day."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import City, Home

EPILOG = (
    "Example:\n\n  crewcast schedule houston-files --at 05:00\n\n"
    "Stays in the foreground; stop it with Ctrl-C, or run it under systemd. Times are the city's local time. A city "
    "with a portal is synced before each run; a sync that fails leaves the last rows in use, and the plan says so."
)


def register(app: typer.Typer) -> None:
    app.command("schedule", epilog=EPILOG)(schedule)


def schedule(
    city: City,
    at: Annotated[str, typer.Option(help="Local time of day, HH:MM.")] = "05:00",
    home: Home = None,
) -> None:
    """Run a city every day at the same time, in its own time zone."""
    import re
    from pathlib import Path

    from configs.load import city_names, load_city
    from domain.errors import ConfigError
    from pipelines.environment import isolate
    from storage.home import open_home

    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at):
        raise ConfigError(f"--at {at}: not a time of day", remedy="write it as HH:MM, for example 05:00")
    plan, opened = load_city(city).city, open_home(home)
    # Runs start elsewhere: a path must not depend on where this was started.
    where = city if city in city_names() else str(Path(city).expanduser().resolve())
    isolate(opened.prefect)
    typer.echo(f"{plan.title}: every day at {at} ({plan.timezone}); stop with Ctrl-C")
    from pipelines.schedule import serve

    serve(where, opened.root, plan.city, at, plan.timezone)
