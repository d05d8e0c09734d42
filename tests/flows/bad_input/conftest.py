"""A small city from files, to be spoilt: two areas, potholes and noise, a year of rows, weather."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from domain.progress import silent
from pipelines.job import Job, Run, known_at
from pipelines.steps.ingest import ingest
from storage.findings import findings

LAST = pd.Timestamp("2025-03-16")
NOW = datetime(2025, 3, 17, 12, tzinfo=UTC)
DAYS = 400
CITY = """\
schema: 1
city: badtown
title: Badtown
timezone: America/Chicago
holidays: {country: US}
categories: [pothole, noise]
requests: {kind: files, path: rows.csv, columns: {request_id: id, created: opened, closed: closed, label: type, \
status: status, area: ward, lat: lat, lon: lon}}
areas: {kind: files, path: areas.geojson, properties: {area: ward}}
weather: {kind: files, observed: {path: weather.csv, \
columns: {date: day, temperature_mean_c: t, precipitation_mm: rain}}}
crews:
  shifts:
    - {name: day, start: 07:00, end: 19:00, minutes: 400}
    - {name: night, start: 19:00, end: 07:00, minutes: 400, weekdays: []}
  types: [{name: patching, skills: {patching: null}, cost_per_hour: 118}]
  yards: [{name: Yard, lat: 41.05, lon: -89.95, crews: {patching: 1}}]
models: {draws: 300, weather_paths: 10, selection_folds: 2, forecasters: [exponential_smoothing, recent_weekdays]}
"""


@dataclass(frozen=True)
class Town:
    """The files of a city. `rows`, `weather`: what lies in rows.csv and weather.csv before they are spoilt."""

    folder: Path
    rows: pd.DataFrame
    weather: pd.DataFrame

    def put(self, name: str, content: pd.DataFrame | bytes | str | dict[str, Any]) -> None:
        path = self.folder / name
        if isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def configure(self, *replaced: tuple[str, str], more: str = "") -> None:
        """Write the YAML with texts in it replaced; a new file each time, as a process reads one only once."""
        text = CITY
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        self.put(f"{len(list(self.folder.glob('*.yaml')))}.yaml", text + more)

    def section(self, name: str) -> str:
        """The line of a section, to be replaced."""
        return next(line for line in CITY.splitlines() if line.startswith(f"{name}: "))

    def without_map(self) -> tuple[str, str]:
        return self.section("areas"), "areas: {kind: from_rows}"

    def without_weather(self) -> tuple[str, str]:
        return self.section("weather"), ""

    def with_counts(self, settings: str = "") -> tuple[str, str]:
        return self.section("requests"), f"requests: {{kind: counts, path: counts.csv{settings}}}"

    def job(self, as_of: date | None = None) -> Job:
        newest = max(self.folder.glob("*.yaml"), key=lambda p: int(p.stem))
        return Job(str(newest), self.folder / "home", NOW, as_of)

    def read(self, as_of: date | None = None) -> Run:
        return ingest(self.job(as_of), silent)

    def health(self, run: Run) -> pd.DataFrame:
        return findings(run.snapshot(), known_at(run), run.job.plan())

    def told(self, run: Run) -> dict[str, str]:
        """The health page: kind and item → value."""
        frame = self.health(run)
        return dict(zip(frame["kind"] + ": " + frame["item"], frame["value"], strict=True))

    def last_days(self, days: int) -> pd.DataFrame:
        return self.rows[self.rows["opened"] > LAST - pd.Timedelta(days=days)]

    def counts(self) -> pd.DataFrame:
        """The rows as daily counts."""
        days = self.rows["opened"].dt.strftime("%Y-%m-%d")
        frame = self.rows.assign(date=days, area=self.rows["ward"], category=self.rows["type"])
        return frame.groupby(["date", "area", "category"]).size().rename("count").reset_index()

    def map(self) -> dict[str, Any]:
        """Two squares of a tenth of a degree, side by side: wards 8 and 9."""
        features = [
            {"type": "Feature", "properties": {"ward": ward}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for ward, ring in (("8", square(-90.0)), ("9", square(-89.9)))
        ]
        return {"type": "FeatureCollection", "features": features}


def square(west: float) -> list[list[float]]:
    return [[west, 41.0], [west + 0.1, 41.0], [west + 0.1, 41.1], [west, 41.1], [west, 41.0]]


def town_rows() -> pd.DataFrame:
    """A pothole and a noise complaint a day and area on average, closed within days; the last day is whole."""
    chance = np.random.default_rng(5)
    per = chance.poisson(1.0, size=(DAYS, 2, 2))
    day, area, kind = (np.repeat(axis.ravel(), per.ravel()) for axis in np.indices(per.shape))
    opened = LAST - pd.to_timedelta(DAYS - 1 - day, unit="D")
    opened += pd.to_timedelta(chance.integers(240, 1320, len(day)), unit="min")
    closed = opened + pd.to_timedelta(chance.integers(60, 5000, len(day)), unit="min")
    rows = pd.DataFrame(
        {"opened": opened, "closed": closed.where(closed < LAST), "type": np.array(["pothole", "noise"])[kind]}
    )
    rows["ward"], rows["lat"], rows["lon"] = (area + 8).astype(str), 41.05, -89.95 + area / 10
    rows.loc[rows.index[-1], "opened"] = LAST + pd.Timedelta(hours=21)
    rows["status"] = np.where(rows["closed"].notna(), "closed", "open")
    rows["id"] = [f"R{n:05d}" for n in range(len(rows))]
    return rows


def faultless() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows and weather without a fault."""
    days = pd.date_range(end=LAST, periods=DAYS + 30)
    season = 10 - 12 * np.cos(2 * np.pi * days.day_of_year / 365)
    rain = (np.arange(len(days)) % 4) * 2.5
    return town_rows(), pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "t": season.round(1), "rain": rain})


def make_town(folder: Path, rows: pd.DataFrame, weather: pd.DataFrame) -> Town:
    made = Town(folder, rows, weather)
    made.put("rows.csv", made.rows)
    made.put("weather.csv", made.weather)
    made.put("areas.geojson", made.map())
    made.configure()
    return made


@pytest.fixture(scope="session")
def good() -> tuple[pd.DataFrame, pd.DataFrame]:
    return faultless()


@pytest.fixture
def town(tmp_path: Path, good: tuple[pd.DataFrame, pd.DataFrame]) -> Town:
    return make_town(tmp_path, *good)
