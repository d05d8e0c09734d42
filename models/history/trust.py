"""The one look at a category's history that forecasters and the health page share."""

from __future__ import annotations

import numpy as np

from domain.panel import Floats, Known
from models.history.breaks import breaks
from models.history.odd_days import batches, catastrophes, gaps
from models.history.ordinary import days_of, days_of_all
from models.history.record import History
from models.history.yearly import told_by_name

REPORTED = 0.95
"""Days of which less is reported are not learnt from: what is missing is known only on average."""


def history_of(known: Known, category: str) -> History:
    """Weights, breaks and findings from `known` alone, so from what was known at the origin.

    trust is 0 in gaps, on batch entries and on last days whose rows are still to come, below 1 on catastrophes, 1
    elsewhere, before breaks too. Work is on totals of the city; 77 areas × 10 years take a fraction of a second.
    """
    days = days_of(known, category)
    late = known.demand.share_of(category) < REPORTED
    everything = days_of_all(known)
    missing, said = gaps(days, everything.requests)
    batched, more = batches(days, everything)
    said = [f for f in said if not any(m.first <= f.first and f.last <= m.last for m in more)]
    more = [told_by_name(f, days, known.holidays | (known.events or {})) for f in more]
    bounded, extremes = catastrophes(days, batched)
    odd = missing | batched | late
    if known.demand.mended is not None:
        odd |= known.demand.mended[known.demand.categories.index(category)]
    steps, broken = breaks(known, days, ~odd)
    trust: Floats = np.where(odd, 0.0, bounded)
    findings = sorted([*said, *more, *extremes, *broken], key=lambda f: (f.first, f.kind))
    return History(trust, steps, tuple(findings))
