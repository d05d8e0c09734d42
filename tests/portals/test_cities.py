"""Every packaged portal city syncs from the fake of its protocol and reads what it synced, no row lost on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from configs import packaged
from configs.load import load_city
from domain.progress import silent
from pipelines.job import Job
from pipelines.steps.ingest import ingest
from pipelines.sync import sync
from sources.plugins import load
from sources.portals.wire.plugin import PortalPlugin
from tests.portals.city_fakes import FAKE_OF
from tests.portals.conftest import FAST, NOW
from tests.portals.made import World
from tests.portals.server import FakePortal

PORTALS = [n for n in packaged("cities") if isinstance(load("requests", load_city(n).city.requests.kind), PortalPlugin)]
ROWS = 60


def city_rows(labels: list[str]) -> World:
    """The city's labels in turn; a label with * stands for one that it covers."""
    world = World()
    world.add(ROWS)
    world.rows[-1].created = NOW - timedelta(days=1)  # a feed that ended long ago is no city to plan for
    world.rows[-1].closed = None
    for place, made in enumerate(world.rows):
        made.label = labels[place % len(labels)].replace("*", "Anything")
    return world


def as_packaged(name: str) -> dict[str, Any]:
    file = Path(__file__).parents[2] / "configs" / "cities" / f"{name}.yaml"
    given: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return given


def on_loopback(given: dict[str, Any], portal: FakePortal, folder: Path) -> Path:
    """The packaged YAML with nothing of its requests changed but the host, without weather, and with yards anywhere:
    the fakes' points lie in no city."""
    requests = {**given["requests"], "host": portal.url, "manners": FAST}
    yards = [{k: v for k, v in yard.items() if k not in ("lat", "lon")} for yard in given["crews"]["yards"]]
    there = {k: v for k, v in given.items() if k != "weather"}
    there |= {"requests": requests, "crews": {**given["crews"], "yards": yards}}
    file = folder / f"{given['city']}.yaml"
    file.write_text(json.dumps(there), encoding="utf-8")
    return file


def test_all_protocols_serve_a_city() -> None:
    kinds = {load_city(n).city.requests.kind for n in PORTALS}
    assert kinds == set(FAKE_OF)


@pytest.mark.parametrize("name", PORTALS)
def test_a_packaged_city_syncs_from_the_fake_of_its_protocol_and_reads_every_row(
    name: str, serve: Callable[..., FakePortal], tmp_path: Path
) -> None:
    given = as_packaged(name)
    labels = given["requests"]["rules"]["labels"]
    portal = serve(FAKE_OF[given["requests"]["kind"]](given["requests"], city_rows(list(labels))))
    job = Job(str(on_loopback(given, portal, tmp_path)), tmp_path / "home", NOW)
    report = sync(job, None, silent)
    assert (report.read >= ROWS, report.unreadable) == (True, 0)
    snapshot = ingest(job, silent).snapshot()
    requests = snapshot.frame("requests")
    assert requests["request_id"].nunique() == ROWS
    assert set(requests["category"]) == set(labels.values())
    assert len(snapshot.frame("quarantine")) == 0
