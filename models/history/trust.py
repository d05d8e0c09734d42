"""The one look at a category's history that forecasters and the health page share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.panel import Floats, Known
from models.history.breaks import breaks
from models.history.odd_days import batches, catastrophes, gaps
from models.history.ordinary import Mask, days_of, days_of_all
from models.history.record import Finding, History, peak_days
from models.history.yearly import peak_findings, yearly_peaks

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
    peaks = yearly_peaks(days, batched, late, known.holidays, known.events or {})
    told, is_peak = peak_findings(days, peaks), peak_days(peaks, len(batched))
    more = [f for f in more if not _holds_only(f, is_peak, days.dates)]
    bounded, extremes = catastrophes(days, batched)
    odd = missing | batched | late | is_peak
    if known.demand.mended is not None:
        odd |= known.demand.mended[known.demand.categories.index(category)]
    steps, broken = breaks(known, days, ~odd)
    trust: Floats = np.where(odd, 0.0, bounded)
    findings = sorted([*said, *more, *told, *extremes, *broken], key=lambda f: (f.first, f.kind))
    return History(trust, steps, tuple(findings), tuple(peaks))


def _holds_only(finding: Finding, flagged: Mask, dates: pd.DatetimeIndex) -> bool:
    """Whether all days of a finding are flagged (T,)."""
    return bool(flagged[dates.slice_indexer(pd.Timestamp(finding.first), pd.Timestamp(finding.last))].all())
