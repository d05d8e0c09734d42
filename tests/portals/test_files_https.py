"""Files over HTTPS: what does not fit is counted, what has not changed is not read, a new year may be late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain.portal_errors import DatasetWithdrawnError
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
