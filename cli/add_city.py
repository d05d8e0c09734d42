"""`crewcast add-city`: a YAML proposed from a portal's own description of a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EPILOG = (
    "Examples:\n\n"
    "  crewcast add-city https://data.cityofchicago.org/d/v6vf-nfxy --timezone America/Chicago --write new.yaml\n\n"
    "Socrata, ArcGIS and CKAN. The file is a proposal to be reviewed; `crewcast labels FILE` shows the labels to map."
)


def register(app: typer.Typer) -> None:
    app.command("add-city", epilog=EPILOG)(add_city)


def add_city(
    url: Annotated[str, typer.Argument(help="Address of the data set's page or layer.")],
    name: Annotated[str | None, typer.Option(help="Short name of the city. Default: from the host.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA time zone, such as America/Chicago.")] = None,
    write: Annotated[Path | None, typer.Option(help="Where to write the YAML. Default: to standard output.")] = None,
) -> None:
    """Propose a city's YAML from a Socrata, ArcGIS or CKAN data set."""
    from domain.errors import ConfigError
    from pipelines.add_city import propose_city

    if write is not None and write.exists():
        raise ConfigError(f"{write} exists", remedy="choose another name, or remove it", file=str(write))
    proposed = propose_city(url, name, timezone)
    text = "\n".join(proposed.lines) + "\n"
    if write is None:
        typer.echo(text, nl=False)
    else:
        write.write_text(text, encoding="utf-8")
        typer.echo(f"written: {write}")
    for line in proposed.open:
        typer.echo(f"to decide: {line}", err=True)
