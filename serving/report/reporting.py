"""Section "Who reports": areas that report less than they have, as far as it can be told."""

from __future__ import annotations

import pandas as pd

from serving.report.source import Source

LISTED = 8


def reporting(source: Source) -> list[dict[str, object]]:
    """One record a category: what could be told, and the areas that surely report less than the median area."""
    table = source.table("reporting")
    return [
        _category(source, c, table[table["category"] == c]) for c in source.categories if (table["category"] == c).any()
    ]


def _category(source: Source, category: str, rows: pd.DataFrame) -> dict[str, object]:
    told = rows[rows["propensity"].notna()]
    quiet = told[told["high"] < 1].sort_values(["propensity", "area"], kind="stable")
    reasons = rows.loc[rows["propensity"].isna(), "basis"]
    return {
        "category": category,
        "told": len(told),
        "of": len(rows),
        "why_not": str(reasons.mode().iloc[0]) if len(reasons) else "",
        "how": str(told["basis"].iloc[0]) if len(told) else "",
        "incidents": int(told["incidents"].sum()),
        "repeats": int(told["repeats"].sum()),
        "quiet": len(quiet),
        "loud": int((told["low"] > 1).sum()),
        "areas": [
            {
                "place": source.place_and_id(str(row["area"])),
                **{n: round(float(row[n]), 2) for n in ("propensity", "low", "high")},
                "incidents": int(row["incidents"]),
            }
            for row in quiet.head(LISTED).to_dict("records")
        ],
    }
