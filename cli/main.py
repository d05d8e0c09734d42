"""`crewcast`: one command a file, errors as sentences with a remedy, exit codes that mean something."""

from __future__ import annotations

import os
import sys

import typer

from cli import (
    actuals,
    add_city,
    backtest,
    budget,
    cities,
    demo,
    doctor,
    evaluate,
    export,
    forecast,
    labels,
    models,
    openmp,
    plan,
    report,
    run,
    runs,
    schedule,
    serve,
    sync,
    tokens,
)
from domain.errors import CrewcastError

INTERRUPTED = 130
NO_PLUGINS = "HYPOTHESIS_NO_PLUGINS"
"""Hypothesis comes with what tests need. Whatever imports it makes trio register its random numbers for tests, and as
what is loaded is frozen for the garbage collector, they are taken for lost and the user is warned."""

app = typer.Typer(
    name="crewcast",
    help="From a city's 311 history to a published, explained crew plan.",
    epilog="Exit codes: 0 done · 1 a problem that doctor found · 2 configuration · 3 input data · 4 city busy · "
    "5 planning or publishing · 130 interrupted.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
COMMANDS = (
    demo, sync, labels, run, plan, report, export, actuals, forecast, budget, backtest, evaluate, runs, models, cities,
    doctor, schedule, serve, tokens, add_city,
)  # fmt: skip
for command in COMMANDS:
    command.register(app)


def main() -> None:
    """Entry point: turns our errors into a message on stderr and an exit code."""
    os.environ.setdefault(NO_PLUGINS, "1")
    openmp.provide()
    try:
        app(standalone_mode=True)
    except CrewcastError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted: nothing was published; what was published before is untouched", file=sys.stderr)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
