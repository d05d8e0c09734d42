"""`crewcast sync`: pull what is new from a city's portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import City, Home, Quiet, parse_day

if TYPE_CHECKING:
    from pipelines.sync import Report

EPILOG = (
    "Examples:\n\n"
    "  crewcast sync chicago --since 2024-01-01\n\n"
    "  crewcast sync chicago\n\n"
    "The first sync pulls the history, later ones what has changed. A sync that was killed goes on where it stopped."
)


def register(app: typer.Typer) -> None:
    app.command("sync", epilog=EPILOG)(sync)


def sync(
    city: City,
    since: Annotated[
        str | None, typer.Option(help="First sync: requests created from this local day on. Default: all there are.")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait while another run holds the city.", min=0)] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Pull new, changed and vanished requests from a city's portal."""
    import json
    from datetime import UTC, datetime

    from pipelines.board import showing
    from storage.home import open_home

    day = parse_day(since, "--since")
    opened = open_home(home)
    with showing(quiet) as board:
        from pipelines.job import Job
        from pipelines.steps.synced import portal_of
        from pipelines.sync import sync as pull

        job = Job(city, opened.root, datetime.now(UTC), wait_seconds=wait)
        portal_of(job.plan())
        with board.step(f"sync {job.plan().city.title}") as progress:
            report = pull(job, day, progress)
    if as_json:
        typer.echo(json.dumps(record(report), indent=1))
        return
    for line in lines(report):
        typer.echo(line)


def record(report: Report) -> dict[str, object]:
    """The same as one JSON object. rows_per_second: null where nothing travelled."""
    rate = round(report.read / report.seconds, 1) if report.read and report.seconds else None
    told = {name: value for name, value in vars(report).items() if name not in ("tally", "seconds")}
    cost = {"calls": report.tally.calls, "bytes": report.tally.bytes, "retried": report.tally.retried}
    return told | {"seconds": round(report.seconds, 3), "rows_per_second": rate} | cost


def lines(report: Report) -> list[str]:
    """What was brought, from where, at which rate, and what was tried again."""
    rate = report.read / report.seconds if report.seconds else 0.0
    said = [
        f"{report.title}: {report.read:,} rows read, {report.new:,} new versions, {report.vanished:,} vanished, "
        f"{rate:,.0f} rows a second"
    ]
    said += [f"{name}: {what}" for name, what in report.passes.items()]
    if report.unreadable:
        said.append(f"{report.unreadable:,} lines do not fit their header and were left out")
    if report.forgotten:
        said.append(f"{report.forgotten:,} places of old requests were forgotten (retention_days)")
    if report.closed_late:
        said.append(f"{report.closed_late:,} requests closed or open again by Open311, before the feed says so")
    if report.side_problem:
        said.append(f"late closures were not asked for to the end: {report.side_problem}")
    if report.tally.retried:
        tries = ", ".join(f"{n} × {reason}" for reason, n in sorted(report.tally.retried.items()))
        said.append(f"tried again: {tries}")
    return said
