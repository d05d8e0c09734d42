"""Section "Backlog": what is open, how old it is and where most of it waits."""

from __future__ import annotations

import pandas as pd

from serving.report.source import Source
from serving.sheet_tables import AGES

AREAS = 10


def backlog(source: Source) -> list[dict[str, object]]:
    """One record a category: counts, ages, and the areas with most late requests."""
    table = source.table("backlog")
    return [_category(source, c, table[table["category"] == c]) for c in sorted(set(table["category"]))]


def _category(source: Source, category: str, rows: pd.DataFrame) -> dict[str, object]:
    live = rows[~rows["is_stale"]]
    bins = pd.cut(live["age_days"], [-1.0, *AGES.values()], labels=False)
    areas = live.assign(place=live["area"].map(source.place)).groupby("place", sort=True)
    most = areas["is_late"].agg(["sum", "size"]).sort_values(["sum", "size"], ascending=False, kind="stable")
    return {
        "category": category,
        "open": len(live),
        "late": int(live["is_late"].sum()),
        "stale": int(rows["is_stale"].sum()),
        "no_due": int((live["due_basis"] == "none").sum()),
        "oldest": float(live["age_days"].max()) if len(live) else float("nan"),
        "ages": [int((bins == i).sum()) for i in range(len(AGES))],
        "areas": [
            {"place": place, "late": int(row["sum"]), "open": int(row["size"])}
            for place, row in most.head(AREAS).iterrows()
        ],
    }


def data(records: list[dict[str, object]]) -> dict[str, object]:
    """Open requests by age, one stack a category."""
    return {"ages": list(AGES), "counts": {str(r["category"]): r["ages"] for r in records}}
