"""The rows that reporting is learned from: one category's requests as known at a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import Floats
from domain.words import NO_AREA

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
DAY_US = 86_400_000_000
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Reports:
    """R rows of one category by time filed.

    area: (R,) place in the list of areas, −1 where none is named. created, closed: (R,) days since 1970, closed NaN
    while open. x, y: (R,) metres, NaN where no coordinates are known. of: (R,) the earlier row that the feed links
    this one to as its duplicate, −1 where it links none.
    """

    area: Longs
    created: Floats
    closed: Floats
    x: Floats
    y: Floats
    of: Longs

    def __len__(self) -> int:
        return len(self.area)

    @property
    def is_placed(self) -> Bools:
        """Rows with coordinates, (R,)."""
        return np.isfinite(self.x)


def reports_of(rows: pd.DataFrame, areas: tuple[str, ...]) -> Reports:
    """Columns request_id, area, created_at, closed_at (UTC), lat, lon, duplicate_of of one category, in any order."""
    rows = rows.sort_values(["created_at", "request_id"], kind="stable", ignore_index=True)
    middle = np.nanmean(rows["lat"]) if rows["lat"].notna().any() else 0.0
    x = rows["lon"].to_numpy(dtype=float) * METRES_PER_DEGREE * np.cos(np.radians(middle))
    y = rows["lat"].to_numpy(dtype=float) * METRES_PER_DEGREE
    placed = np.isfinite(x) & np.isfinite(y)
    return Reports(
        area=np.asarray(pd.Index(areas).get_indexer(pd.Index(rows["area"].fillna(NO_AREA))), dtype=np.int64),
        created=_days(rows["created_at"]),
        closed=_days(rows["closed_at"]),
        x=np.where(placed, x, np.nan),
        y=np.where(placed, y, np.nan),
        of=_roots(rows),
    )


def _days(moments: pd.Series) -> Floats:
    micro = moments.astype("datetime64[us, UTC]")
    days = micro.to_numpy(dtype="datetime64[us]").astype(np.int64) / DAY_US
    given: Floats = np.where(micro.isna(), np.nan, days)
    return given


def _roots(rows: pd.DataFrame) -> Longs:
    """The first report that each row is said to repeat, chains followed; only earlier rows count."""
    place = pd.Index(rows["request_id"]).get_indexer(pd.Index(rows["duplicate_of"].fillna("")))
    root: Longs = place.astype(np.int64)
    for row in np.flatnonzero(place >= 0):  # in time order, so what a row points to is already resolved
        at = int(place[row])
        root[row] = -1 if at >= row else (root[at] if root[at] >= 0 else at)
    return root
