"""What drove demand where a crew goes: the blocks of the forecast's explanation, summed over the areas in reach."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from allocation.dense import Dense

USUAL = "usual"
LEAST_REQUESTS = 0.1
"""Effects smaller than so many requests a day are not told."""
MOST_BLOCKS = 2


def with_drivers(assignments: pd.DataFrame, dense: Dense, explanations: pd.DataFrame) -> pd.DataFrame:
    """`assignments` with `drivers` filled: for each category of the crew's skill the largest effects of that date.

    explanations: columns of `domain.tables.EXPLANATIONS`; its area rows' `effect` in requests are summed over reach.
    """
    problem = dense.problem
    effects = _effects(dense, explanations)
    yards, types = [y.name for y in problem.yards], [t.name for t in problem.crew_types]
    slots = zip(assignments["date"], assignments["yard"], assignments["crew_type"], strict=True)
    texts = [_words(dense, effects, day, yards.index(yard), types.index(kind)) for day, yard, kind in slots]
    return assignments.assign(drivers=pd.Series(texts, index=assignments.index, dtype="str"))


def _effects(dense: Dense, explanations: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], pd.DataFrame]:
    """(category, date) -> effects, areas in the problem's order × blocks."""
    rows = explanations[(explanations["level"] == "area") & (explanations["block"] != USUAL)]
    names = [a.area for a in dense.problem.areas]
    index = ["category", "date", "area"]
    wide = rows.pivot_table(index=index, columns="block", values="effect", aggfunc="sum", observed=True)
    found = {}
    for key, group in wide.groupby(level=["category", "date"], observed=True):
        category, day = cast(tuple[str, pd.Timestamp], key)
        found[category, day] = group.droplevel(["category", "date"]).reindex(names).fillna(0.0)
    return found


def _words(
    dense: Dense, effects: dict[tuple[str, pd.Timestamp], pd.DataFrame], day: pd.Timestamp, y: int, k: int
) -> str:
    told = []
    for j in np.flatnonzero(dense.skilled[k]):
        category = dense.work[j].category
        wide = effects.get((category, day))
        if wide is not None:
            total = wide[dense.reach[k, y]].sum().sort_values(key=lambda v: -v.abs(), kind="stable")
            blocks = [f"{name} {v:+.1f}" for name, v in total.items() if abs(v) >= LEAST_REQUESTS and name != "place"]
            if blocks:
                told.append(f"{category}: {', '.join(blocks[:MOST_BLOCKS])} requests against usual")
    return "; ".join(told)
