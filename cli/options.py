"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import ConfigError

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Where everything is kept. Default: $CREWCAST_HOME, else ~/.crewcast.", metavar="DIR"),
]
City = Annotated[str, typer.Argument(help="A name from `crewcast cities`, or the path of a city YAML.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress display.")]


def parse_day(value: str | None, option: str) -> date | None:
    """An ISO date, or an error that shows how to write one."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ConfigError(
            f"{option} {value}: not a date", remedy="write it as YYYY-MM-DD, for example 2017-12-17"
        ) from error
