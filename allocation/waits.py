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
from domain.measured import FittedWaits
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


def waits_told(problem: Problem, fit: FittedWaits | None = None) -> str:
    """The waits that a plan reckons with, how they were come by, and how old their evidence is; empty where nobody
    stated or fitted any. fit: the newest that the plan's day may know, used or not."""
    work = [w for w in problem.work if w.is_crewed]
    told = [_told(one.noun, one.waits) for one in work if one.waits is not None]
    parts = [f"Crews can begin {', '.join(told)}."] if told else []
    if waits_of(work) is not None:
        parts.append("Due times count from filing: what waits past them is late before crews can begin.")
        events = [w.noun for w in work if w.event is not None and w.waits is not None and max(w.waits.days) > 0]
        parts += [f"Crews held ready answer {' and '.join(events)} at once: only regular work waits."] if events else []
    if len(told) < len(work) and (told or _is_unused(fit)):
        which = "other requests they" if told else "all requests crews"
        parts.append(f"On {which} are taken to begin at once{_because(fit)}.")
    return " ".join(parts)


def _told(noun: str, rule: WaitRule) -> str:
    """ "on half of the potholes at once and on nine in ten within 3 working days (expert)"."""
    mark = rule.basis + (f", evidence up to {rule.last:%Y-%m-%d}" if rule.last else "")
    days = sorted(rule.days)
    reached = np.cumsum([rule.days[day] for day in days])
    half, most, last = (days[int((reached < share * reached[-1] - 1e-9).sum())] for share in (0.5, 0.9, 1.0))
    if half == last:
        return f"on all {noun} {_within(half)} ({mark})"
    if half == most:
        return f"on nine in ten of the {noun} {_within(half)}, on the last {_within(last)} ({mark})"
    return f"on half of the {noun} {_within(half)} and on nine in ten {_within(most)} ({mark})"


def _is_unused(fit: FittedWaits | None) -> bool:
    return fit is not None and bool(fit.days) and not fit.is_calibrated


def _because(fit: FittedWaits | None) -> str:
    if fit is None or not _is_unused(fit):
        return ", as nothing else is known"
    why = "a replay with them did not close requests as the city did"
    if not fit.is_judged:
        why = "there was no record to judge a replay with them by"
    return f": waits were fitted to the record (evidence up to {fit.last:%Y-%m-%d}), but {why}, so they are not used"


def _within(days: int) -> str:
    return f"within {days} working day{'s' if days > 1 else ''}" if days else "at once"


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
