"""The table `reporting`: how readily each area reports, or why that cannot be told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from domain.tables import REPORTING
from models.reporting import told
from models.reporting.link import NEAR_M, OPEN_DAYS, Incidents, by_closing, by_place
from models.reporting.rates import Rates, by_chance, rates
from models.reporting.reports import Reports, reports_of

COUNTS_ONLY = "the source gives counts a day, not requests: one incident's repeats cannot be seen"
IN_SPACE = f"within {NEAR_M:.0f} m while the first report was open, at most {OPEN_DAYS:.0f} days"
BY_CLOSING = "same area, filed while the first report was open, closed at the same moment"
LINKED = "linked by the feed; else "


def reporting_table(
    rows: pd.DataFrame | None, areas: tuple[str, ...], categories: Sequence[str], now: pd.Timestamp
) -> pd.DataFrame:
    """Columns of `domain.tables.REPORTING` without vintage_id.

    rows: requests as known at `now` (UTC): category and the columns of `reports_of`; None for a source of counts.
    """
    frames = [_of_category(rows, areas, category, now) for category in categories]
    table = pd.concat(frames, ignore_index=True).assign(vintage_id="")
    return REPORTING.validate(table).drop(columns="vintage_id")


def _of_category(rows: pd.DataFrame | None, areas: tuple[str, ...], category: str, now: pd.Timestamp) -> pd.DataFrame:
    if rows is None:
        return _untold(areas, COUNTS_ONLY).assign(category=category)
    reports = reports_of(rows[rows["category"] == category], areas)
    moment = now.timestamp() / 86_400
    reason, basis, found = recognised(reports, moment)
    if not reason and found is not None:
        reason = told.no_repeats(found, by_chance(found, len(areas)))
    if reason or found is None:
        return _untold(areas, reason, found).assign(category=category)
    return _told(areas, rates(found, len(areas)), basis).assign(category=category)


def recognised(reports: Reports, now: float) -> tuple[str, str, Incidents | None]:
    """Why it cannot be told (or empty), how repeats are recognised, and the incidents."""
    if reason := "no request is known" if not len(reports) else told.no_exposure(reports, now):
        return reason, "", None
    linked = LINKED if (reports.of >= 0).any() else ""
    if told.has_places(reports):
        return "", linked + IN_SPACE, by_place(reports, now)
    if reason := told.no_identity(reports):
        return reason, "", None
    return "", linked + BY_CLOSING, by_closing(reports, now)


def _told(areas: tuple[str, ...], found: Rates, basis: str) -> pd.DataFrame:
    enough = found.incidents >= told.FEWEST_INCIDENTS
    few = [f"only {n:.0f} incidents in this area: too few to tell" for n in found.incidents]
    return pd.DataFrame(
        {
            "area": areas,
            **{
                name: np.where(enough, np.round(values, 4), np.nan)
                for name, values in (("propensity", found.centre), ("low", found.low), ("high", found.high))
            },
            "incidents": found.incidents.astype(np.int64),
            "repeats": found.repeats.astype(np.int64),
            "basis": np.where(enough, basis, few),
        }
    )


def _untold(areas: tuple[str, ...], reason: str, found: Incidents | None = None) -> pd.DataFrame:
    size = len(areas)
    incidents, repeats = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    if found is not None:
        incidents = np.bincount(found.area, minlength=size)
        repeats = np.bincount(found.area[found.incident], minlength=size)
    nothing = {name: np.full(size, np.nan) for name in ("propensity", "low", "high")}
    return pd.DataFrame({"area": areas, **nothing, "incidents": incidents, "repeats": repeats, "basis": reason})
