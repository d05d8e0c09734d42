"""`crewcast budget`: crews against money, for quarters and fiscal years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.columns import aligned
from cli.options import City, Home, Quiet, parse_day

if TYPE_CHECKING:
    from pipelines.steps.budget import Made

EPILOG = (
    "Examples:\n\n"
    "  crewcast budget ellerby-falls --quarters 4\n\n"
    "  crewcast budget ellerby-falls --quarters 4 --scenario wet-year --target 0.85\n\n"
    "  crewcast budget houston-files --as-of 2016-06-30 --quarters 2 --out out/\n\n"
    "Writes budget.xlsx (change a wage and every sum follows) and budget.html. Quarters are the fiscal quarters of the "
    "city's YAML (budget: fiscal_year_start) that lie wholly ahead. The long view of the scenario is drawn first where "
    "it is not there yet (see crewcast forecast). Figures that the YAML leaves out are assumed, and marked."
)


def register(app: typer.Typer) -> None:
    app.command("budget", epilog=EPILOG)(budget)


def budget(
    city: City,
    quarters: Annotated[int, typer.Option(help="Whole fiscal quarters ahead, 1 to 8.")] = 4,
    scenario: Annotated[
        str, typer.Option(help="Weather to assume, as in `crewcast forecast`.", metavar="NAME")
    ] = "climatology",
    target: Annotated[float, typer.Option(help="Share of each kind of work to be done in time, such as 0.9.")] = 0.9,
    as_of: Annotated[
        str | None, typer.Option(help="Look ahead from the end of this local day, seeing only what was known then.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Copy the files to DIR as well.", metavar="DIR")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait while another run holds the city.", min=0)] = 0.0,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """What crews cost against how much they do in time, with honest ranges, over fiscal quarters."""
    from datetime import UTC, datetime

    from allocation.budget.terms import check_names
    from models.long_view.scenarios import check_name
    from pipelines.board import showing
    from pipelines.environment import isolate, loading
    from pipelines.steps.budget import Ask, check_ask
    from storage.home import open_home

    day = parse_day(as_of, "--as-of")
    ask = Ask(quarters, scenario, target, out)
    check_ask(ask)
    check_name(scenario)
    opened = open_home(home)
    isolate(opened.prefect)
    with showing(quiet) as board:
        from pipelines.checked import checked
        from pipelines.job import Job

        job = Job(city, opened.root, datetime.now(UTC), day, move_latest=day is None, wait_seconds=wait)
        checked(job)
        check_names(job.plan().city.budget, job.plan())
        with loading(), board.step("start Prefect and MLflow") as progress:
            from pipelines.budget import budget_flow
            from pipelines.warm import warm

            warm(opened, progress)
        made = budget_flow(job, ask)
    report(made)


def report(made: Made) -> None:
    """The answer in sentences, the crews needed by quarter, and where the files lie."""
    from serving.budget.about import conditions, not_calibrated
    from serving.budget.answer_tables import needs_table
    from serving.budget.changed_money import help_words

    about, study = made.about, made.study
    typer.echo(f"\n{about.title}: {study.quarters[0].name} to {study.quarters[-1].name}, as of {about.as_of}")
    if about.said:
        typer.echo(f"label: {about.said}")
    typer.echo(f"scenario {about.scenario}: {about.rule}")
    for sentence in made.said:
        typer.echo(f"- {sentence}")
    rows = [
        (str(r["quarters"]), f"{r['certainty']:.0%}", str(r["alone"]), str(r["helped"]))
        for r in needs_table(study).to_dict("records")
    ]
    alone, helped = f"regular hours ({len(study.tried)} mixes)", f"with {help_words(study)} ({len(study.helped)} mixes)"
    typer.echo(aligned(("fewest crews of the mixes tried", "certainty", alone, helped), rows))
    if not not_calibrated(about, study):  # else it stands above all sentences
        typer.echo(conditions(about, study)[0])
    ranked = ", ".join(one.factor for one in study.influences)
    typer.echo(f"certainty is conditional on the scenario and the inputs; what moves the answer most: {ranked}")
    assumed = sum(i.basis == "assumed" for i in study.case.terms.inputs)
    typer.echo(f"assumed: {assumed} of {len(study.case.terms.inputs)} inputs, marked on the workbook's first sheet")
    typer.echo(f"written: {made.folder}")
