"""Labels that came and went: a portal that renames one shows as a drop in the one and a jump in the other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from domain.words import LABEL_CHANGE
from sources.label_spans import LabelCount, started, stopped
from sources.plugins import Context
from sources.rules import LabelRules
from sources.validation.moments import local_day
from sources.validation.steps import Correction, Step


def check_label_changes(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """Changes no row: notes each label with work behind it that stopped, or began, while others went on."""
    if rows.empty:
        return Step(rows)
    return Step(rows, corrections=tuple(changes(label_counts(rows["label"], local_day(rows, ctx.plan.city.zone)))))


def label_counts(labels: pd.Series, days: pd.Series) -> list[LabelCount]:
    """How often each label was used, and its first and last day."""
    grouped = days.groupby(labels, sort=True).agg(["size", "min", "max"])
    return [
        LabelCount(str(label), int(size), first.date(), last.date())
        for label, size, first, last in grouped.itertuples(name=None)
    ]


def changes(counts: Sequence[LabelCount]) -> list[Correction]:
    """In the order of labels: those that stopped, then those that began. rows: with that label."""
    gone = [Correction(f"{LABEL_CHANGE}'{c.label}' is not used after {c.last}", c.rows, "") for c in stopped(counts)]
    return [
        *gone,
        *(Correction(f"{LABEL_CHANGE}'{c.label}' is used from {c.first} on", c.rows, "") for c in started(counts)),
    ]
