"""`crewcast export`: a published plan for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import City, Home

EPILOG = (
    "Examples:\n\n  crewcast export ellerby-falls --format ics --out calendars\n\n"
    "  crewcast export ellerby-falls --format a4 --format geojson --out today\n\n"
    "Reads one publication and nothing else; csv and xlsx are its own files."
)
KNOWN = ("csv", "geojson", "ics", "a4", "xlsx")


def register(app: typer.Typer) -> None:
    app.command("export", epilog=EPILOG)(export)


def export(
    city: City,
    out: Annotated[Path, typer.Option(help="Folder for the files; made where it is missing.", metavar="DIR")],
    formats: Annotated[
        list[str], typer.Option("--format", help=f"One of {', '.join(KNOWN)}; may be given more than once.")
    ],
    vintage: Annotated[str, typer.Option(help="Which publication.", metavar="VINTAGE")] = "latest",
    home: Home = None,
) -> None:
    """Write a published plan as CSV, GeoJSON, ICS calendars, A4 sheets or XLSX."""
    from domain.errors import ConfigError

    if odd := [f for f in formats if f not in KNOWN]:
        raise ConfigError(f"--format {odd[0]}: there is no such format", remedy=f"choose from {', '.join(KNOWN)}")
    from configs.load import load_city
    from serving.export.formats import FORMATS
    from storage.atomic import write_atomically
    from storage.home import open_home
    from storage.vintages import latest, read_vintage

    opened = open_home(home)
    folder = opened.city(city if city in opened.cities() else load_city(city).city.city)
    read = latest(folder) if vintage == "latest" else read_vintage(folder, vintage)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in [file for f in dict.fromkeys(formats) for file in FORMATS[f](read).items()]:
            write_atomically(out / name, data)
            typer.echo(f"written: {out / name}")
    except OSError as error:
        raise ConfigError(f"--out {out}: cannot be written to ({error})", remedy="choose another folder") from error
