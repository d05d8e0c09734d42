"""`crewcast actuals`: what crews really did, for the next plan to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.columns import aligned
from cli.options import City, Home, parse_day

if TYPE_CHECKING:
    from allocation.estimates import Estimate
    from allocation.hours_beyond import HoursBeyond
    from pipelines.actuals import SheetKept

EPILOG = (
    "Examples:\n\n"
    "  crewcast actuals ellerby-falls plan.xlsx\n\n"
    "  crewcast actuals ellerby-falls february.csv --known-at 2025-02-28\n\n"
    "  crewcast actuals ellerby-falls\n\n"
    "Without a file: what is stated, what was measured so far with its 90 % range, and what the last plan used. "
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
    file: Annotated[
        Path | None, typer.Argument(help="The filled sheet, .xlsx or .csv; none: what is measured.", metavar="FILE")
    ] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", help="The local day it was in hand, for sheets of the past.")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait while another run holds the city.", min=0)] = 0.0,
    home: Home = None,
) -> None:
    """Keep an end-of-shift sheet and re-estimate minutes, conversion and attainment from all that is filed."""
    from datetime import UTC, datetime

    from pipelines.actuals import estimates_now, file_sheet, hours_beyond_now
    from pipelines.job import Job
    from storage.home import open_home

    if file is None and known_at is not None:
        raise typer.BadParameter("says when a sheet was in hand: name the sheet too", param_hint="--known-at")
    job = Job(city, open_home(home).root, datetime.now(UTC), wait_seconds=wait)
    if file is not None:
        report(file, file_sheet(job, file, parse_day(known_at, "--known-at")))
    report_figures(estimates_now(job))
    report_hours(hours_beyond_now(job))


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
        told = "reason in other words is" if kept.reworded == 1 else "reasons in other words are"
        typer.echo(f"note: {kept.reworded} {told} kept as 'other': free text may name somebody")
    typer.echo(f"plans as of {kept.known_on} or later use it")


def report_figures(found: tuple[Estimate, ...]) -> None:
    """Every figure that sheets can measure: as stated, as measured so far, and as the last plan has it."""
    from allocation.measured import FEWEST_COVERED, FEWEST_DAYS, FEWEST_JOBS, FEWEST_SHIFTS
    from allocation.with_measured import told_closely

    rows = [
        (
            _of(e),
            UNITS[e.name],
            f"{e.stated:.2f} ({e.basis})",
            "–" if e.measured is None else f"{e.measured.value:.2f}",
            "–" if e.measured is None else f"{e.measured.low:.2f} – {e.measured.high:.2f}",
            str(e.shifts if e.measured is None else e.measured.shifts),
            _in_use(e),
        )
        for e in found
    ]
    typer.echo(aligned(("of", "figure", "stated", "measured", "90 % range", "shifts", "last plan"), rows))
    if any(e.measured is None for e in found):
        typer.echo(
            f"–: not measured yet. A figure needs {FEWEST_SHIFTS} filed shifts that tell of it; minutes need "
            f"{FEWEST_JOBS} jobs of that kind besides; jobs a request need "
            f"{FEWEST_DAYS} days of them, {FEWEST_COVERED:.0%} of the rostered shifts filed, and closures in the feed"
        )

    if wide := [_of(e) for e in found if e.name == "minutes" and e.measured and not told_closely(e.measured)]:
        typer.echo(
            f"note: {', '.join(wide)}: the 90 % range of minutes is wider than ± 30 %, so plans still try what changes "
            "at that. More shifts narrow it; where crews always do the same mix of work, only shifts of another mix do"
        )
    if any(e.name == "attainment" and e.measured and e.measured.value > 1 for e in found):
        typer.echo("note: more hours were filed than planned, so the next plan counts no absence at all")


def report_hours(beyond: tuple[HoursBeyond, ...]) -> None:
    """Yards and crew types whose filed hours are more than planned, and what to do."""
    for one in beyond:
        typer.echo(
            f"note: {one.yard}, {one.crew_type}: {one.attained:.2f} of the planned hours over {one.shifts} shifts; "
            "hours may include breaks"
        )
    if beyond:
        typer.echo(
            "remedy: file the hours of all crews together, breaks left out; a corrected row becomes a new version. "
            "Where it was overtime that nobody planned, nothing is wrong"
        )


def _of(e: Estimate) -> str:
    return " ".join(part for part in (e.category, e.crew_type) if part) or "all crews"


def _in_use(e: Estimate) -> str:
    if e.in_plan is None:
        return "no plan yet"
    now = e.stated if e.measured is None else e.measured.value
    apart = abs(e.in_plan - now) > 5e-5
    return f"{e.in_plan:.2f}, the next one {now:.2f}" if apart else f"{e.in_plan:.2f}"
