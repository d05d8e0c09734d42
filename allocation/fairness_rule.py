"""What a plan does for areas that report less: the switched-on rule with its factors, part of the problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as day

import numpy as np
import pandas as pd

from domain.category import Share, Strict
from domain.fairness import Fairness, FairnessMode
from domain.panel import Floats

MOST = 2.0
"""An area's demand is taken for at most so many times what it reports, however little that is."""


class FairnessRule(Strict):
    """factors: category -> adjusted ÷ reported demand by area, in the order of the problem's areas; 1 where an area
    reports no less than the median, or where nobody can tell. surely: category -> areas whose whole interval lies below
    the median; None where an earlier release did not say."""

    mode: FairnessMode
    switched_on_by: str
    date: day
    floor: Share
    factors: dict[str, tuple[float, ...]]
    surely: dict[str, int] | None = None

    def factor(self, category: str, areas: int) -> Floats:
        """Adjusted ÷ reported demand of a category, (A,)."""
        given: Floats = np.array(self.factors.get(category, (1.0,) * areas))
        return given


def resolve_fairness(fairness: Fairness, reporting: pd.DataFrame, areas: Sequence[str]) -> FairnessRule | None:
    """The rule to plan by, or None while it is off. reporting: columns of `domain.tables.REPORTING`."""
    if fairness.mode == "off":
        return None
    assert fairness.date is not None
    factors, surely = {}, {}
    for category, rows in reporting.groupby("category"):
        propensity = rows.set_index("area")["propensity"].reindex(list(areas)).to_numpy(dtype=float)
        factor = np.clip(1.0 / np.maximum(np.nan_to_num(propensity, nan=1.0), 1e-6), 1.0, MOST)
        factors[str(category)] = tuple(float(f) for f in np.round(factor, 6))
        surely[str(category)] = int((rows["high"] < 1).sum())
    return FairnessRule(
        mode=fairness.mode,
        switched_on_by=fairness.switched_on_by,
        date=fairness.date,
        floor=fairness.floor,
        factors=factors,
        surely=surely,
    )


def area_weights(rule: FairnessRule | None, categories: Sequence[str], areas: int) -> Floats:
    """What a late job counts for in dispatch and roster relative to one elsewhere, (J, A); ones while it is off."""
    if rule is None:
        return np.ones((len(categories), areas))
    if rule.mode == "floor":
        return 1.0 + found_share(rule, categories, areas)
    return np.array([rule.factor(c, areas) for c in categories]).reshape(len(categories), areas)


def found_share(rule: FairnessRule | None, categories: Sequence[str], areas: int) -> Floats:
    """Jobs to find beside each reported one, (J, A): what lifts an area to the floor; zeros in other modes."""
    if rule is None or rule.mode != "floor":
        return np.zeros((len(categories), areas))
    factor = np.array([rule.factor(c, areas) for c in categories]).reshape(len(categories), areas)
    share: Floats = np.maximum(rule.floor * factor - 1.0, 0.0)
    return share
