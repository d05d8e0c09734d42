"""CKAN: a datastore that lies, a firewall, a walk that begins anew, an archive that has not changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.portal_errors import CutShortError, DatasetWithdrawnError, PortalColumnMissingError, PortalRefusedError
from tests.portals.ckan_fake import COLUMNS, FIREWALL, FakeCkan, FakeZip
from tests.portals.conftest import MakeCity
from tests.portals.made import START, World
from tests.portals.server import Answer, FakePortal


@pytest.fixture
def world() -> World:
    made = World()
    made.add(1_000)
    return made


def test_a_resource_that_only_claims_to_be_in_the_datastore_is_named(
    world: World, serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    portal = FakeCkan(world)
    serve(portal)
    portal.has_table = False
    with pytest.raises(DatasetWithdrawnError, match="Norville: 2cfa0e06"):
        make_city(portal.section()).sync()


def test_rows_taken_out_while_paging_are_noticed(
    world: World, serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    portal = FakeCkan(world)
    serve(portal)
    taken: list[object] = []
    portal.before = lambda call: taken or len(portal.calls) < 3 or taken.extend(world.remove(3, START))
    city = make_city(portal.section(page_size=200))
    city.sync()
    alive = {m.id for m in world.rows}
    assert alive <= set(city.frame()["request_id"])


def test_a_firewall_and_a_missing_column_are_told_apart(
    world: World, serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    portal = FakeCkan(world)
    serve(portal)
    portal.faults = [FIREWALL]
    with pytest.raises(PortalRefusedError, match="firewall"):
        make_city(portal.section()).sync()
    with pytest.raises(PortalColumnMissingError, match="'ARROND'"):
        make_city(portal.section("sql", columns={**COLUMNS, "area": "ARROND"})).sync()


def test_an_unchanged_archive_is_not_read_again_and_a_broken_one_is_told(
    world: World, serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    portal = FakeZip(world)
    serve(portal)
    city = make_city(portal.section())
    assert city.sync().new == 1_000
    assert city.sync(later=timedelta(days=1)).read == 0
    world.edit(5)
    broken = Answer(200, b"PK\x03\x04 half an archive", "application/zip")
    portal.faults = [None, broken]
    with pytest.raises((CutShortError, PortalColumnMissingError)):
        city.sync(later=timedelta(days=1))
    assert len(city.frame()) == 1_000
