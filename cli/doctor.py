"""`crewcast doctor`: is everything in order, and if not, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Home

if TYPE_CHECKING:
    from pipelines.check import Check

EPILOG = (
    "Examples:\n\n  crewcast doctor\n\n  crewcast doctor houston-files\n\n  crewcast doctor chicago --online\n\n"
    "Exits with 1 if there is a problem."
)
MARKS = {"ok": "✓", "note": "·", "problem": "✗"}


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog=EPILOG)(doctor)


def doctor(
    cities: Annotated[list[str] | None, typer.Argument(help="Cities to look at. Default: all.")] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Ask the cities' portals: address, columns, page limit, labels.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
) -> None:
    """Check the installation, the home and the freshness of the data."""
    import json
    from dataclasses import asdict
    from datetime import date

    from pipelines.doctor import examine
    from storage.home import open_home

    checks = examine(open_home(home), tuple(cities or ()), date.today(), online=online)
    if as_json:
        typer.echo(json.dumps([asdict(c) for c in checks], indent=1))
    else:
        _show(checks)
    if any(c.state == "problem" for c in checks):
        raise typer.Exit(1)


def _show(checks: list[Check]) -> None:
    """One heading a group, one line a check, and what it comes to."""
    width = max(len(c.what) for c in checks)
    group = ""
    for check in checks:
        if check.group != group:
            typer.echo(check.group if not group else f"\n{check.group}")
            group = check.group
        typer.echo(f"  {MARKS[check.state]} {check.what:<{width}}  {check.detail}")
        if check.state != "ok" and check.remedy:
            typer.echo(f"    {'':<{width}}  what to do: {check.remedy}")
    problems, notes = (sum(c.state == state for c in checks) for state in ("problem", "note"))
    typer.echo(
        f"\n{problems or 'no'} problem{'' if problems == 1 else 's'}, {notes or 'no'} note{'' if notes == 1 else 's'}"
    )
