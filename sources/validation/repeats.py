"""One row a request: exact repeats are dropped, of differing ones the newest wins. Both are counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sources.plugins import Context
from sources.rules import RequestRules
from sources.validation.steps import Step, correction, set_aside, without

CONTENT = ["category", "area", "created_at", "closed_at", "due_at", "status", "channel", "lat", "lon", "duplicate_of"]
SAME = "same id, same content: one kept (technical duplicate)"
NEWER = {
    "last_row": "same id, different content: the last in the file kept",
    "last_closed": "same id, different content: the one closed last kept",
}


def check_repeats(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> Step:
    """Leaves each `request_id` once, in the order of the rows."""
    repeated = rows["request_id"].duplicated(keep=False).to_numpy()
    if not repeated.any():
        return Step(rows)
    some = rows.loc[repeated, ["request_id", *CONTENT]]
    same = some.duplicated(keep="last").to_numpy()
    rest = some[~same]
    if rules.newest == "last_closed":
        rest = rest.sort_values("closed_at", na_position="first", kind="stable")
    older = rest.index[rest["request_id"].duplicated(keep="last").to_numpy()]
    is_same, is_older = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    is_same[np.flatnonzero(repeated)[same]] = True
    is_older[rows.index.get_indexer(older)] = True
    notes = [
        correction(SAME, is_same, rows["request_id"], "once"),
        correction(NEWER[rules.newest], is_older, rows["request_id"], "once"),
    ]
    gone = is_same | is_older
    return without(set_aside(rows, [], notes), gone, duplicates=int(gone.sum()))
