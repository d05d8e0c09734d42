"""Past forecasts against what came: each earlier publication's days that have passed, beside a spreadsheet's rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.words import QUANTILE_COLUMNS, QUANTILES
from serving.web.publication import Publication
from storage.past_forecasts import past_forecast

MOST = 28
"""Earlier publications looked at, the newest first."""
WEEKS = 8
LEAST_WEEKS = 4
"""Counted days of a weekday that the spreadsheet's rule needs."""
KEY = ["level", "area", "category", "date"]
BASELINE = tuple(f"base_{name}" for name in QUANTILE_COLUMNS)
LEVELS = {
    "area": "one area, one day", "area-week": "one area, one week", "district": "one district, one day",
    "district-week": "one district, one week", "city": "whole city, one day", "city-week": "whole city, one week",
}  # fmt: skip

Floats = NDArray[np.float64]


def judged(shown: Publication, earlier: Sequence[Publication]) -> pd.DataFrame:
    """One row for each day that an earlier publication forecast and that is counted by now: KEY, origin, lead_days,
    count, mean, quantiles, and those of the spreadsheet's rule (BASELINE; missing where too little was counted).

    Counts are those that the shown publication knows: what came in late is in them.
    """
    history = shown.table("history")
    counts = history[[*KEY, "count"]]
    parts = [_of(one, counts) for one in earlier]
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=[*KEY, "origin", "lead_days", "count", "mean", *QUANTILE_COLUMNS, *BASELINE])
    return pd.concat(filled, ignore_index=True)


def _of(one: Publication, counts: pd.DataFrame) -> pd.DataFrame:
    origin = pd.Timestamp(one.manifest.origin)
    rows = past_forecast(one.vintage).merge(counts, on=KEY, how="inner", validate="one_to_one")
    rows = rows.assign(origin=origin, lead_days=(rows["date"] - origin).dt.days, weekday=rows["date"].dt.day_of_week)
    known = counts[(counts["date"] <= origin) & (counts["date"] > origin - pd.Timedelta(weeks=WEEKS))]
    return rows.merge(baseline(known), on=["level", "area", "category", "weekday"], how="left").drop(columns="weekday")


def baseline(known: pd.DataFrame) -> pd.DataFrame:
    """The spreadsheet's rule: quantiles of what the same weekday brought in the weeks before, by series and weekday."""
    grouped = known.assign(weekday=known["date"].dt.day_of_week).groupby(["level", "area", "category", "weekday"])
    sizes = grouped["count"].size()
    wide = grouped["count"].quantile(np.asarray(QUANTILES)).unstack()
    wide.columns = pd.Index(BASELINE)
    return wide[sizes.reindex(wide.index) >= LEAST_WEEKS].reset_index()


def quantile_error(counts: Floats, quantiles: Floats) -> Floats:
    """Mean quantile (pinball) loss over `domain.words.QUANTILES`, requests: (N,), (N, 7) -> (N,).

    Source: Koenker and Bassett 1978; twice the mean over many quantiles is the CRPS."""
    apart = counts[:, None] - quantiles
    shares = np.asarray(QUANTILES)
    loss: Floats = np.maximum(shares * apart, (shares - 1) * apart).mean(axis=1)
    return loss


def by_level(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a category and level: days (series and days, or weeks, judged), cover80, cover95 (shares inside), error
    (mean absolute error of the mean, requests), skill (share by which the quantile error is below the rule's; missing
    where the rule has none), origins."""
    if rows.empty:
        return pd.DataFrame(columns=["category", "level", "days", "cover80", "cover95", "error", "skill", "origins"])
    counts = rows["count"].to_numpy(dtype=float)
    with_scores = rows.assign(
        in80=_inside(rows, "q10", "q90"),
        in95=_inside(rows, "q025", "q975"),
        off=np.abs(counts - rows["mean"]),
        own=quantile_error(counts, rows[list(QUANTILE_COLUMNS)].to_numpy(dtype=float)),
        rule=quantile_error(counts, rows[list(BASELINE)].to_numpy(dtype=float)),
    )
    found = [
        {"category": category, "level": level, **_line(group)}
        for (category, level), group in with_scores.groupby(["category", "level"], sort=True)
    ]
    return pd.DataFrame(found)


def _inside(rows: pd.DataFrame, low: str, high: str) -> pd.Series:
    return (rows["count"] >= rows[low]) & (rows["count"] <= rows[high])


def _line(group: pd.DataFrame) -> dict[str, float | int]:
    known = group[group["rule"].notna()]
    rule = float(known["rule"].sum())
    return {
        "days": len(group),
        "cover80": float(group["in80"].mean()),
        "cover95": float(group["in95"].mean()),
        "error": float(group["off"].mean()),
        "skill": 1 - float(known["own"].sum()) / rule if rule > 0 else float("nan"),
        "origins": int(group["origin"].nunique()),
    }
