"""`crewcast forecast`: the long view, for quarters and years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.columns import aligned
from cli.options import City, Home, Quiet, parse_day

if TYPE_CHECKING:
    from storage.long_views import LongView

MOST_DAYS = 800
LEAST_SAID = 0.01

EPILOG = (
    "Examples:\n\n"
    "  crewcast forecast ellerby-falls --days 400\n\n"
    "  crewcast forecast ellerby-falls --days 400 --scenario wet-year --scenario hard-winter\n\n"
    "  crewcast forecast houston-files --as-of 2016-06-30 --scenario 2015 --out out/\n\n"
    "Scenarios: wet-year, dry-year, hard-winter, mild-winter, hot-summer, cool-summer, a past year by number, or "
    "climatology (all weather paths alike), which is the default. Each writes its own folder: daily draws by area, the "
    "weather they ride on, and totals by month, quarter and year."
)


def register(app: typer.Typer) -> None:
    app.command("forecast", epilog=EPILOG)(forecast)


def forecast(
    city: City,
    days: Annotated[int, typer.Option(help=f"Days ahead, 1 to {MOST_DAYS}.")] = 400,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Weather to assume; may be given more than once.", metavar="NAME")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Look ahead from the end of this local day, seeing only what was known then.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Copy the files to DIR/SCENARIO as well.", metavar="DIR")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait while another run holds the city.", min=0)] = 0.0,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Daily requests over a year or more, with honest ranges for quarters and years."""
    from datetime import UTC, datetime

    from domain.errors import ConfigError
    from models.long_view.scenarios import USUAL, check_name
    from pipelines.board import showing
    from pipelines.environment import isolate, loading
    from storage.home import open_home

    day = parse_day(as_of, "--as-of")
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError(f"--days {days} is not possible", remedy=f"look between 1 and {MOST_DAYS} days ahead")
    names = tuple(dict.fromkeys(scenario or [USUAL]))
    for name in names:
        check_name(name)
    opened = open_home(home)
    isolate(opened.prefect)
    with showing(quiet) as board:
        from pipelines.checked import checked
        from pipelines.job import Job

        job = Job(city, opened.root, datetime.now(UTC), day, move_latest=day is None, wait_seconds=wait)
        checked(job)
        with loading(), board.step("start Prefect and MLflow") as progress:
            from pipelines.forecast import forecast_flow
            from pipelines.steps.long_view import Ask
            from pipelines.warm import warm

            warm(opened, progress)
        views = forecast_flow(job, Ask(days, names, out))
    for view in views:
        report(view)


def report(view: LongView) -> None:
    """What was assumed, a line a category and quarter, and where the files lie."""
    manifest = view.manifest
    typer.echo(f"\n{manifest.title}: {manifest.first_date} to {manifest.last_date}, as of {manifest.as_of}")
    if manifest.label:
        typer.echo(f"label: {manifest.label}")
    typer.echo(f"mode: {', '.join(manifest.modes) or 'normal'}")
    typer.echo(f"scenario {manifest.scenario}: {manifest.rule}")
    typer.echo(f"weather: {manifest.weather}")
    for why in manifest.left_out.values():
        typer.echo(f"left out: {why}")
    for category, share in manifest.unlocated_share.items():
        if share >= LEAST_SAID:
            typer.echo(
                f"note: {share:.0%} of the last year's {category} requests name no area and are not counted here"
            )
    totals = view.frame("totals").query("level == 'city' and kind == 'quarter'")
    rows = [
        (
            str(row["category"]),
            str(row["period"]),
            f"{row['days']}" + ("" if row["is_whole"] else " (part)"),
            f"{row['mean']:,.0f}",
            f"{row['q10']:,.0f} – {row['q90']:,.0f}",
            f"{row['q025']:,.0f} – {row['q975']:,.0f}",
            "" if row["year_before"] != row["year_before"] else f"{row['year_before']:,.0f}",
        )
        for row in totals.to_dict("records")
    ]
    typer.echo(aligned(("category", "quarter", "days", "requests", "80 % range", "95 % range", "year before"), rows))
    typer.echo(f"written: {view.folder}")
