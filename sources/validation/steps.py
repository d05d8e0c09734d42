"""What a check returns, and the few moves all checks share: read text, set rows aside, note a correction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.tables import CORRECTIONS, QUARANTINE
from sources.plugins import Context
from sources.rules import LabelRules

Mask = NDArray[np.bool_]
Rules = TypeVar("Rules", bound=LabelRules)

ASIDE = ["source", "row", "column", "value", "reason", "request_id"]


class Correction(NamedTuple):
    """A rule that changed or noted rows: how many, and one value before → after."""

    rule: str
    rows: int
    example: str


class Fault(NamedTuple):
    """Rows that cannot be used: where, in which column, why. values: as written, where the column no longer is."""

    mask: Mask
    column: str
    reason: str
    values: pd.Series | None = None


@dataclass(frozen=True)
class Step:
    """rows: those that pass, in their order. quarantine: columns `ASIDE`. excluded, duplicates: rows counted apart."""

    rows: pd.DataFrame
    quarantine: tuple[pd.DataFrame, ...] = ()
    corrections: tuple[Correction, ...] = ()
    excluded: int = 0
    duplicates: int = 0


def run(rows: pd.DataFrame, checks: Iterable[Callable[[pd.DataFrame, Rules, Context], Step]], rules: Rules,
        ctx: Context) -> Step:  # fmt: skip
    """All checks, one after the other, each on the rows the last one let pass."""
    total = Step(rows)
    for check in checks:
        step = check(total.rows, rules, ctx)
        total = Step(
            step.rows,
            total.quarantine + step.quarantine,
            total.corrections + step.corrections,
            total.excluded + step.excluded,
            total.duplicates + step.duplicates,
        )
    return total


def set_aside(rows: pd.DataFrame, faults: Iterable[Fault], corrections: Iterable[Correction | None] = ()) -> Step:
    """The rows without a fault; the others in quarantine under the first fault that holds."""
    fine = np.ones(len(rows), dtype=bool)
    parts = []
    for fault in faults:
        now = fault.mask & fine
        if now.any():
            written = rows[fault.column] if fault.values is None else fault.values
            parts.append(_aside(rows[now], written[now], fault))
            fine &= ~now
    kept = rows if not parts else rows[fine].reset_index(drop=True)
    return Step(kept, tuple(parts), tuple(c for c in corrections if c is not None))


def correction(rule: str, mask: Mask, before: pd.Series, after: object) -> Correction | None:
    """The rule with the number of rows it changed and the first of them; None where it changed none."""
    where = np.flatnonzero(mask)
    if not len(where):
        return None
    first = where[0]
    then = after.iloc[first] if isinstance(after, pd.Series) else after
    return Correction(rule, len(where), f"{_shown(before.iloc[first])} → {_shown(then)}")


def text(values: pd.Series, missing: tuple[str, ...]) -> pd.Series:
    """Stripped text, null where the source has no value (`missing`, in lower case)."""
    stripped = values.astype("str").str.strip()
    return stripped.mask(stripped.str.lower().isin(list(missing)))


def mapped(values: pd.Series, lookup: dict[str, str]) -> pd.Series:
    """Each text replaced by `lookup`, null where it has none. Looks each distinct text up once."""
    codes, distinct = pd.factorize(values)
    found = np.array([lookup.get(str(d)) for d in distinct] + [None], dtype=object)
    return pd.Series(found[codes], index=values.index, dtype="str")


def joined(corrections: Iterable[Correction]) -> list[Correction]:
    """One entry a rule, rows summed, the first example."""
    found: dict[str, Correction] = {}
    for each in corrections:
        first = found.get(each.rule)
        found[each.rule] = each if first is None else first._replace(rows=first.rows + each.rows)
    return list(found.values())


def quarantine_table(parts: Iterable[pd.DataFrame], city: str) -> pd.DataFrame:
    """`domain.tables.QUARANTINE`, by source and row."""
    parts = [p for p in parts if len(p)]
    if not parts:
        return QUARANTINE.empty()
    whole = pd.concat(parts, ignore_index=True).assign(city=city)
    return QUARANTINE.validate(whole.sort_values(["source", "row"], ignore_index=True))


def corrections_table(corrections: Iterable[Correction], city: str, source: str, of_rows: int) -> pd.DataFrame:
    """`domain.tables.CORRECTIONS`, in the order of the checks. of_rows: rows that the checks looked at."""
    entries = [{"city": city, "source": source, "of_rows": of_rows, **c._asdict()} for c in joined(corrections)]
    return CORRECTIONS.validate(pd.DataFrame(entries)) if entries else CORRECTIONS.empty()


def without(step: Step, mask: Mask, *, excluded: int = 0, duplicates: int = 0) -> Step:
    """The step with the rows in `mask` taken out and counted apart."""
    kept = step.rows[~mask].reset_index(drop=True) if mask.any() else step.rows
    return replace(step, rows=kept, excluded=step.excluded + excluded, duplicates=step.duplicates + duplicates)


def _aside(rows: pd.DataFrame, written: pd.Series, fault: Fault) -> pd.DataFrame:
    values = written.astype("str").fillna("").str.slice(0, 200)
    keys = rows["request_id"].astype("str").fillna("") if "request_id" in rows else ""
    part = rows[["source", "row"]].assign(column=fault.column, value=values, reason=fault.reason, request_id=keys)
    return part[ASIDE]


def _shown(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return "none"
    return str(value)[:120]
