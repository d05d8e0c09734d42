"""`crewcast backtest`: how good would the forecasts have been?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import City, Home, Quiet, parse_day

EPILOG = (
    "Examples:\n\n"
    "  crewcast backtest houston-files --from 2016-01-03 --to 2016-12-18 --every 7 --horizon 14 --out out/\n\n"
    "  crewcast backtest houston-files --from 2016-01-03 --to 2016-12-18 --forecaster blend --out out/\n\n"
    "Writes forecasts.parquet, counts.parquet, scores.json and report.html. Every origin sees only what was known then."
)


def register(app: typer.Typer) -> None:
    app.command("backtest", epilog=EPILOG)(backtest)


def backtest(
    city: City,
    first: Annotated[str, typer.Option("--from", help="First origin (YYYY-MM-DD).")],
    last: Annotated[str, typer.Option("--to", help="Last origin.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.", metavar="DIR")],
    every: Annotated[int, typer.Option(help="Days between origins.", min=1)] = 7,
    horizon: Annotated[int, typer.Option(help="Days ahead.", min=1, max=60)] = 14,
    refit_every: Annotated[int, typer.Option(help="Origins between two fits.", min=1)] = 4,
    forecaster: Annotated[
        str | None, typer.Option(help="Forecast every origin with this one (such as blend) instead of selecting.")
    ] = None,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Replay past origins as if each were today, and score them against the baselines."""
    from datetime import UTC, datetime

    from domain.errors import ConfigError
    from pipelines.board import showing
    from pipelines.environment import isolate, loading
    from storage.home import open_home

    begin, end = parse_day(first, "--from"), parse_day(last, "--to")
    assert begin is not None
    assert end is not None
    if end < begin:
        raise ConfigError(f"--to {end} lies before --from {begin}", remedy="give the earlier day as --from")
    opened = open_home(home)
    isolate(opened.prefect)
    with showing(quiet) as board:
        from pipelines.checked import checked
        from pipelines.job import Job

        job = Job(city, opened.root, datetime.now(UTC))
        checked(job)
        with loading(), board.step("start Prefect and MLflow") as progress:
            from pipelines.backtest import backtest_flow
            from pipelines.steps.replay import Window
            from pipelines.warm import warm

            warm(opened, progress)
        report = backtest_flow(job, Window(begin, end, every, horizon, refit_every, forecaster), out)
    _summary(report, out)


def _summary(report: dict[str, Any], out: Path) -> None:
    """One line a category and level; lower than the baseline is better."""
    typer.echo(f"{report['title']}: {len(report['origins'])} origins, {report['from']} to {report['to']}")
    for category, found in report["categories"].items():
        for level, row in found["levels"].items():
            ratio = "no baseline" if row["ratio"] is None else f"{row['ratio'] - 1:+.1%} against the best baseline"
            typer.echo(f"  {category:<10} {level:<10} error {row['crps']:.3f} ({ratio})")
    for note in report["notes"]:
        typer.echo(f"note: {note}")
    typer.echo(f"report: {out / 'report.html'}")
