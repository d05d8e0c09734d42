"""A city with a portal section, and its sync, for the tests of all protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from domain.progress import silent
from pipelines.job import Job
from pipelines.steps.synced import portal_of, reading_of
from pipelines.sync import Report, sync
from storage.synced_read import SyncedRows, newest_rows
from tests.portals.server import FakePortal

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CREWS = {
    "is_invented": True,
    "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 450}],
    "types": [{"name": "patch", "skills": {"patching": None, "drainage": None}, "cost_per_hour": 100}],
    "yards": [{"name": "Main", "crews": {"patch": 2}}],
    "repeat_when_doubted": False,  # what the repeats say is tested elsewhere: they take longer than the rest of a plan
}
FAST = {"attempts": 6, "first_wait_seconds": 0.001, "longest_wait_seconds": 1.0, "timeout_seconds": 10}


class PortalCity:
    """A city of its own home whose requests come from a portal section; syncs and reads it. more: of its YAML."""

    def __init__(self, folder: Path, section: dict[str, Any], timezone: str = "America/New_York", **more: Any) -> None:
        self.home = folder / "home"
        self.file = folder / "norville.yaml"
        self.timezone, self.more = timezone, more
        self.categories = ["pothole", "flooding"]
        self.write(section)
        self.now = NOW

    def write(self, section: dict[str, Any]) -> None:
        city = {
            "schema": 1, "city": "norville", "title": "Norville", "timezone": self.timezone,
            "holidays": {"country": "US"}, "categories": self.categories,
            "requests": {"manners": FAST, **section}, "areas": {"kind": "from_rows"}, "crews": CREWS, **self.more,
        }  # fmt: skip
        self.file = self.file.with_name(f"norville-{len(list(self.file.parent.glob('norville-*')))}.yaml")
        with self.file.open("w", encoding="utf-8") as stream:
            YAML(typ="safe").dump(city, stream)

    def job(self) -> Job:
        return Job(str(self.file), self.home, self.now)

    def sync(self, since: date | None = None, later: timedelta = timedelta(0)) -> Report:
        self.now += later
        return sync(self.job(), since, silent)

    def rows(self) -> SyncedRows:
        job = self.job()
        _, config = portal_of(job.plan())
        found = newest_rows(job.folder(), reading_of(job.plan().city.requests.kind, config))
        assert found is not None
        return found

    def frame(self) -> pd.DataFrame:
        return self.rows().frame


MakeCity = Callable[..., PortalCity]


@pytest.fixture
def make_city(tmp_path: Path) -> MakeCity:
    def build(section: dict[str, Any], **how: Any) -> PortalCity:
        return PortalCity(tmp_path, section, **how)

    return build


@pytest.fixture
def serve() -> Iterator[Callable[..., FakePortal]]:
    """Starts a fake portal on a loopback socket; all are stopped at the end."""
    running: list[FakePortal] = []

    def start(portal: FakePortal) -> FakePortal:
        portal.start()
        running.append(portal)
        return portal

    yield start
    for portal in running:
        portal.stop()
