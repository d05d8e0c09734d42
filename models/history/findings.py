"""What is known to be odd in the history, in the columns of the table `health`."""

from __future__ import annotations

import pandas as pd

from domain.panel import Known
from domain.tables import HEALTH
from models.history.record import Finding
from models.history.trust import history_of

KIND = "break"
MOST = 40
"""Findings listed a category, the latest; earlier ones are counted."""


def history_findings(known: Known) -> pd.DataFrame:
    """Rows of `health` without vintage_id: breaks, batch entries, catastrophes and gaps of every category, by day."""
    rows = [row for category in known.demand.categories for row in _rows(known, category)]
    columns = [c for c in HEALTH.schema.columns if c != "vintage_id"]
    return pd.DataFrame(rows, columns=columns).astype("str").drop_duplicates(["kind", "item"], ignore_index=True)


def _rows(known: Known, category: str) -> list[tuple[str, str, str, str, str]]:
    findings = history_of(known, category).findings
    rows = [(KIND, f"{_days(f)}: {f.kind} of {category}", f.words, "note", "") for f in findings[-MOST:]]
    if more := len(findings) - MOST:
        rows += [(KIND, f"earlier odd days of {category}", f"{more} more", "note", "")] if more > 0 else []
    return rows


def _days(finding: Finding) -> str:
    return f"{finding.first}" if finding.first == finding.last else f"{finding.first} to {finding.last}"
