"""A run takes the synced rows as its request source: the newest version of each, never the portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.portal_errors import NothingSyncedError, PortalError
from domain.progress import silent
from pipelines.steps.ingest import ingest
from tests.portals.conftest import MakeCity
from tests.portals.made import World
from tests.portals.server import HTML, FakePortal
from tests.portals.socrata_fake import FakeSocrata

RULES = {"labels": {"Pothole": "pothole", "Flooding on Street": "flooding"}, "zone": "utc"}


def test_a_run_reads_what_was_synced_and_dates_edits_by_their_sync(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(1_500)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES))
    with pytest.raises(NothingSyncedError, match="crewcast sync norville"):
        ingest(city.job(), silent)
    city.sync()
    asked = len(portal.calls)
    first = ingest(city.job(), silent).snapshot()
    assert len(portal.calls) == asked
    assert first.frame("requests")["request_id"].nunique() == len(world.state(*RULES["labels"]))
    world.edit(60)
    city.sync(later=timedelta(days=1))
    synced_at = city.now
    city.now += timedelta(hours=5)
    later = ingest(city.job(), silent).snapshot().frame("requests")
    news = later[later["known_at_basis"] == "observed"]
    assert len(news) > 5
    assert (news["known_at"] <= synced_at).all()


def test_a_failed_sync_leaves_the_last_good_rows_in_use_and_the_run_says_so(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(500)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(rules=RULES, cannot_carry=["due time: none"]))
    city.sync()
    portal.faults = [HTML] * 9
    with pytest.raises(PortalError):
        city.sync(later=timedelta(days=1))
    notes = ingest(city.job(), silent).snapshot().meta.notes
    assert "the feed cannot carry: due time: none" in notes
    assert any(n.startswith("requests as synced on 2026-11-20; a later sync failed: Norville") for n in notes)
