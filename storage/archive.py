"""Weather: observed days in versions, issued forecasts archived for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from domain.tables import WEATHER_ISSUED, WEATHER_OBSERVED
from domain.words import WEATHER_VARIABLES

_VALUES = list(WEATHER_VARIABLES)
_STEP = timedelta(microseconds=1)
KEPT_RULE = "issued weather that changed after its issue: the archived forecast was kept"


def new_observed(archived: pd.DataFrame, incoming: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Rows of `weather_observed` that the archive lacks.

    A day seen for the first time keeps its known_at. A day whose values differ from the latest archived ones is a
    new version: known from its own known_at where that is later, else from `now`.
    """
    valid = WEATHER_OBSERVED.validate(incoming).sort_values(["date", "known_at"], ignore_index=True)
    if archived.empty:
        return valid
    latest = archived.sort_values(["date", "known_at"]).drop_duplicates("date", keep="last")
    same_moment = valid.merge(archived, on=["date", "known_at"], how="left", suffixes=("", "_archived"))
    same_day = valid.merge(latest, on="date", how="left", suffixes=("", "_archived"))
    is_archived = _equal(same_moment) & same_moment["city_archived"].notna()
    is_latest = _equal(same_day) & same_day["city_archived"].notna()
    before = same_day["known_at_archived"]
    is_rewritten = before.notna() & (valid["known_at"] <= before) & ~valid.duplicated("date", keep="last")
    after = before.where(before >= pd.Timestamp(now), pd.Timestamp(now) - _STEP) + _STEP
    dated = valid.assign(known_at=valid["known_at"].where(~is_rewritten, after))
    is_older_version = before.notna() & (valid["known_at"] <= before) & ~is_rewritten
    return dated[~(is_archived | is_latest | is_older_version)].reset_index(drop=True)


def new_issued(archived: pd.DataFrame, incoming: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(rows of `weather_issued` that the archive lacks, incoming rows that contradict it and are not taken)."""
    valid = WEATHER_ISSUED.validate(incoming).sort_values(["origin", "date"], ignore_index=True)
    if archived.empty:
        return valid, valid.iloc[:0]
    met = valid.merge(archived, on=["origin", "date"], how="left", suffixes=("", "_archived"))
    is_archived = met["city_archived"].notna()
    return valid[~is_archived].reset_index(drop=True), valid[is_archived & ~_equal(met)].reset_index(drop=True)


def kept_correction(city: str, contradicting: pd.DataFrame, incoming_rows: int) -> pd.DataFrame:
    """The row of `corrections` that says how many issued forecasts were kept as first archived."""
    first = contradicting.iloc[0]
    example = f"issued {first['origin']:%Y-%m-%d} for {first['date']:%Y-%m-%d}"
    row = {"city": city, "source": str(first["source"]), "rule": KEPT_RULE, "rows": len(contradicting)}
    row["of_rows"] = incoming_rows
    return pd.DataFrame([{**row, "example": example}])


def _equal(met: pd.DataFrame) -> pd.Series:
    """Whether a row's values equal the archived ones beside them, nulls included."""
    ours = met[_VALUES].to_numpy(dtype=float)
    theirs = met[[f"{v}_archived" for v in _VALUES]].to_numpy(dtype=float)
    equal = (ours == theirs) | (pd.isna(ours) & pd.isna(theirs))
    return pd.Series(equal.all(axis=1), index=met.index)
