"""What a publication tells of the days before: every level, from the same counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.panel import Demand
from domain.tables import HISTORY
from pipelines.steps.assemble import HISTORY_DAYS, history_table


def test_areas_sum_to_districts_and_to_the_city() -> None:
    days = HISTORY_DAYS + 5
    counts = np.arange(2 * 3 * days, dtype=np.int32).reshape(2, 3, days) % 7
    demand = Demand(
        dates=pd.date_range("2026-01-01", periods=days),
        areas=("a", "b", "c"),
        categories=("noise", "pothole"),
        counts=counts,
        unlocated=np.zeros((2, days), dtype=np.int32),
    )
    table = HISTORY.validate(history_table(demand, ("North", "North", "South")).assign(vintage_id="v"))
    sums = table.groupby(["level", "category"])["count"].sum().unstack()
    assert (sums.loc["area"] == sums.loc["city"]).all()
    assert (sums.loc["district"] == sums.loc["city"]).all()
    assert table["date"].nunique() == HISTORY_DAYS
    one = table[(table["level"] == "area") & (table["area"] == "b") & (table["category"] == "pothole")]
    assert one.sort_values("date")["count"].tolist() == counts[1, 1, -HISTORY_DAYS:].tolist()
