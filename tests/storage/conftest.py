"""Builders of small cities, loads and homes for the storage tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.category import Category
from domain.city import CityPlan
from domain.tables import AREAS, CALENDAR, CORRECTIONS, QUARANTINE
from domain.words import WEATHER_VARIABLES
from storage.home import CityFolder, open_home
from storage.snapshots import Incoming

POTHOLE: dict[str, Any] = {
    "schema": 1,
    "category": "pothole",
    "title": "Potholes",
    "noun": "pothole requests",
    "kind": "queue",
    "skill": "patching",
    "service_minutes": {"value": 40, "basis": "expert"},
    "queue": {"due_hours": 96, "cost_per_late_day": 25, "stale_after_days": 100},
    "worklist": {"preventive_work": "seal cracks"},
}
NOISE: dict[str, Any] = {
    "schema": 1,
    "category": "noise",
    "title": "Noise",
    "noun": "noise complaints",
    "kind": "perishable",
    "owner": "police",
    "skill": "noise",
    "keep_coordinates": False,
    "service_minutes": {"value": 25, "basis": "assumed"},
    "perishable": {"response_minutes": 60},
    "worklist": {"preventive_work": "talk to the neighbours"},
}
FLOODING: dict[str, Any] = {
    **POTHOLE,
    "category": "flooding",
    "title": "Flooding",
    "noun": "flooding requests",
    "skill": "drainage",
}


@pytest.fixture
def folder(tmp_path: Path) -> CityFolder:
    return open_home(tmp_path / "home").city("testville")


@pytest.fixture
def build_plan() -> Callable[..., CityPlan]:
    """A city of Chicago's clock with potholes and noise; keyword arguments replace top-level settings."""

    def build(**settings: Any) -> CityPlan:
        categories = settings.pop("resolved", [POTHOLE, NOISE])
        city = {
            "schema": 1,
            "city": "testville",
            "title": "Testville",
            "timezone": "America/Chicago",
            "holidays": {"country": "US"},
            "requests": {"kind": "files", "path": "rows.csv"},
            "areas": {"kind": "files"},
            "weather": None,
            "categories": tuple(c["category"] for c in categories),
            "crews": {
                "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 400}],
                "types": [{"name": "patch", "skills": {"patching": None}, "cost_per_hour": 100}],
                "yards": [{"name": "North", "crews": {"patch": 2}}],
            },
            **settings,
        }
        return CityPlan(city=city, categories=tuple(Category.model_validate(c) for c in categories))  # type: ignore[arg-type]

    return build


@pytest.fixture
def plan(build_plan: Callable[..., CityPlan]) -> CityPlan:
    return build_plan()


@pytest.fixture
def one_category(build_plan: Callable[..., CityPlan]) -> CityPlan:
    """A city of potholes only: where rows have no other category, none is silent."""
    return build_plan(resolved=[POTHOLE])


@pytest.fixture
def build_rows() -> Callable[..., pd.DataFrame]:
    """Rows of `requests` without versions, from dicts; what is left out is filled in."""

    def build(*rows: dict[str, Any]) -> pd.DataFrame:
        frame = pd.DataFrame(
            [
                {
                    "city": "testville",
                    "request_id": str(i),
                    "category": "pothole",
                    "area": "A",
                    "closed_at": None,
                    "due_at": None,
                    "channel": "",
                    "lat": None,
                    "lon": None,
                    "duplicate_of": "",
                    "source": "rows.csv",
                    **row,
                }
                for i, row in enumerate(rows)
            ]
        )
        for column in ("created_at", "closed_at", "due_at"):
            frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
        if "status" not in frame:
            frame["status"] = np.where(frame["closed_at"].isna(), "open", "closed")
        return frame.astype({"lat": float, "lon": float})

    return build


@pytest.fixture
def daily_rows(build_rows: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """One pothole at noon and one at 19:00 local time on every day from first to last."""

    def build(first: date, last: date, **columns: Any) -> pd.DataFrame:
        days = pd.date_range(first, last, unit="us")
        times = [d + pd.Timedelta(hours=h) for d in days for h in (12, 19)]
        local = pd.DatetimeIndex(times).tz_localize("America/Chicago")
        return build_rows(*({"request_id": f"{t:%Y%m%d%H}", "created_at": t, **columns} for t in local))

    return build


@pytest.fixture(scope="session")
def empty_tables() -> dict[str, pd.DataFrame]:
    return {t.name: t.empty() for t in (AREAS, CALENDAR, QUARANTINE, CORRECTIONS)}


@pytest.fixture
def build_weather() -> Callable[..., pd.DataFrame]:
    """Observed weather of these days: 1 mm of rain, 10 °C, known when the day ended; columns may be replaced."""

    def build(first: date, last: date, **columns: Any) -> pd.DataFrame:
        days = pd.date_range(first, last, unit="us")
        ends = (days + pd.Timedelta(days=1)).tz_localize("America/Chicago").tz_convert("UTC")
        values = dict.fromkeys(WEATHER_VARIABLES, np.nan) | {"temperature_mean_c": 10.0, "precipitation_mm": 1.0}
        fixed = {"city": "testville", **values, "source": "station", **columns}
        return pd.DataFrame({"date": days, "known_at": ends - pd.Timedelta(microseconds=1)}).assign(**fixed)

    return build


@pytest.fixture
def build_issued(build_weather: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Forecasts issued on these days for the `leads` days after each."""

    def build(first: date, last: date, leads: int = 14, **columns: Any) -> pd.DataFrame:
        issues = build_weather(first, last, **columns).rename(columns={"date": "origin"})
        pieces = [issues.assign(date=issues["origin"] + pd.Timedelta(days=lead)) for lead in range(1, leads + 1)]
        return pd.concat(pieces, ignore_index=True)

    return build


@pytest.fixture
def build_incoming(empty_tables: dict[str, pd.DataFrame]) -> Callable[..., Incoming]:
    """A load of these rows or counts, with empty tables beside them."""

    def build(rows: pd.DataFrame | None = None, counts: pd.DataFrame | None = None, **fields: Any) -> Incoming:
        given = rows if rows is not None else counts
        settings: dict[str, Any] = {
            "weather_observed": None,
            "weather_issued": None,
            **empty_tables,
            "rows_read": 0 if given is None else len(given),
            "has_hours": rows is not None,
            "files": {"rows.csv": "0" * 64},
            **fields,
        }
        return Incoming(rows=rows, counts=counts, **settings)

    return build
