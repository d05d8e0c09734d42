"""Whether the advice stands on figures nobody measured: the plan made again at ± 30 % on each of them in turn.

One figure at a time (a one-way sensitivity analysis; Saltelli and others 2008, "Global Sensitivity Analysis", ch. 1,
say what it cannot show: figures that matter only together).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from allocation.doubts import doubts
from allocation.problem import Problem

CHANGES = (-0.3, 0.3)
DRAWS = 50
"""Draws that stand for all, both for the plan as it is and for each changed one: like is compared with like."""
COLUMNS = [
    "of",
    "figure",
    "change",
    "basis",
    "value",
    "changed_to",
    "moved_crew_shifts",
    "crew_shifts",
    "held_crews",
    "overtime_hours",
    "contractor_hours",
    "late_requests",
    "late_days",
    "dearer",
    "advice_changes",
]
LEAST_MONEY = 1.0
"""Money below which no roster is dearer than another."""
SLOT = ["date", "shift", "yard", "crew_type"]


@dataclass(frozen=True)
class Advice:
    """What a plan advises. roster: SLOT, crews, on_readiness, overtime_hours, contractor_hours. late_requests: expected
    to turn late over its dates. late_days: requests × days late, those that were late before included. held: crews ×
    shifts that would be held ready. dearer: money that the roster compared with costs more at the same figures, beyond
    what it does as stated."""

    roster: pd.DataFrame
    late_requests: float
    late_days: float
    held: int
    dearer: float = 0.0


@dataclass(frozen=True)
class Sensitivity:
    """table: COLUMNS, one row a figure and change, `held_crews` to `late_days` as differences to the plan as it is.
    sentence: whether the advice changes, and with what."""

    table: pd.DataFrame
    sentence: str


def sensitivity(problem: Problem, base: Advice, plan: Callable[[Problem], Advice]) -> Sensitivity:
    """Plan again for each figure and change. plan: as `base` was made, for another problem: the same paths and seed."""
    rows = []
    for doubt in doubts(problem):
        for change in CHANGES:
            value, other = doubt.times(1 + change)
            named = {"of": doubt.of, "figure": doubt.figure, "change": change, "basis": doubt.given.basis}
            named |= {"value": doubt.given.value, "changed_to": value}
            rows.append(named | _compared(problem, base, plan(other)))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return Sensitivity(table, in_words(table))


def in_words(table: pd.DataFrame) -> str:
    """Whether the advice changes anywhere in a sensitivity table, and with which figures."""
    if table.empty:
        return "Every figure the plan rests on was measured, so none was varied."
    figures = table[["of", "figure"]].drop_duplicates()
    moved, held = _named(table[table["advice_changes"]]), _named(table[table["held_crews"] != 0])
    if not moved:
        told = f"At ± 30 % on each of {len(figures)} figures that nobody measured the roster's advice stays the same"
    else:
        told = f"The roster's advice changes at ± 30 % on {len(moved)} of {len(figures)} figures that nobody measured"
    told += f": {', '.join(moved)}." if moved else "."
    return f"{told} Other crews would be held ready at {', '.join(held)}." if held else told


def _named(rows: pd.DataFrame) -> list[str]:
    """The figures of some rows in words, each once."""
    pairs = zip(rows["figure"].astype(str), rows["of"].astype(str), strict=True)
    return list(dict.fromkeys(f"{figure_words(figure)} ({of.replace('_', ' ')})" for figure, of in pairs))


FIGURES = {
    "service_minutes": "minutes a job",
    "job_share": "share of requests that are jobs",
    "requests_per_job": "requests a job",
    "self_found_share": "jobs crews find themselves",
    "setup_minutes_per_shift": "set-up minutes a shift",
    "nearby_factor": "minutes of a further job ÷ a first one’s",
    "requests_per_crew_day": "event requests a ready crew answers a day",
    "minutes_factor": "slower work in that weather",
    "mean": "mean absence",
    "waits": "mean working days before crews can begin",
    "jobs_per_shift": "jobs a contractor does a shift",
    "tonnes_per_job": "tonnes a job",
}


def figure_words(figure: str) -> str:
    """A figure as a reader calls it."""
    return FIGURES.get(figure, figure.replace("_", " "))


def _compared(problem: Problem, base: Advice, other: Advice) -> dict[str, object]:
    """Differences of one roster to the base's. The advice changes where the base's is dearer at the changed figure by
    more than a change must save: the price of each slot that differs, and the plan's least gain."""
    one, two = (a.roster.set_index(SLOT) for a in (base, other))
    crews = one["crews"] + one["on_readiness"]
    ordered = float(crews.sum())
    apart = float((two["crews"] - one["crews"]).abs().sum())
    hours = {name: float(two[name].sum() - one[name].sum()) for name in ("overtime_hours", "contractor_hours")}
    least = max(problem.change.gain + problem.change.cost * apart, LEAST_MONEY)
    return {
        "moved_crew_shifts": apart / 2,
        "crew_shifts": ordered,
        "held_crews": other.held - base.held,
        **hours,
        "late_requests": other.late_requests - base.late_requests,
        "late_days": other.late_days - base.late_days,
        "dearer": other.dearer,
        "advice_changes": bool(other.dearer > least),
    }
