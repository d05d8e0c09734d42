"""Coordinates age out: of what was synced, of every snapshot, and of what comes in later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd

from domain.progress import silent
from pipelines.steps.ingest import ingest
from storage.snapshots import read_snapshot
from tests.portals.conftest import NOW, PortalCity
from tests.portals.made import World
from tests.portals.server import FakePortal
from tests.portals.socrata_fake import COLUMNS, FakeSocrata

RULES = {"labels": {"Pothole": "pothole", "Flooding on Street": "flooding"}, "zone": "utc"}
KEPT_DAYS = 60
AREAS = {"kind": "from_rows"}


def places_on_disk(home: Path, column: str, moment: pd.Timestamp) -> int:
    """Rows with a place, filed before a moment, in any Parquet file of the home."""
    files = [str(p) for p in home.rglob("*.parquet")]
    found = 0
    for file in files:
        names = duckdb.sql(f"SELECT * FROM '{file}' LIMIT 0").columns
        if column in names and "lat" in names:
            sql = f"SELECT count(*) FROM '{file}' WHERE lat IS NOT NULL AND {column}::TIMESTAMP < '{moment}'::TIMESTAMP"
            found += duckdb.sql(sql).fetchall()[0][0]
    return found


def test_old_places_are_forgotten_everywhere_and_do_not_come_back(
    serve: Callable[..., FakePortal], tmp_path: Path
) -> None:
    world = World()
    world.add(1_500)
    portal = FakeSocrata(world)
    serve(portal)
    section = portal.section(rules=RULES, columns={**COLUMNS, "lon": "latitude"}, reread_days=3000)
    city = PortalCity(tmp_path, section)
    city.sync()
    first = ingest(city.job(), silent).snapshot()
    known = first.frame("requests")["request_id"].nunique()
    moment = pd.Timestamp(NOW + timedelta(days=1)).tz_localize(None).normalize() - pd.Timedelta(days=KEPT_DAYS)
    assert places_on_disk(city.home, "created_at", moment) > 100
    city.more = {"retention_days": KEPT_DAYS}
    city.write(section)
    world.edit(200)
    report = city.sync(later=timedelta(days=1))
    assert report.forgotten > 100
    later = ingest(city.job(), silent).snapshot()
    assert places_on_disk(city.home, "created", moment) == 0
    assert places_on_disk(city.home, "created_at", moment) == 0
    kept = later.frame("requests")
    assert kept.loc[kept["created_at"] >= moment.tz_localize("UTC"), "lat"].notna().mean() > 0.8
    assert any(n.startswith(f"places of requests are kept for {KEPT_DAYS} days") for n in later.meta.notes)
    assert not any(n.startswith("places of requests") for n in first.meta.notes)
    again = read_snapshot(city.job().folder(), first.id)
    again.verify()
    assert again.frame("requests")["request_id"].nunique() == known
    silent_sync = city.sync(later=timedelta(days=0))
    assert (silent_sync.new, silent_sync.forgotten) == (0, 0)
    assert ingest(city.job(), silent).snapshot().id == later.id


def noise_places(home: Path) -> int:
    """Synced rows of noise complaints that have a place."""
    found = 0
    for file in (home / "cities" / "norville" / "synced").rglob("*.parquet"):
        sql = f"SELECT count(*) FROM '{file}' WHERE label LIKE 'Graffiti%' AND (lat IS NOT NULL OR lon IS NOT NULL)"
        found += duckdb.sql(sql).fetchall()[0][0]
    return found


def test_places_of_noise_are_never_written_and_those_of_an_older_sync_are_taken_off(
    serve: Callable[..., FakePortal], tmp_path: Path
) -> None:
    world = World()
    world.add(900)
    portal = FakeSocrata(world)
    serve(portal)
    labels = {**RULES["labels"], "Graffiti & Tags": "flooding"}
    section = portal.section(rules={**RULES, "labels": labels}, columns={**COLUMNS, "lon": "latitude"})
    city = PortalCity(tmp_path, section)
    city.sync()
    assert noise_places(city.home) > 100
    before = places_on_disk(city.home, "created", pd.Timestamp(NOW).tz_localize(None)) - noise_places(city.home)
    quiet = {**section, "rules": {**section["rules"], "labels": {**labels, "Graffiti & Tags": "noise"}}}
    city.categories = ["pothole", "flooding", "noise"]
    city.write(quiet)
    assert city.sync(later=timedelta(hours=1)).new == 0
    assert noise_places(city.home) == 0
    assert places_on_disk(city.home, "created", pd.Timestamp(NOW).tz_localize(None)) == before
    world.add(300)
    world.edit(100)
    assert city.sync(later=timedelta(hours=1)).new > 100
    assert noise_places(city.home) == 0
    assert city.sync(later=timedelta(hours=1)).new == 0
    noise = ingest(city.job(), silent).snapshot().frame("requests").query("category == 'noise'")
    assert len(noise) > 200
    assert noise["lat"].isna().all()
