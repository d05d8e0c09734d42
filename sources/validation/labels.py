"""Labels → categories. Information-only labels are excluded and counted; unknown ones go to quarantine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from domain.category import Category
from domain.config_errors import nearest
from domain.errors import ConfigError
from sources.plugins import Context
from sources.rules import DatedLabel, LabelRules
from sources.validation.moments import local_day
from sources.validation.steps import Correction, Fault, Step, set_aside, text, without

OTHER = "a label of other work"
OUTSIDE = "label that means nothing on that day (rules.labels, from and until)"


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
    """Folded label -> category, the first one of a label with dates.

    Raises ConfigError for a category that is not among `categories`.
    """
    known = [c.category for c in categories]
    given = {label: _meanings(meaning) for label, meaning in rules.labels.items()} or {name: (name,) for name in known}
    for label, name in ((label, name) for label, names in given.items() for name in names):
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
    return {fold(label): names[0] for label, names in given.items()}


def check_label_dates(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """`category` of labels whose meaning changed, by the local day of the row; other days are an unknown label's."""
    dated = {fold(label): m for label, m in rules.labels.items() if not isinstance(m, str)}
    if not dated:
        return Step(rows)
    codes, distinct = pd.factorize(rows["label"])
    day, category = local_day(rows, ctx.plan.city.zone), rows["category"]
    lost = np.zeros(len(rows), dtype=bool)
    for code, label in enumerate(distinct):
        spells = dated.get(fold(str(label)), ())
        here = (codes == code) & bool(spells)
        lost |= here
        for spell in spells:
            first, last = pd.Timestamp(spell.from_ or date.min), pd.Timestamp(spell.until or date.max)
            inside = here & day.between(first, last).to_numpy()
            category, lost = category.mask(inside, spell.category), lost & ~inside
    rows = rows.assign(category=category.astype("str"))
    if rules.on_unknown_label == "exclude":
        note = Correction("excluded, no demand: a label outside its dates", int(lost.sum()), "")
        excluded = without(Step(rows), lost, excluded=int(lost.sum()))
        return replace(excluded, corrections=(note,) if lost.any() else ())
    return set_aside(rows, [Fault(lost, "label", OUTSIDE)])


def _meanings(meaning: str | tuple[DatedLabel, ...]) -> tuple[str, ...]:
    return (meaning,) if isinstance(meaning, str) else tuple(spell.category for spell in meaning)


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
