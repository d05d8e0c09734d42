"""`crewcast evaluate`: would this plan have been better than what you do?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import City, Home, Quiet, parse_day

if TYPE_CHECKING:
    from allocation.evaluate.settings import ReplaySettings

EPILOG = (
    "Examples:\n\n"
    "  crewcast evaluate ellerby-falls --from 2024-09-01 --to 2025-02-02 --out out/\n\n"
    "  crewcast evaluate houston-files --from 2016-01-03 --to 2016-06-26 --settings settings.yaml --out out/\n\n"
    "Writes policies.json, policies.parquet (one row a policy and week) and report.html. Weeks that are done are kept "
    "in DIR/weeks: the same command goes on after an interruption."
)


def register(app: typer.Typer) -> None:
    app.command("evaluate", epilog=EPILOG)(evaluate)


def evaluate(
    city: City,
    first: Annotated[str, typer.Option("--from", help="First evening on which a roster is made (YYYY-MM-DD).")],
    last: Annotated[str, typer.Option("--to", help="Last such evening.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.", metavar="DIR")],
    settings: Annotated[
        Path | None, typer.Option(help="YAML with a section 'replay': loads, thresholds, tolerances.", metavar="FILE")
    ] = None,
    forecaster: Annotated[
        str | None, typer.Option(help="Forecast with this one, or 'select' as a real run would. Default: blend.")
    ] = None,
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Replay with 30 % less and 30 % more work as well, and say what changes.")
    ] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """Replay past weeks day by day under several ways of planning, with the requests that really came."""
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
    told = read_settings(settings, forecaster)
    if doubts:
        told = told.model_copy(update={"loads": doubted_loads(told)})
    opened = open_home(home)
    isolate(opened.prefect)
    with showing(quiet) as board:
        from pipelines.checked import checked
        from pipelines.job import Job

        job = Job(city, opened.root, datetime.now(UTC))
        checked(job)
        with loading(), board.step("start Prefect and MLflow") as progress:
            from pipelines.evaluate import evaluate_flow
            from pipelines.steps.evaluate import Replay
            from pipelines.warm import warm

            warm(opened, progress)
        report = evaluate_flow(job, Replay(begin, end, told), out)
    _summary(report, out)


def read_settings(file: Path | None, forecaster: str | None) -> ReplaySettings:
    """The section `replay` of a YAML, or the defaults; an error that names the file where it does not fit."""
    from pydantic import ValidationError
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from allocation.evaluate.settings import ReplaySettings
    from domain.errors import ConfigError

    try:
        read: dict[str, Any] = YAML(typ="safe").load(file.read_text(encoding="utf-8"))["replay"] if file else {}
        return ReplaySettings.model_validate({**read, **({"forecaster": forecaster} if forecaster else {})})
    except (OSError, YAMLError, KeyError, TypeError, ValidationError) as error:
        raise ConfigError(
            f"--settings {file}: {error}", remedy="give a YAML with a section 'replay' such as benchmarks/decisions has"
        ) from error


def doubted_loads(settings: ReplaySettings) -> tuple[float, ...]:
    """The central load, and 30 % less and more work: jobs a request are scaled to each."""
    central = settings.loads[len(settings.loads) // 2]
    return (round(0.7 * central, 6), central, round(1.3 * central, 6))


def _summary(report: dict[str, Any], out: Path) -> None:
    typer.echo(f"{report['title']}: {report['weeks']} weeks, {report['from']} to {report['to']}")
    typer.echo(report["told"])
    for load, policies in report["policies"].items():
        for name, sums in policies.items():
            typer.echo(
                f"  load {load:<4} {name:<20} cost {sums['cost']:>12,.0f}  late request-days "
                f"{sums['late_request_days']:>9,.0f}"
            )
    typer.echo(report["sentence"])
    for load, sentence in report["sentences"].items():
        if load != report["central_load"]:
            typer.echo(f"at load {load}: {sentence}")
    typer.echo(f"report: {out / 'report.html'}")
