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
ADVICE_SHARE = 0.05
"""The advice changes where more than this share of the roster's crews (shifts × crews, crews held ready included) is
sent elsewhere, or its overtime or contractors change by more than this share of them, an hour at least."""

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
    "advice_changes",
]
SLOT = ["date", "shift", "yard", "crew_type"]


@dataclass(frozen=True)
class Advice:
    """What a plan advises. roster: SLOT, crews, on_readiness, overtime_hours, contractor_hours. late_requests: expected
    to turn late over its dates. late_days: requests × days late, those that were late before included."""

    roster: pd.DataFrame
    late_requests: float
    late_days: float


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
            rows.append(named | {"value": doubt.given.value, "changed_to": value} | _compared(base, plan(other)))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return Sensitivity(table, in_words(table))


def in_words(table: pd.DataFrame) -> str:
    """Whether the advice changes anywhere in a sensitivity table, and with which figures."""
    if table.empty:
        return "Every figure the plan rests on was measured, so none was varied."
    figures = table[["of", "figure"]].drop_duplicates()
    moved = table[table["advice_changes"]]
    if moved.empty:
        return f"At ± 30 % on each of {len(figures)} figures that nobody measured the roster's advice stays the same."
    pairs = zip(moved["figure"].astype(str), moved["of"].astype(str), strict=True)
    told = [f"{figure_words(figure)} ({of.replace('_', ' ')})" for figure, of in pairs]
    named = list(dict.fromkeys(told))
    return (
        f"The roster's advice changes at ± 30 % on {len(named)} of {len(figures)} figures that nobody measured: "
        f"{', '.join(named)}."
    )


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


def _compared(base: Advice, other: Advice) -> dict[str, object]:
    """Differences of one roster to the base's."""
    one, two = (a.roster.set_index(SLOT) for a in (base, other))
    crews = one["crews"] + one["on_readiness"]
    ordered = float(crews.sum())
    moved = (
        float((two["crews"] - one["crews"]).abs().sum() + (two["on_readiness"] - one["on_readiness"]).abs().sum()) / 2
    )
    hours = {name: float(two[name].sum() - one[name].sum()) for name in ("overtime_hours", "contractor_hours")}
    most = {name: max(ADVICE_SHARE * float(one[name].sum()), 1.0) for name in hours}
    return {
        "moved_crew_shifts": moved,
        "crew_shifts": ordered,
        "held_crews": int(two["on_readiness"].sum() - one["on_readiness"].sum()),
        **hours,
        "late_requests": other.late_requests - base.late_requests,
        "late_days": other.late_days - base.late_days,
        "advice_changes": bool(moved > ADVICE_SHARE * ordered or any(abs(hours[name]) > most[name] for name in hours)),
    }
