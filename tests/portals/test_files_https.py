"""Files over HTTPS: what does not fit is counted, what has not changed is not read, a new year may be late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain.portal_errors import DatasetWithdrawnError
from sources.portals.wire import delimited
from tests.portals.conftest import MakeCity
from tests.portals.files_fake import FakeFiles
from tests.portals.made import World
from tests.portals.server import FakePortal


@pytest.fixture
def portal(serve: Callable[..., FakePortal]) -> FakeFiles:
    world = World()
    world.add(600)
    fake = FakeFiles(world)
    serve(fake)
    return fake


def test_rows_of_the_wrong_width_are_left_out_and_counted(portal: FakeFiles, make_city: MakeCity) -> None:
    report = make_city(portal.section()).sync()
    assert (report.new, report.unreadable) == (600, 7)


def test_an_unchanged_file_is_not_read_again(portal: FakeFiles, make_city: MakeCity) -> None:
    city = make_city(portal.section())
    city.sync()
    again = city.sync(later=timedelta(days=1))
    assert (again.read, again.vanished) == (0, 0)


def test_the_file_of_a_new_year_may_be_late_but_not_all_year(portal: FakeFiles, make_city: MakeCity) -> None:
    city = make_city(portal.section())
    city.sync()
    city.now = datetime(2027, 1, 3, 12, tzinfo=UTC)
    assert len(city.sync().passes) == 2
    city.now = datetime(2027, 3, 3, 12, tzinfo=UTC)
    with pytest.raises(DatasetWithdrawnError, match=r"ytd-2027\.txt"):
        city.sync()


def test_a_file_with_a_header_and_no_rows_yet_is_no_error(
    serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(30)
    portal = FakeFiles(world)
    serve(portal)
    city = make_city(portal.section())
    kept, portal.world.rows, portal.broken = portal.world.rows, [], 0
    assert city.sync().read == 0
    portal.world.rows = kept
    assert city.sync().read == 30


def test_long_rows_are_cut_across_blocks_and_short_ones_counted(
    serve: Callable[..., FakePortal], make_city: MakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 4_000)
    world = World()
    world.add(400)
    portal = FakeFiles(world)
    serve(portal)
    section = portal.section()
    city = make_city({**section, "text": {**section["text"], "extra_cells": "cut"}})
    report = city.sync()
    assert (report.read, report.unreadable) == (400 + portal.broken, 0)
    assert set(city.frame()["request_id"]) == {m.id for m in world.rows} | {"1"}
