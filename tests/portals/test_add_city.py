"""A YAML proposed from a portal's own description loads, and its city can be synced."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.errors import ConfigError
from domain.progress import silent
from pipelines.add_city import propose_city
from pipelines.job import Job
from pipelines.labels import find_labels
from pipelines.sync import sync
from tests.portals.arcgis_fake import SERVICE, FakeArcGis
from tests.portals.ckan_fake import FakeCkan
from tests.portals.conftest import NOW
from tests.portals.made import World
from tests.portals.server import FakePortal
from tests.portals.socrata_fake import FakeSocrata

PAGES: dict[str, tuple[Callable[[World], Any], str]] = {
    "socrata": (FakeSocrata, "/Service-Requests/abcd-1234/about_data"),
    "arcgis": (FakeArcGis, f"{SERVICE}/0"),
    "ckan": (FakeCkan, "/dataset/requete-311"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_proposed_city_loads_shows_its_labels_and_syncs(
    kind: str, serve: Callable[..., FakePortal], tmp_path: Path
) -> None:
    world = World()
    world.add(400)
    fake, page = PAGES[kind]
    portal = serve(fake(world))
    file = tmp_path / "new.yaml"
    words = [
        "add-city",
        f"{portal.url}{page}",
        "--name",
        "newtown",
        "--timezone",
        "America/New_York",
        "--write",
        str(file),
    ]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    job = Job(str(file), tmp_path / "home", NOW)
    seen = {s.count.label for s in find_labels(job, (NOW - timedelta(days=900)).date(), silent).review.seen}
    assert seen == {m.label for m in world.rows}
    assert job.plan().city.requests.kind == kind
    assert sync(job, None, silent).read == 400


def test_what_cannot_be_told_is_asked_for_and_an_unknown_address_is_refused(serve: Callable[..., FakePortal]) -> None:
    world = World()
    world.add(5)
    portal = FakeSocrata(world)
    serve(portal)
    portal.fields -= {"sr_number"}
    proposed = propose_city(f"{portal.url}/d/abcd-1234")
    assert any(line.startswith("columns.request_id") for line in proposed.open)
    assert any(re.search(r'request_id: "FILL-IN"  # which one\?', line) for line in proposed.lines)
    with pytest.raises(ConfigError, match="not the address of a data set"):
        propose_city(f"{portal.url}/about")
