"""`crewcast labels`: the labels of a portal beside those of the YAML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import City, Home, Quiet, parse_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.labels import LabelsFound

EPILOG = (
    "Examples:\n\n"
    "  crewcast labels new-york-city --since 2023-01-01\n\n"
    "  crewcast labels chicago --write chicago-labels.yaml\n\n"
    "Where its protocol can, the portal counts and no rows travel; files are read whole."
)
MOST_OTHERS = 10


def register(app: typer.Typer) -> None:
    app.command("labels", epilog=EPILOG)(labels)


def labels(
    city: City,
    since: Annotated[
        str | None, typer.Option(help="Rows created from this local day on. Default: the last two years.")
    ] = None,
    write: Annotated[Path | None, typer.Option(help="Write a proposal for the YAML to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Which labels a city's portal has, which are mapped, look alike, stopped, started or were renamed."""
    import json
    from dataclasses import asdict
    from datetime import UTC, datetime

    from pipelines.board import showing
    from storage.home import open_home

    day = parse_day(since, "--since")
    opened = open_home(home)
    with showing(quiet) as board:
        from pipelines.job import Job
        from pipelines.labels import find_labels, propose

        job = Job(city, opened.root, datetime.now(UTC))
        with board.step(f"labels of {job.plan().city.title}") as progress:
            found = find_labels(job, day, progress)
    if as_json:
        typer.echo(json.dumps(asdict(found.review), indent=1, default=str, ensure_ascii=False))
    else:
        for line in lines(found):
            typer.echo(line)
    if write is not None:
        typer.echo(f"proposal: {propose(found, write)}", err=as_json)


def lines(found: LabelsFound) -> Iterator[str]:
    """What a reader needs to decide on the mapping."""
    from cli.columns import aligned

    review = found.review
    yield f"{found.plan.city.title}: {len(review.seen):,} labels in rows since {found.since}"
    shown = [s for s in review.seen if s.category or s.is_excluded or s.nearest]
    cells = [
        (f"{s.count.rows:,}", s.category or ("no demand" if s.is_excluded else "not mapped"), s.count.label,
         f"looks like '{s.nearest}' ({s.likeness:.0f} of 100)" if s.nearest else "")
        for s in shown
    ]  # fmt: skip
    if cells:
        yield aligned(("rows", "category", "label", ""), cells)
    yield from (f"not at the portal: '{label}' is mapped and has no row in these days" for label in review.unseen)
    for r in review.renamed:
        yield (
            f"renamed? '{r.old}' stopped on {r.stopped}, '{r.new}' started on {r.started} "
            f"({r.likeness:.0f} of 100 alike)"
        )
    named = {n for r in review.renamed for n in (r.old, r.new)}
    mine = {s.count.label for s in review.seen if s.category}
    yield from (f"stopped: '{label}'" for label in review.stopped if label in mine - named)
    started = [label for label in review.started if label not in named]
    yield from (f"started: '{label}'" for label in started[:MOST_OTHERS])
    if len(started) > MOST_OTHERS:
        yield f"started: {len(started) - MOST_OTHERS} more"
    yield from (f"seen: '{label}', which the YAML still calls unverified" for label in review.unverified)
