"""What is known to be odd in the history, in the columns of the table `health`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.panel import Known
from domain.tables import HEALTH
from models.history.record import Finding
from models.history.since import first_day_of, since
from models.history.trust import history_of

KIND = "break"
MOST = 40
"""Findings listed a category, the latest; earlier ones are counted."""
REMEDY = "nothing where it is new; else check its labels in the city's YAML and bring the missing rows"


def history_findings(known: Known) -> pd.DataFrame:
    """Rows of `health` without vintage_id: breaks, batch entries, catastrophes and gaps of every category, by day;
    first, where it is not the whole record, from when on it is learnt from."""
    rows = [row for category in known.demand.categories for row in _rows(known, category)]
    columns = [c for c in HEALTH.schema.columns if c != "vintage_id"]
    return pd.DataFrame(rows, columns=columns).astype("str").drop_duplicates(["kind", "item"], ignore_index=True)


def _rows(known: Known, category: str) -> list[tuple[str, str, str, str, str]]:
    first = first_day_of(known, category)
    findings = history_of(since(known, first) if first else known, category).findings
    rows = [_start(known, category, first)] if first else []
    rows += [(KIND, f"{_days(f)}: {f.kind} of {category}", f.words, "note", "") for f in findings[-MOST:]]
    if more := len(findings) - MOST:
        rows += [(KIND, f"earlier odd days of {category}", f"{more} more", "note", "")] if more > 0 else []
    return rows


def _start(known: Known, category: str, first: int) -> tuple[str, str, str, str, str]:
    """first: position of the first day learnt from, on which or soon after which requests began."""
    busy = np.flatnonzero(known.demand.of(category).any(axis=0))
    at = int(np.searchsorted(busy, first))
    begins = known.demand.dates[busy[at]].date()
    empty = first - (busy[at - 1] + 1 if at else 0)
    days = len(known.demand.dates) - first
    words = f"{days:,} days are learnt from; the {empty:,} before it without a request are not"
    return KIND, f"{begins}: {category} begins", words, "note", REMEDY


def _days(finding: Finding) -> str:
    return f"{finding.first}" if finding.first == finding.last else f"{finding.first} to {finding.last}"
