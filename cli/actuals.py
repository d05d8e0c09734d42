"""`crewcast actuals`: what crews really did, for the next plan to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.columns import aligned
from cli.options import City, Home, parse_day

if TYPE_CHECKING:
    from domain.measured import MeasuredFigure
    from pipelines.actuals import SheetKept

EPILOG = (
    "Examples:\n\n"
    "  crewcast actuals ellerby-falls plan.xlsx\n\n"
    "  crewcast actuals ellerby-falls february.csv --known-at 2025-02-28\n\n"
    "The sheet is the published plan.xlsx with its yellow columns filled in, or a CSV with date, yard, shift, "
    "crew_type, crews, hours, jobs_CATEGORY and reason. Filing a sheet twice changes nothing; a corrected row becomes "
    "a new version. Columns that name persons are refused."
)

ASIDE_SHOWN = 10
UNITS = {"minutes": "minutes a job", "conversion": "jobs a request", "attainment": "hours worked ÷ planned"}


def register(app: typer.Typer) -> None:
    app.command("actuals", epilog=EPILOG)(actuals)


def actuals(
    city: City,
    file: Annotated[Path, typer.Argument(help="The filled sheet, .xlsx or .csv.", metavar="FILE")],
    known_at: Annotated[
        str | None, typer.Option("--known-at", help="The local day it was in hand, for sheets of the past.")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait while another run holds the city.", min=0)] = 0.0,
    home: Home = None,
) -> None:
    """Keep an end-of-shift sheet and re-estimate minutes, conversion and attainment from all that is filed."""
    from datetime import UTC, datetime

    from pipelines.actuals import file_sheet, next_figures
    from pipelines.job import Job
    from storage.home import open_home

    job = Job(city, open_home(home).root, datetime.now(UTC), wait_seconds=wait)
    report(file, file_sheet(job, file, parse_day(known_at, "--known-at")))
    report_figures(next_figures(job))


def report(file: Path, kept: SheetKept) -> None:
    """What was kept, corrected and put in quarantine."""
    filed = kept.filed
    typer.echo(f"{file.name}: {filed.new} new, {filed.corrected} corrected, {filed.unchanged} as known already")
    typer.echo(f"not filled in: {kept.empty}; in quarantine: {len(kept.aside)}")
    for row in kept.aside[:ASIDE_SHOWN]:
        typer.echo(f"in quarantine: {row}")
    if len(kept.aside) > ASIDE_SHOWN:
        typer.echo(f"in quarantine: {len(kept.aside) - ASIDE_SHOWN} more, in the table actuals_quarantine")
    if kept.reworded:
        typer.echo(f"note: {kept.reworded} reasons in other words are kept as 'other': free text may name somebody")
    typer.echo(f"plans as of {kept.known_on} or later use it")


def report_figures(figures: tuple[MeasuredFigure, ...]) -> None:
    """What the next plan's problem will say, beside what the YAML states."""
    from allocation.measured import FEWEST_SHIFTS

    if not figures:
        typer.echo(f"nothing is re-estimated yet: each figure needs {FEWEST_SHIFTS} filed shifts")
        return
    rows = [
        (
            " ".join(part for part in (f.category, f.crew_type) if part) or "all crews",
            UNITS[f.name],
            f"{f.value:.2f}",
            f"{f.low:.2f} – {f.high:.2f}",
            f"{f.stated:.2f} ({f.stated_basis})",
            str(f.shifts),
        )
        for f in figures
    ]
    typer.echo(aligned(("of", "figure", "measured", "90 % range", "stated", "shifts"), rows))
