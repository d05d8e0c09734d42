"""Whether the advice stands on figures nobody measured: the plan made again at ± 30 % on each of them in turn.

One figure at a time (a one-way sensitivity analysis; Saltelli and others 2008, "Global Sensitivity Analysis", ch. 1,
say what it cannot show: figures that matter only together).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from allocation.doubts import doubts
from allocation.plan import Allocation
from allocation.problem import Problem

CHANGES = (0.7, 1.3)
ADVICE_SHARE = 0.05
"""The advice changes where more than this share of the roster's crews (shifts × crews, crews held ready included) is
sent elsewhere, or its overtime or contractors change by more than this share of them, an hour at least."""

COLUMNS = [
    "of",
    "figure",
    "basis",
    "value",
    "changed_to",
    "moved_crew_shifts",
    "crew_shifts",
    "held_crews",
    "overtime_hours",
    "contractor_hours",
    "expected_late",
    "advice_changes",
]
SLOT = ["date", "shift", "yard", "crew_type"]


@dataclass(frozen=True)
class Sensitivity:
    """table: COLUMNS, one row a figure and change, `held_crews` to `expected_late` as differences to the plan as it is.
    sentence: whether the advice changes, and with what."""

    table: pd.DataFrame
    sentence: str


def sensitivity(problem: Problem, base: Allocation, plan: Callable[[Problem], Allocation]) -> Sensitivity:
    """Plan again for each figure and change. plan: as `base` was made, for another problem: the same paths and seed."""
    rows = []
    for doubt in doubts(problem):
        for factor in CHANGES:
            value, other = doubt.times(factor)
            named = {"of": doubt.of, "figure": doubt.figure, "basis": doubt.given.basis}
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
    told = [f"{figure.replace('_', ' ')} of {of}" for figure, of in pairs]
    named = list(dict.fromkeys(told))
    return (
        f"The roster's advice changes at ± 30 % on {len(named)} of {len(figures)} figures that nobody measured: "
        f"{', '.join(named)}."
    )


def _compared(base: Allocation, other: Allocation) -> dict[str, object]:
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
        "expected_late": float(other.dispatch["expected_late"].sum() - base.dispatch["expected_late"].sum()),
        "advice_changes": bool(moved > ADVICE_SHARE * ordered or any(abs(hours[name]) > most[name] for name in hours)),
    }
