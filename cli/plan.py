"""`crewcast plan`: what if there were other crews, locks, absences or weather? Nothing is published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import City, Home, Quiet

if TYPE_CHECKING:
    from allocation.sensitivity import Sensitivity
    from domain.lock import Lock
    from pipelines.steps.whatif import WhatIf

EPILOG = (
    "Examples:\n\n"
    "  crewcast plan ellerby-falls --crews pothole=+2\n\n"
    "  crewcast plan ellerby-falls --crews 'Landing Yard/patching=+1' --absence 0.15\n\n"
    "  crewcast plan ellerby-falls --lock \"2025-03-18 evening 'Quarry Yard' combined=1\" --lock locks.yaml\n\n"
    "  crewcast plan ellerby-falls --scenario wet-year --out whatif/\n\n"
    "  crewcast plan ellerby-falls --doubts\n\n"
    "Solved again from the vintage's own problem, backlog and draws; nothing is trained and nothing is published. A "
    "lock is DATE SHIFT 'YARD' TYPE=N (<= and >= too, =0 forbids), a YAML file, or the plan.xlsx of a vintage with "
    "the column 'Lock crews at' filled in; TYPE>=0 lifts a lock of the city's file. More crews of a category are of "
    "your cheapest type with its skill, and go one by one where its expected requests per crew are most."
)


def register(app: typer.Typer) -> None:
    app.command("plan", epilog=EPILOG)(plan)


def plan(
    city: City,
    crews: Annotated[
        list[str] | None, typer.Option(help="More or fewer crews: CATEGORY=+N or YARD/TYPE=+N.", metavar="CHANGE")
    ] = None,
    lock: Annotated[
        list[str] | None, typer.Option(help="A lock in one line, or a YAML or XLSX file of locks.", metavar="LOCK")
    ] = None,
    absence: Annotated[float | None, typer.Option(help="Share of crews that stay away, 0 to 1.")] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Weather to assume, as in `crewcast forecast`.", metavar="NAME")
    ] = None,
    doubts: Annotated[
        bool, typer.Option("--doubts", help="Repeat the plan at ± 30 % of each figure that nobody measured.")
    ] = False,
    vintage: Annotated[str, typer.Option(help="The publication to start from.", metavar="ID")] = "latest",
    out: Annotated[
        Path | None, typer.Option("--out", help="Write plan.json and roster.csv there.", metavar="DIR")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    home: Home = None,
    quiet: Quiet = False,
) -> None:
    """What if: solve a published plan again with other crews, locks, absences or weather."""
    import json

    from allocation.crew_changes import crew_change
    from configs.load import load_city
    from pipelines.board import showing
    from pipelines.steps.whatif import Ask, doubts_of, what_if
    from pipelines.steps.whatif_files import as_dict, doubts_dict, write_files
    from storage.home import open_home
    from storage.vintages import latest, read_vintage

    ask = Ask(tuple(crew_change(c) for c in crews or []), tuple(_locks(lock or [])), absence, scenario)
    configured = load_city(city)
    folder = open_home(home).city(configured.city.city)
    opened = latest(folder) if vintage == "latest" else read_vintage(folder, vintage)
    with showing(quiet or as_json) as board, board.step("solve the plan again") as progress:
        found = what_if(opened, folder, configured, ask, progress)
        repeated = doubts_of(opened, folder, configured, ask, found.problem, progress) if doubts else None
    told = as_dict(found, opened.manifest) | ({} if repeated is None else {"doubts": doubts_dict(repeated)})
    if out is not None:
        write_files(out, found, told)
    if as_json:
        typer.echo(json.dumps(told, indent=1))
        return
    report(found, opened.manifest.vintage_id, opened.manifest.currency)
    if repeated is not None:
        report_doubts(repeated)
    if out is not None:
        typer.echo(f"written: {out / 'plan.json'}, {out / 'roster.csv'}")


def report_doubts(found: Sensitivity) -> None:
    """What changes at each figure, and whether the advice does."""
    from allocation.sensitivity import DRAWS, figure_words
    from cli.columns import aligned
    from serving.words import more_or_fewer

    typer.echo(
        f"each figure that nobody measured, 30 % lower and higher, on {DRAWS} draws that stand for all. Against the "
        "plan as it is: crew-shifts moved elsewhere or held ready for events, overtime, requests late, days late:"
    )
    rows = [
        (
            f"{figure_words(row['figure'])} ({row['of']})", row["basis"],
            f"{row['value']:.3g} → {row['changed_to']:.3g}",
            f"{row['moved_crew_shifts']:.0f} of {row['crew_shifts']:.0f}", more_or_fewer(row["held_crews"]),
            f"{row['overtime_hours']:+.1f}", f"{row['late_requests']:+.1f}", f"{row['late_days']:+.1f}",
            "yes" if row["advice_changes"] else "no",
        )
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    if rows:
        change = ("crew-shifts moved", "held ready", "overtime h", "late", "days late", "advice changes")
        head = ("figure", "basis", "value", *change)
        typer.echo(aligned(head, rows))
    typer.echo(found.sentence)


def _locks(texts: list[str]) -> list[Lock]:
    """A text that ends in .yaml, .yml or .xlsx is a file, any other one lock."""
    from configs.locks import inline_lock, locks_of_file

    found: list[Lock] = []
    for text in texts:
        suffix = Path(text).suffix.lower()
        if suffix == ".xlsx":
            from configs.lock_sheet import locks_of_workbook  # a second for the workbook's reader

            found += locks_of_workbook(Path(text))
        else:
            found += locks_of_file(Path(text)) if suffix in (".yaml", ".yml") else [inline_lock(text)]
    return found


def report(found: WhatIf, vintage_id: str, currency: str) -> None:
    """What was asked, the difference in money and lateness, the slots that change, and what binds."""
    from cli.columns import aligned
    from domain.lock import price_words

    typer.echo(f"what if, from vintage {vintage_id} (not published)")
    for line in found.said:
        typer.echo(f"  {line}")
    if not found.reproduced:
        typer.echo("note: made again without changes, this release's plan differs from the published one")
    same = [] if found.under is None else ["same roster, scenario"]
    typer.echo(aligned(("", "published", *same, "what if", "difference"), _figures(found, currency)))
    if found.under is not None:
        typer.echo(
            "published is on the published draws; the other columns are on the scenario's. same roster, scenario: the "
            "published roster, nothing decided again. The difference is against it: what was asked "
            "and the roster, not the weather"
        )
    if found.lock_price is not None:
        typer.echo(f"the locks asked for: {price_words(found.lock_price, currency)}, on the same draws")
    _changed(found)
    typer.echo("what binds:")
    for line in found.binds:
        typer.echo(f"  {line}")
    typer.echo(f"how it was solved: {found.status}")


def _figures(found: WhatIf, currency: str) -> list[tuple[str, ...]]:
    """Money and lateness, a row each: published, under a scenario the same roster on its draws, what if, difference."""
    sides = [found.before, *([] if found.under is None else [found.under]), found.after]
    rows = [
        _money("simulated cost", [s.cost for s in sides], currency),
        _money("  late work and overtime", [s.dispatch for s in sides], currency),
        _money("  readiness and missed events", [s.readiness for s in sides], currency),
    ]
    wages = [s.regular_wages for s in sides]
    if len(set(wages)) > 1:
        rows.append(_money("regular wages, not in it", wages, currency))
        both = [s.cost + s.regular_wages for s in sides]
        rows.append(_money("simulated cost with wages", both, currency))
    for name in found.before.late_days:
        rows.append(_numbers(f"late {name} jobs × days", [s.late_days[name] for s in sides]))
        if round(found.after.waiting_days[name], 1) > 0:
            told = "  of these cannot be begun yet: in no cost, the same for every roster"
            rows.append(_numbers(told, [s.waiting_days[name] for s in sides]))
        rows.append(_numbers(f"late {name} jobs on the last day", [s.late_at_end[name] for s in sides]))
    return rows


def _money(name: str, values: list[float], currency: str) -> tuple[str, ...]:
    told = [f"{value:,.0f}" for value in values]
    return name, f"{told[0]} {currency}", *told[1:], f"{round(values[-1] - values[-2]):+,}"


def _numbers(name: str, values: list[float]) -> tuple[str, ...]:
    """The difference is between the last two: both are on the same draws."""
    difference = round(values[-1] - values[-2], 1) + 0.0  # no "-0.0"
    return name, *(f"{value:,.1f}" for value in values), f"{difference:+,.1f}"


def _changed(found: WhatIf) -> None:
    from cli.columns import aligned

    if found.changed.empty:
        typer.echo("no assignment changes")
        return
    rows = [
        (
            f"{row['date']:%a %Y-%m-%d}", str(row["shift"]), str(row["yard"]), str(row["crew_type"]),
            f"{row['crews_before']} → {row['crews_after']}",
            f"{row['on_readiness_before']} → {row['on_readiness_after']}",
            f"{row['overtime_hours_before']:.1f} → {row['overtime_hours_after']:.1f}",
        )
        for row in found.changed.to_dict("records")
    ]  # fmt: skip
    typer.echo(aligned(("date", "shift", "yard", "crew type", "crews", "held ready", "overtime h"), rows))
