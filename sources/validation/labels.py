"""Labels → categories. Information-only labels are excluded and counted; unknown ones go to quarantine."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.category import Category
from domain.config_errors import nearest
from domain.errors import ConfigError
from sources.plugins import Context
from sources.rules import LabelRules
from sources.validation.steps import Correction, Fault, Step, set_aside, text, without

OTHER = "a label of other work"


def check_labels(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """Adds `category`. Raises ConfigError where a rule names a category that the city does not have."""
    to_category = category_of_label(rules, ctx.plan.categories)
    reasons = {fold(label): reason for label, reason in rules.excluded_labels.items()}
    labels = text(rows["label"], rules.missing)
    codes, distinct = pd.factorize(labels)
    folded = [fold(str(d)) for d in distinct]
    category = np.array([to_category.get(f) for f in folded] + [None], dtype=object)[codes]
    excluded = np.array([_is_excluded(f, to_category, reasons, rules) for f in folded] + [False], dtype=bool)[codes]
    rows = rows.assign(label=labels, category=pd.Series(category, index=rows.index, dtype="str"))
    step = without(Step(rows), excluded, excluded=int(excluded.sum()))
    rows = step.rows
    known = ", ".join(sorted(rules.labels or to_category))
    faults = [
        Fault(rows["label"].isna().to_numpy(), "label", "label is empty"),
        Fault(rows["category"].isna().to_numpy(), "label", f"unknown label; known: {known}"[:300]),
    ]
    checked = set_aside(rows, faults)
    notes = _exclusions(labels[excluded], reasons)
    return Step(checked.rows, checked.quarantine, notes, excluded=step.excluded)


def category_of_label(rules: LabelRules, categories: tuple[Category, ...]) -> dict[str, str]:
    """Folded label -> category. Raises ConfigError for a category that is not among `categories`."""
    known = [c.category for c in categories]
    given = rules.labels or {name: name for name in known}
    for label, name in given.items():
        if name not in known:
            close = nearest(name, known)
            raise ConfigError(
                f"requests.rules.labels: '{label}' is mapped to '{name}', which is no category of this city"
                + (f"; did you mean '{close}'?" if close else ""),
                remedy=f"use one of {', '.join(known)}, or put the label under excluded_labels with a reason",
                key=f"requests.rules.labels.{label}",
                value=name,
                nearest=close,
            )
    return {fold(label): name for label, name in given.items()}


def _is_excluded(label: str, known: dict[str, str], reasons: dict[str, str], rules: LabelRules) -> bool:
    return label in reasons or (rules.on_unknown_label == "exclude" and label not in known)


def fold(label: str) -> str:
    """Labels are compared without regard to case and blanks."""
    return " ".join(label.split()).casefold()


def _exclusions(labels: pd.Series, reasons: dict[str, str]) -> tuple[Correction, ...]:
    counted = labels.value_counts(sort=False).sort_index()
    return tuple(
        Correction(f"excluded, no demand: {reasons.get(fold(str(label)), OTHER)}", int(rows), str(label))
        for label, rows in counted.items()
    )
