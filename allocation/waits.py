"""Days before crews can begin: inspection, scheduling, parts, somebody else's work. Counted in days on which crews of
the category work, so that a request of Friday that takes two of them is not ready on Sunday."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocation.problem import Problem, WaitRule, WorkRule
from domain.category import Basis
from domain.panel import Floats

Ordinals = NDArray[np.int64]
Weekmask = tuple[bool, ...]
"""Weekdays, Monday first, on which crews with a category's skill work."""
EVERY_DAY: Weekmask = (True,) * 7
EPOCH = 719_163
"""Ordinal of 1970-01-01."""


@dataclass(frozen=True)
class Waits:
    """shares: (J, W) of a category's requests that crews can work on W working days after filing, each row sums to 1.
    weekmask: by category."""

    shares: Floats
    weekmask: tuple[Weekmask, ...]

    def days(self, j: int, share: float) -> float:
        """Working days by which crews can work on that share of the category's requests."""
        return float(np.searchsorted(self.shares[j].cumsum(), share - 1e-9))

    def ready(self, j: int, filed: Ordinals, days: Ordinals) -> Ordinals:
        """The ordinal days from which crews can work on what was filed then and takes so many working days."""
        return later(filed, days, self.weekmask[j])

    def age(self, j: int, filed: Ordinals, day: int) -> Ordinals:
        """Working days from filing to the evening before ordinal `day`: what takes more than these still waits."""
        return working_days(filed, np.full(np.shape(filed), day - 1), self.weekmask[j])


def waits_of(work: Sequence[WorkRule]) -> Waits | None:
    """Of crewed categories in their order; None where crews can begin at once on all work."""
    rules = [w.waits for w in work]
    width = max((max(rule.days) for rule in rules if rule is not None), default=0) + 1
    if width == 1:
        return None
    shares = np.zeros((len(rules), width))
    for row, rule in zip(shares, rules, strict=True):
        for day, share in (rule.days if rule else {0: 1.0}).items():
            row[day] = share
    return Waits(shares / shares.sum(axis=1, keepdims=True), tuple(r.weekdays if r else EVERY_DAY for r in rules))


def with_waits(problem: Problem, waits: Waits | None, basis: Basis = "measured", last: date | None = None) -> Problem:
    """The problem with these waits on its crewed work in the place of its own; last: of their evidence."""
    work, j = [], 0
    for one in problem.work:
        rule = None
        if one.is_crewed and waits is not None:
            days = {int(d): float(waits.shares[j, d]) for d in np.flatnonzero(waits.shares[j])}
            rule = WaitRule(days=days, basis=basis, weekdays=waits.weekmask[j], last=last)
        j += one.is_crewed
        work.append(one.model_copy(update={"waits": rule}))
    return problem.model_copy(update={"work": tuple(work)})


def waits_told(problem: Problem) -> str:
    """One line: the waits that a plan reckons with, how they were come by, and how old their evidence is; empty where
    crews can begin at once on all work."""
    told, work = [], [w for w in problem.work if w.is_crewed]
    waits = waits_of(work)
    if waits is None:
        return ""
    for j, one in enumerate(work):
        if one.waits is not None:
            mark = one.waits.basis + (f", evidence up to {one.waits.last:%Y-%m-%d}" if one.waits.last else "")
            half, most = (_within(waits.days(j, share)) for share in (0.5, 0.9))
            told.append(f"on half of the {one.noun} {half} and on nine in ten {most} ({mark})")
    return f"Crews can begin {', '.join(told)}; what waits longer is due and late all the same."


def _within(days: float) -> str:
    return f"within {days:.0f} working days" if days else "at once"


def working_days(first: Ordinals, last: Ordinals, mask: Weekmask) -> Ordinals:
    """Working days after ordinal `first` up to and with `last`."""
    found: Ordinals = np.busday_count(_dates(first + 1), _dates(last + 1), weekmask=list(mask))
    return found


def later(first: Ordinals, days: Ordinals, mask: Weekmask) -> Ordinals:
    """The day so many working days after `first`; `first` itself for none."""
    if not np.size(first):
        return first
    then = np.busday_offset(_dates(first), days, roll="backward", weekmask=list(mask)).astype(np.int64) + EPOCH
    found: Ordinals = np.where(days > 0, then, first)
    return found


def _dates(ordinals: Ordinals) -> np.ndarray:
    return (np.asarray(ordinals) - EPOCH).astype("datetime64[D]")


def ordinals(moments: pd.Series, zone: str) -> Ordinals:
    """Proleptic ordinals of the local days of UTC moments."""
    local = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    days: Ordinals = ((local - pd.Timestamp("1970-01-01")).dt.days + EPOCH).to_numpy(dtype=np.int64)
    return days
