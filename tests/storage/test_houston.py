"""Real requests of six years through commit and back, against counts that were made without crewcast."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.city import CityPlan
from domain.tables import WEATHER_ISSUED, WEATHER_OBSERVED
from domain.words import MODE_NO_ISSUED, WEATHER_VARIABLES
from storage.backlog import open_requests
from storage.home import open_home
from storage.known import read_known, resolve_origin
from storage.snapshots import Incoming, Snapshot, commit

pytestmark = pytest.mark.shared_data
NOW = datetime(2018, 1, 2, 12, tzinfo=UTC)
ZONE = "America/Chicago"
WEATHER = {
    "temperature_min_c": "tmin_c",
    "temperature_mean_c": "tmean_c",
    "temperature_max_c": "tmax_c",
    "precipitation_mm": "prcp_mm",
    "snowfall_mm": "snow_mm",
    "wind_ms": "wind_ms",
}


def _utc(times: pd.Series) -> pd.Series:
    return times.dt.tz_localize(ZONE, ambiguous=True, nonexistent="shift_forward").dt.tz_convert("UTC")


def _text(values: pd.Series) -> pd.Series:
    return values.astype(object).fillna("").astype("str")


def _rows(data: Path) -> pd.DataFrame:
    raw = pd.read_parquet(data / "requests.parquet")
    return pd.DataFrame(
        {
            "request_id": raw["case_id"],
            "category": raw["category"],
            "area": _text(raw["council_district"]),
            "created_at": _utc(raw["created"]),
            "closed_at": _utc(raw["closed"]),
            "due_at": _utc(raw["due"]),
            "status": raw["status"].str.lower(),
            "channel": _text(raw["channel"]),
            "lat": raw["lat"],
            "lon": raw["lon"],
        }
    ).assign(city="testville", duplicate_of="", source="requests.parquet")


def _weather(data: Path, name: str, columns: list[str], known_from: str) -> pd.DataFrame:
    raw = pd.read_parquet(data / f"{name}.parquet")
    given = {ours: raw[theirs] for ours, theirs in WEATHER.items() if theirs in raw}
    ends = _utc(raw[known_from] + pd.Timedelta(days=1)) - pd.Timedelta(microseconds=1)
    frame = raw[["date"]].assign(**given, city="testville", source=name, known_at=ends, origin=raw.get("origin"))
    return frame.reindex(columns=columns)


def _areas(data: Path) -> pd.DataFrame:
    features = json.loads((data / "areas_council_district.geojson").read_text())["features"]
    rows = [(f["properties"], json.dumps(f["geometry"])) for f in features]
    fixed = {"city": "testville", "district": "Houston", "population": np.nan, "lat": np.nan, "lon": np.nan}
    return pd.DataFrame([{**fixed, "area": p["area"], "name": p["area"], "geometry": g} for p, g in rows])


@pytest.fixture(scope="module")
def data(shared_data: Path) -> Path:
    return shared_data / "houston"


@pytest.fixture
def plan(build_plan: Callable[..., CityPlan]) -> CityPlan:
    category: dict[str, Any] = {
        "schema": 1,
        "kind": "queue",
        "skill": "patching",
        "service_minutes": {"value": 40, "basis": "expert"},
        "queue": {"due_hours": 96, "cost_per_late_day": 25},
        "worklist": {"preventive_work": "inspect"},
    }
    names = ("pothole", "flooding")
    resolved = [{**category, "category": n, "title": n, "noun": n} for n in names]
    return build_plan(weather={"kind": "files"}, resolved=resolved)


@pytest.fixture
def snapshot(data: Path, plan: CityPlan, build_incoming: Callable[..., Incoming], tmp_path: Path) -> Snapshot:
    load = build_incoming(
        _rows(data),
        weather_observed=_weather(data, "weather_observed", list(WEATHER_OBSERVED.schema.columns), "date"),
        weather_issued=_weather(data, "weather_issued", list(WEATHER_ISSUED.schema.columns), "origin"),
        areas=_areas(data),
    )
    return commit(open_home(tmp_path).city("testville"), plan, load, NOW)


def test_houston_comes_back_as_it_was_counted_elsewhere(snapshot: Snapshot, plan: CityPlan, data: Path) -> None:
    assert resolve_origin(snapshot, plan, date(2017, 12, 17)) == (date(2017, 12, 17), date(2017, 12, 17), ())
    last = date(2017, 12, 31)
    assert resolve_origin(snapshot, plan, None) == (last, last, (MODE_NO_ISSUED,))

    known = read_known(snapshot, plan, last)
    counts = pd.read_parquet(data / "counts_council_district.parquet")
    wide = counts.pivot_table(index=["category", "area"], columns="date", values="count", aggfunc="sum")
    for category in known.demand.categories:
        assert np.array_equal(known.demand.of(category), wide.loc[category].loc[list(known.demand.areas)])
    assert known.demand.counts.sum() + known.demand.unlocated.sum() == 56_642
    assert known.areas.neighbours.any(axis=1).all()
    assert not np.isnan(known.areas.lat).any()

    earlier = read_known(snapshot, plan, date(2017, 12, 17))
    days = len(earlier.demand.dates)
    assert np.array_equal(earlier.demand.counts, known.demand.counts[:, :, :days])
    assert earlier.issued is not None
    assert earlier.issued.origins[-1] == pd.Timestamp("2017-12-17")
    assert earlier.issued.values.shape[1:] == (14, len(WEATHER_VARIABLES))


def test_houstons_backlog_is_what_its_own_times_say(snapshot: Snapshot, plan: CityPlan, data: Path) -> None:
    rows, end = _rows(data), pd.Timestamp("2017-09-16").tz_localize(ZONE)
    waiting = (rows["created_at"] < end) & ~(rows["closed_at"] < end)
    found = open_requests(snapshot, plan, date(2017, 9, 15))
    assert set(found["request_id"]) == set(rows.loc[waiting, "request_id"])
    assert len(found) > 1_000
