"""`crewcast run`: the main job for one city."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import City, Home, Quiet, parse_day

if TYPE_CHECKING:
    from pipelines.steps.publish import Published

EPILOG = (
    "Examples:\n\n"
    "  crewcast run ellerby-falls\n\n"
    "  crewcast run houston-files --as-of 2017-12-17\n\n"
    "  crewcast run my-city.yaml --wait 600\n\n"
    "With --as-of the plan is published, but `latest` stays where it is unless --move-latest is given."
)

WARNINGS_SHOWN = 5


def register(app: typer.Typer) -> None:
    app.command("run", epilog=EPILOG)(run)


def run(
    city: City,
    as_of: Annotated[
        str | None, typer.Option(help="Plan as of the end of this local day, seeing only what was known then.")
    ] = None,
    reselect: Annotated[bool, typer.Option(help="Choose the forecasters again, even if a champion is fresh.")] = False,
    move_latest: Annotated[
        bool, typer.Option("--move-latest", help="With --as-of: let `latest` move if this plan is newer.")
    ] = False,
    wait: Annotated[float, typer.Option(help="Seconds to wait while another run holds the city.", min=0)] = 0.0,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Read a city's data, forecast, plan the crews and publish."""
    day = parse_day(as_of, "--as-of")
    execute(city, home, day, reselect=reselect, move_latest=move_latest or day is None, wait=wait, quiet=quiet)


def execute(
    city: str,
    home: Path | None,
    as_of: date | None,
    *,
    reselect: bool = False,
    move_latest: bool = True,
    wait: float = 0.0,
    quiet: bool = False,
) -> Published:
    """Run the flow in Prefect's own home and say where the plan lies."""
    from datetime import UTC, datetime

    from pipelines.board import showing
    from pipelines.environment import isolate, loading
    from storage.home import open_home

    opened = open_home(home)
    isolate(opened.prefect)
    with showing(quiet) as board:
        from pipelines.checked import checked
        from pipelines.job import Job
        from storage.lock import check_free

        job = Job(city, opened.root, datetime.now(UTC), as_of, reselect, move_latest, wait)
        checked(job)
        if not wait:
            check_free(job.folder())
        with loading(), board.step("start Prefect and MLflow") as progress:
            from pipelines.daily import daily_flow
            from pipelines.warm import warm

            warm(opened, progress)
        published = daily_flow(job)
    report(published, pages_command(city, published.manifest.city), moved=move_latest)
    return published


def pages_command(asked: str, city: str) -> str:
    """How the pages of a city are served; a YAML of one's own is named, as sheets and other weather need it."""
    import shlex

    from configs.load import city_names

    config = "" if asked in city_names() else f" --config {shlex.quote(asked)}"
    return f"crewcast serve --city {city}{config}"


def warnings(published: Published) -> list[str]:
    """What the health page warns of beside the modes; all but the first few are left to the report."""
    from storage.vintages import Vintage

    health = Vintage(published.folder).frame("health")
    found = health[(health["severity"] == "warning") & (health["kind"] != "mode")]
    said = [f"{item}: {value}" for item, value in zip(found["item"], found["value"], strict=True)]
    more = len(said) - WARNINGS_SHOWN
    return said if more <= 0 else [*said[:WARNINGS_SHOWN], f"{more} more under Data health in the report"]


def report(published: Published, pages: str, *, moved: bool) -> None:
    """What was published, in which mode, by which forecaster, and where it lies. pages: how to see it served."""
    manifest = published.manifest
    typer.echo(f"{manifest.title}: {manifest.first_date} to {manifest.last_date}, as of {manifest.as_of}")
    if manifest.label:
        typer.echo(f"label: {manifest.label}")
    typer.echo(f"mode: {', '.join(manifest.modes) or 'normal'}")
    for warning in warnings(published):
        typer.echo(f"warning: {warning}")
    for recipe in manifest.recipes:
        typer.echo(f"{recipe.category}: {recipe.sentence}")
    if manifest.locks:
        typer.echo(f"locks: {manifest.locks.sentence(manifest.currency)}")
    if not moved:
        typer.echo("`latest` was not moved (--as-of; use --move-latest to let it)")
    typer.echo(f"report: {published.folder / 'report.html'}")
    typer.echo(f"pages: {pages}")
    typer.echo(f"published: {published.folder}")
