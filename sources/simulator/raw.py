"""The rows as an export would hold them: text, in the order filed, junk and all."""

from __future__ import annotations

from datetime import date
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS = (
    "request_id", "created", "closed", "due", "label", "status", "channel", "area", "lat", "lon", "duplicate_of",
)  # fmt: skip
SPOILT: dict[str, dict[str, str | float]] = {
    "year 1900": {"created": "1900-01-01 00:00:00"},
    "in the future": {"created": "2099-12-31 12:00:00"},
    "no date": {"created": "n/a"},
    "unknown label": {"label": "Misc - see notes"},
    "no id": {"request_id": ""},
    "closed before created": {"closed": "2001-01-01 00:00:00"},
    "null island": {"lat": 0.0, "lon": 0.0},
}
"""What each kind of impossible row or value looks like in the export."""


def as_export(rows: pd.DataFrame) -> pd.DataFrame:
    """COLUMNS as text (lat, lon as numbers), None where empty; the index is the row number from 1.

    Where rows come late, `arrives` is there too, the moment from which the portal shows a row.
    """
    rows = rows.sort_values("created", kind="stable", ignore_index=True)
    text = rows[list(COLUMNS)].copy()
    for column in ("created", "closed", "due"):
        text[column] = _written(rows[column])
    for kind, changes in SPOILT.items():
        for column, value in changes.items():
            text.loc[rows["spoilt"] == kind, column] = value
    text = text.astype({c: "str" for c in COLUMNS if c not in ("lat", "lon")})
    if "arrives" in rows:
        text["arrives"] = rows["arrives"].to_numpy().astype("datetime64[us]")
    text.index = pd.RangeIndex(1, len(text) + 1, name="row")
    return text


def as_seen(raw: pd.DataFrame, today: date) -> pd.DataFrame:
    """The export as the portal gave it at the end of `today`: rows that had arrived, what was closed later still open.

    The whole export where no row comes late.
    """
    if "arrives" not in raw:
        return raw
    over = pd.Timestamp(today) + pd.Timedelta(days=1)
    seen = raw[raw["arrives"] < over].drop(columns="arrives")
    later = pd.to_datetime(seen["closed"], errors="coerce") >= over
    return seen.assign(closed=seen["closed"].mask(later), status=seen["status"].mask(later, "open"))


def _written(moments: pd.Series) -> NDArray[np.object_]:
    values = moments.to_numpy().astype("datetime64[s]")
    written = np.char.replace(np.datetime_as_string(values), "T", " ").astype(object)
    written[np.isnat(values)] = None
    return cast("NDArray[np.object_]", written)
