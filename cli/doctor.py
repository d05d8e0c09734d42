"""`crewcast doctor`: is everything in order, and if not, what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Home

EPILOG = "Examples:\n\n  crewcast doctor\n\n  crewcast doctor houston-files\n\nExits with 1 if there is a problem."
MARKS = {"ok": "✓", "note": "·", "problem": "✗"}


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog=EPILOG)(doctor)


def doctor(
    cities: Annotated[list[str] | None, typer.Argument(help="Cities to look at. Default: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
) -> None:
    """Check the installation, the home and the freshness of the data."""
    import json
    from dataclasses import asdict
    from datetime import date

    from pipelines.doctor import examine
    from storage.home import open_home

    checks = examine(open_home(home), tuple(cities or ()), date.today())
    if as_json:
        typer.echo(json.dumps([asdict(c) for c in checks], indent=1))
    else:
        for check in checks:
            remedy = f"\n    what to do: {check.remedy}" if check.state != "ok" and check.remedy else ""
            typer.echo(f"{MARKS[check.state]} {check.what}: {check.detail}{remedy}")
    if any(c.state == "problem" for c in checks):
        raise typer.Exit(1)
