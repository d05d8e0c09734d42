"""`crewcast runs`: list what is published, and open it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import City, Home

EPILOG = (
    "Examples:\n\n  crewcast runs houston-files\n\n  crewcast runs houston-files --open latest\n\n"
    "  crewcast runs houston-files --verify 2017-12-17-r0-1a2b3c4d"
)


def register(app: typer.Typer) -> None:
    app.command("runs", epilog=EPILOG)(runs)


def runs(
    city: City,
    open_: Annotated[
        str | None, typer.Option("--open", help="Open the report of this vintage (or `latest`).", metavar="VINTAGE")
    ] = None,
    verify: Annotated[
        str | None, typer.Option(help="Check every file of this vintage (or `latest`) against its manifest.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
) -> None:
    """List a city's publications, newest last; open or verify one."""
    from configs.load import load_city
    from storage.home import open_home
    from storage.vintages import Vintage, latest, list_vintages, read_vintage

    folder = open_home(home).city(load_city(city).city.city)

    def named(name: str) -> Vintage:
        return latest(folder) if name == "latest" else read_vintage(folder, name)

    if open_:
        report = named(open_).folder / "report.html"
        typer.echo(f"report: {report}")
        typer.launch(str(report))
    elif verify:
        vintage = named(verify)
        vintage.verify()
        typer.echo(f"{vintage.manifest.vintage_id}: {len(vintage.manifest.files)} files match the manifest")
    else:
        _list(list_vintages(folder), latest(folder).manifest.vintage_id if folder.latest.exists() else "", as_json)


def _list(vintages: list[str], newest: str, as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps([{"vintage_id": v, "is_latest": v == newest} for v in vintages], indent=1))
        return
    for vintage in vintages:
        typer.echo(f"{vintage}{'  ← latest' if vintage == newest else ''}")
    if not vintages:
        typer.echo("nothing published yet; `crewcast run CITY` publishes")
