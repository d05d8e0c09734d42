"""`crewcast runs`: list what is published, and open it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Home

if TYPE_CHECKING:
    from storage.home import CityFolder
    from storage.home import Home as OpenedHome

EPILOG = (
    "Examples:\n\n  crewcast runs\n\n  crewcast runs houston-files\n\n  crewcast runs houston-files --open latest\n\n"
    "  crewcast runs houston-files --verify 2017-12-17-r0-1a2b3c4d"
)
Chosen = Annotated[
    str | None, typer.Argument(help="A name from `crewcast cities`, or the path of a city YAML. Default: all.")
]


def register(app: typer.Typer) -> None:
    app.command("runs", epilog=EPILOG)(runs)


def runs(
    city: Chosen = None,
    open_: Annotated[
        str | None, typer.Option("--open", help="Open the report of this vintage (or `latest`).", metavar="VINTAGE")
    ] = None,
    verify: Annotated[
        str | None,
        typer.Option(help="Check every file of this vintage (or `latest`) against its manifest.", metavar="VINTAGE"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
) -> None:
    """List publications, newest last; open or verify one."""
    from domain.errors import ConfigError
    from storage.home import open_home
    from storage.vintages import Vintage, latest, read_vintage

    opened = open_home(home)
    if city is None:
        if open_ or verify:
            raise ConfigError("--open and --verify need a city", remedy="name it: crewcast runs CITY --open latest")
        _list([row for folder in _all(opened) for row in _rows(folder)], as_json)
        return
    folder = _folder(opened, city)

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
        _list(_rows(folder), as_json)


def _all(opened: OpenedHome) -> list[CityFolder]:
    return [opened.city(name) for name in opened.cities()]


def _folder(opened: OpenedHome, city: str) -> CityFolder:
    """The folder of a city that has run here, or of a configured one."""
    from configs.load import load_city

    return opened.city(city if city in opened.cities() else load_city(city).city.city)


def _rows(folder: CityFolder) -> list[dict[str, Any]]:
    """A row a vintage; one that cannot be read says so."""
    from domain.errors import NothingPublishedError, VintageBrokenError
    from storage.vintages import latest, list_vintages, read_vintage

    try:
        newest = latest(folder).folder.name
    except (NothingPublishedError, VintageBrokenError):
        newest = ""
    rows: list[dict[str, Any]] = []
    for name in list_vintages(folder):
        row: dict[str, Any] = {"city": folder.root.name, "vintage_id": name, "is_latest": name == newest}
        try:
            told = read_vintage(folder, name).manifest
        except VintageBrokenError as error:
            rows.append(row | {"problem": error.what})
            continue
        dates = {n: getattr(told, n).isoformat() for n in ("as_of", "origin", "first_date", "last_date")}
        rows.append(row | dates | {"modes": list(told.modes)})
    return rows


def _list(rows: list[dict[str, Any]], as_json: bool) -> None:
    import json

    from cli.columns import aligned

    if as_json:
        typer.echo(json.dumps(rows, indent=1))
    elif rows:
        header = ("city", "vintage", "as of", "origin", "plans", "mode", "")
        typer.echo(aligned(header, [_cells(row) for row in rows]))
    else:
        typer.echo("nothing published yet; `crewcast run CITY` publishes")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    mark = "← latest" if row["is_latest"] else ""
    if "problem" in row:
        return (row["city"], row["vintage_id"], "", "", "", f"cannot be read: {row['problem']}", mark)
    plans = f"{row['first_date']} to {row['last_date']}"
    mode = ", ".join(row["modes"]) or "normal"
    return (row["city"], row["vintage_id"], row["as_of"], row["origin"], plans, mode, mark)
