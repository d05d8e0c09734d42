"""Section "Data health": what came in, what was put aside, and how serious that is."""

from __future__ import annotations

from serving.report.source import Source

TITLES = {
    "mode": "Mode of this run",
    "sync": "The last pull from the portal",
    "freshness": "How fresh the data are",
    "rows": "Rows read",
    "quarantine": "Rows put aside, and why",
    "correction": "Rows corrected by a stated rule",
    "label": "Labels that came and went",
    "gap": "Gaps and breaks",
    "break": "Known breaks and odd days of the history",
    "note": "Noticed",
}

FIRST = ("mode", "freshness", "rows")
SEVERITIES = ("warning", "note", "ok")
ROWS = ("read", "used", "quarantined")
"""The order in which rows are counted down; what else there is follows."""


def rows(source: Source) -> list[dict[str, object]]:
    """Findings by kind, the most serious first, then rows as they are counted down, then by name. is_first: shown at
    once (warnings, modes, freshness, rows read); the others are folded away."""
    table = source.table("health")
    table = table.assign(
        serious=table["severity"].map({name: i for i, name in enumerate(SEVERITIES)}),
        step=table["item"].map({name: i for i, name in enumerate(ROWS)}).fillna(len(ROWS)),
    )
    table.loc[table["kind"] == "rows", "serious"] = 0
    table["is_first"] = (table["severity"] == "warning") | table["kind"].isin(FIRST)
    ordered = table.sort_values(["kind", "serious", "step", "item"], kind="stable")
    return [{str(k): v for k, v in row.items()} for row in ordered.to_dict("records")]
