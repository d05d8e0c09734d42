"""Past forecasts of whole weeks against what came: sums of draws, as a week's bounds are no sum of its days' bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from domain.words import QUANTILES
from serving.web.past import BASELINE, LEAST_WEEKS, WEEKS
from serving.web.publication import Publication
from serving.web.weeks import WEEK, weeks

LEVELS = ("area", "district", "city")
PLACE = ["level", "area", "category"]


def judged_weeks(shown: Publication, earlier: Sequence[Publication]) -> pd.DataFrame:
    """One row for each week that an earlier publication forecast and that is counted whole by now: the columns of
    `past.judged`, `level` ending in "-week", `date` the week's first day, `lead_days` of its last one.

    Of the publications, the newest first, each is at least a week before the last: else the same week would be judged
    seven times over.
    """
    counts = shown.table("history")[[*PLACE, "date", "count"]]
    parts = [_of(one, counts) for one in _apart(earlier, counts["date"].max())]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _apart(earlier: Sequence[Publication], last: pd.Timestamp) -> list[Publication]:
    """Those whose first week had passed on the last counted day, at least a week from each other."""
    found: list[Publication] = []
    for one in earlier:
        has_week = pd.Timestamp(one.manifest.first_date) + pd.Timedelta(days=WEEK - 1) <= last
        if has_week and (not found or (found[-1].manifest.origin - one.manifest.origin).days >= WEEK):
            found.append(one)
    return found


def _of(one: Publication, counts: pd.DataFrame) -> pd.DataFrame:
    origin, first = pd.Timestamp(one.manifest.origin), pd.Timestamp(one.manifest.first_date)
    rows = pd.concat([weeks(one, level) for level in LEVELS], ignore_index=True).drop(columns="days")
    came = _sums(counts[counts["date"] >= first], (counts["date"] - first).dt.days // WEEK)
    numbered = rows.assign(week=(rows["date"] - first).dt.days // WEEK)
    known = numbered.merge(came, on=[*PLACE, "week"], how="inner", validate="one_to_one")
    lead = (known["date"] - origin).dt.days + WEEK - 1
    told = known.assign(origin=origin, lead_days=lead).merge(baseline(counts, origin), on=PLACE, how="left")
    return told.assign(level=told["level"].astype("str") + "-week").drop(columns="week")


def baseline(counts: pd.DataFrame, origin: pd.Timestamp) -> pd.DataFrame:
    """The spreadsheet's rule for a week: quantiles of the whole weeks before the origin, by series."""
    known = counts[(counts["date"] <= origin) & (counts["date"] > origin - pd.Timedelta(weeks=WEEKS))]
    grouped = _sums(known, (origin - counts["date"]).dt.days // WEEK).groupby(PLACE)["count"]
    wide = grouped.quantile(np.asarray(QUANTILES)).unstack()
    wide.columns = pd.Index(BASELINE)
    return wide[grouped.size().reindex(wide.index) >= LEAST_WEEKS].reset_index()


def _sums(rows: pd.DataFrame, week: pd.Series) -> pd.DataFrame:
    """PLACE, week, count: of weeks that are counted on all their days."""
    grouped = rows.assign(week=week.reindex(rows.index)).groupby([*PLACE, "week"])["count"].agg(["sum", "size"])
    whole = grouped.loc[grouped["size"] == WEEK, "sum"]
    return whole.rename("count").reset_index()
