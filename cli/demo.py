"""`crewcast demo`: the main job on the embedded simulated city."""

from __future__ import annotations

import typer

from cli.options import Home, Quiet

SIMULATED_CITY = "ellerby-falls"
EPILOG = "Example:\n\n  crewcast demo\n\nThe city is simulated; nothing in the plan is about a real place."


def register(app: typer.Typer) -> None:
    app.command("demo", epilog=EPILOG)(demo)


def demo(home: Home = None, quiet: Quiet = False) -> None:
    """Run everything on the embedded simulated city and print where the plan lies."""
    from cli.run import execute

    execute(SIMULATED_CITY, home, None, wait=600, quiet=quiet)
