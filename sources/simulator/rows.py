"""From reported incidents to request rows as the town's 311 system would hold them, before any fault."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.chance import generator
from domain.panel import Floats
from sources.simulator.geography import METRES_PER_DEGREE, Geography
from sources.simulator.history import History
from sources.simulator.rates import hour_shares
from sources.simulator.settings import CATEGORIES, WorldSettings
from sources.simulator.step import NOISE

LABELS = {"Pothole": "pothole", "Flooding - Street": "flooding", "Flooding - Property": "flooding", "Noise": "noise"}
DUE_HOURS = np.array([96.0, 72.0, np.nan])
CHANNELS = ("phone", "app", "web", "crew")
CHANNEL_SHARES = np.array([0.45, 0.32, 0.19, 0.04])
FLAGGED_REPEATS = 0.4
"""Share of repeat reports that the intake desk recognises and links to the first."""
GPS_ERROR_M = 12.0
COORDINATES_SHARE = 0.92

MINUTE = np.timedelta64(60, "s")


def make_rows(settings: WorldSettings, geography: Geography, history: History) -> pd.DataFrame:
    """One row a request, ordered by time filed, the index being its place in that order.

    Columns: request_id, created, closed, due (naive local times), label, status, channel, area, lat, lon,
    duplicate_of; and for the record kind, ident, place.
    """
    rng = generator(settings.seed, "rows")
    rows = _one_row_a_request(history.reports, rng)
    rows["created"] = _wall_clock(settings, _created(settings, rows, rng))
    rows = rows.sort_values(["created", "ident"], kind="stable", ignore_index=True)
    ended = history.ended.set_index("ident")["minute"].reindex(rows["ident"]).to_numpy()
    closed = _moment(settings, np.where(ended < settings.days * 1440, ended, np.nan))
    rows["closed"] = np.maximum(_wall_clock(settings, closed), rows["created"].to_numpy())
    rows["due"] = rows["created"] + pd.to_timedelta(DUE_HOURS[rows["kind"]], unit="h").as_unit("s")
    rows["status"] = np.where(rows["closed"].isna(), "open", "closed")
    rows["request_id"] = _ids(rows["created"])
    rows["label"] = _labels(rows, rng)
    rows["channel"] = np.array(CHANNELS, dtype=object)[rng.choice(len(CHANNELS), len(rows), p=CHANNEL_SHARES)]
    rows["duplicate_of"] = _duplicate_of(rows, rng)
    return _with_place(geography, rows, rng)


def _one_row_a_request(reports: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    total = (reports["located"] + reports["unlocated"]).to_numpy()
    rows = reports.loc[
        np.repeat(reports.index.to_numpy(), total), ["ident", "kind", "area", "place", "day", "low", "high"]
    ]
    within = np.arange(len(rows)) - np.repeat(np.cumsum(total) - total, total)
    nowhere = within >= np.repeat(reports["located"].to_numpy(), total)
    rows = rows.assign(nowhere=nowhere, draw=rng.uniform(size=len(rows)))
    return rows.reset_index(drop=True)


def _created(settings: WorldSettings, rows: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Filed at a moment of its window: evenly for noise, by the hours' profile for the rest."""
    point = (rows["low"] + (rows["high"] - rows["low"]) * rows["draw"]).to_numpy()
    minute = point.copy()
    for kind in range(NOISE):
        which = (rows["kind"] == kind).to_numpy()
        minute[which] = np.interp(point[which], hour_shares(kind), np.arange(25)) * 60
    last_second = 1440 - 1 / 60
    return _moment(settings, rows["day"].to_numpy() * 1440 + np.minimum(minute, last_second))


def _moment(settings: WorldSettings, minutes: Floats) -> NDArray[np.datetime64]:
    """Minutes since the world began, NaN where there is none -> naive moments, to the second."""
    seconds = np.full(len(minutes), np.timedelta64("NaT", "s"))
    given = np.isfinite(minutes)
    seconds[given] = np.floor(minutes[given] * 60).astype("timedelta64[s]")
    moments: NDArray[np.datetime64] = np.datetime64(settings.start.isoformat(), "s") + seconds
    return moments


def _wall_clock(settings: WorldSettings, moments: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """No clock shows the hour that is skipped in spring: such times are read an hour later."""
    series = pd.Series(moments).dt.tz_localize(
        settings.timezone, ambiguous=np.ones(len(moments), dtype=bool), nonexistent=pd.Timedelta(hours=1)
    )
    shown: NDArray[np.datetime64] = series.dt.tz_localize(None).to_numpy()
    return shown


def _ids(created: pd.Series) -> NDArray[np.object_]:
    """Year and running number, as many portals number their requests."""
    year = created.dt.year
    number = pd.Series(np.arange(len(year)) - np.searchsorted(year, year) + 1)
    ids = "E" + (year % 100).astype("str").str.zfill(2) + "-" + number.astype("str").str.zfill(6)
    return cast("NDArray[np.object_]", ids.to_numpy(dtype=object))


def _labels(rows: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.object_]:
    by_kind = np.array(["Pothole", "Flooding - Street", "Noise"], dtype=object)
    label = by_kind[rows["kind"].to_numpy()]
    indoors = (rows["kind"] == CATEGORIES.index("flooding")) & (rng.uniform(size=len(rows)) < 0.3)
    label[indoors.to_numpy()] = "Flooding - Property"
    return cast("NDArray[np.object_]", label)


def _duplicate_of(rows: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.object_]:
    first = rows.groupby("ident")["request_id"].transform("first").to_numpy()
    flagged = (first != rows["request_id"].to_numpy()) & (rng.uniform(size=len(rows)) < FLAGGED_REPEATS)
    linked = first.astype(object)
    linked[~flagged] = None
    return cast("NDArray[np.object_]", linked)


def _with_place(geography: Geography, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    kind, area, place = (rows[c].to_numpy() for c in ("kind", "area", "place"))
    error = rng.normal(0, GPS_ERROR_M / METRES_PER_DEGREE, (2, len(rows)))
    lat = geography.place_lat[kind, area, place] + error[0]
    lon = geography.place_lon[kind, area, place] + error[1] / np.cos(np.radians(lat))
    nowhere = rows["nowhere"].to_numpy()
    withheld = nowhere | (rng.uniform(size=len(rows)) > COORDINATES_SHARE)
    names = np.array(geography.names, dtype=object)[area]
    names[nowhere] = None
    rows["area"] = names
    rows["lat"] = np.where(withheld, np.nan, np.round(lat, 6))
    rows["lon"] = np.where(withheld, np.nan, np.round(lon, 6))
    return rows.drop(columns=["nowhere", "draw", "low", "high", "day"])
