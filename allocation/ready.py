"""When work becomes ready over a plan's dates. It depends on no decision, so it is reckoned before dispatch begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from allocation.problem import WorkRule
from allocation.waits import Ordinals, Waits, waits_of
from domain.panel import Floats


@dataclass(frozen=True)
class Ready:
    """share: (J, H, H + 1) of the jobs filed on a date that crews can work on from each date on, the last standing for
    after the plan. waiting: (J, A, H + 1, B) jobs open when the plan starts by the date from which crews can work on
    them, by due bucket; empty on the first date, as those are open and ready; None where nothing waits then.
    """

    waits: Waits
    share: Floats
    waiting: Floats | None = None


def ready_over(work: Sequence[WorkRule], dates: Sequence[date]) -> Ready | None:
    """What is filed over consecutive dates; None where crews can begin at once on all work."""
    waits = waits_of(work)
    if waits is None or not dates:
        return None
    filed = np.array([d.toordinal() for d in dates], dtype=np.int64)
    share = np.stack([ready_on(waits, j, filed, int(filed[0]), len(dates)) for j in range(len(work))])
    return Ready(waits, share)


def ready_on(waits: Waits, j: int, filed: Ordinals, first: int, dates: int, beyond: Ordinals | None = None) -> Floats:
    """Share of what was filed on each ordinal day, (n,), that is ready on each of so many dates from ordinal `first`
    on, (n, dates + 1): by the first date all before it too, the last stands for later. beyond: (n,) working days; only
    those that wait longer are counted."""
    found = np.zeros((len(filed), dates + 1))
    every = np.arange(len(filed))
    for days in np.flatnonzero(waits.shares[j]):
        on = np.clip(waits.ready(j, filed, np.full(len(filed), days)) - first, 0, dates)
        counts = np.ones(len(filed)) if beyond is None else days > beyond
        np.add.at(found, (every, on), waits.shares[j, days] * counts)
    return found


def open_ready_on(waits: Waits, j: int, filed: Ordinals, known: Floats, first: int, dates: int) -> Floats:
    """As `ready_on` for requests that are open on the morning of `first`. known: (n,) requests filed on each one's day.

    All that still wait are open, whatever crews did: the filed ones × the chance of waiting longer than that. The rest
    of the open ones are ready.
    """
    waiting = ready_on(waits, j, filed, first, dates, waits.age(j, filed, first))
    chance = waiting.sum(axis=1)
    _, place, count = np.unique(filed, return_inverse=True, return_counts=True)
    are_open = count[place].astype(float)
    share = np.minimum(np.maximum(known, are_open) * chance / np.maximum(are_open, 1.0), 1.0)
    scale = np.divide(share, chance, out=np.zeros(len(filed)), where=chance > 0)
    found: Floats = waiting * scale[:, None]
    found[:, 0] += 1.0 - share
    return found
