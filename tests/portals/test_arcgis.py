"""ArcGIS: capped blocks, errors inside a 200, layers by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.portal_errors import DatasetWithdrawnError, PortalColumnMissingError, PortalRefusedError
from tests.portals.arcgis_fake import COLUMNS, SERVICE, FakeArcGis, failed
from tests.portals.conftest import MakeCity
from tests.portals.made import World
from tests.portals.server import FakePortal


@pytest.fixture
def portal(serve: Callable[..., FakePortal]) -> FakeArcGis:
    world = World()
    world.add(1_500)
    fake = FakeArcGis(world)
    serve(fake)
    return fake


def test_a_block_that_is_too_heavy_is_halved_once(portal: FakeArcGis, make_city: MakeCity) -> None:
    portal.heavy = 250
    city = make_city(portal.section())
    assert city.sync().new == 1_500
    portal.heavy = 10
    with pytest.raises(PortalRefusedError, match="Unable to complete operation"):
        make_city(portal.section(updated=None)).sync()


def test_a_layer_is_found_by_its_name(portal: FakeArcGis, make_city: MakeCity) -> None:
    city = make_city(portal.section(datasets=[{"service": SERVICE, "name": "Requests in 2026"}]))
    assert city.sync().new == 1_500
    gone = make_city(portal.section(datasets=[{"service": SERVICE, "name": "Requests in 2031"}]))
    with pytest.raises(DatasetWithdrawnError, match="Requests in 2026"):
        gone.sync()


def test_epoch_milliseconds_become_utc_and_degrees_come_from_the_geometry(
    portal: FakeArcGis, make_city: MakeCity
) -> None:
    city = make_city(portal.section(columns={**COLUMNS, "lat": "geometry.y", "lon": "geometry.x"}))
    city.sync()
    frame = city.frame().set_index("request_id")
    made = portal.world.rows[0]
    assert frame.loc[made.id, "created"] == made.created.isoformat(timespec="seconds")
    assert set(frame["lon"]) == {"-93.2"}


def test_a_missing_column_names_those_there_are(portal: FakeArcGis, make_city: MakeCity) -> None:
    portal.missing = "WARD"
    with pytest.raises(PortalColumnMissingError, match=r"Norville: Public_311/0: .*no column 'WARD'"):
        make_city(portal.section()).sync()


def test_an_error_inside_a_200_is_an_error(portal: FakeArcGis, make_city: MakeCity) -> None:
    city = make_city(portal.section())
    city.sync()
    portal.faults = [None, failed(499, "Token Required")]
    with pytest.raises(DatasetWithdrawnError, match="Token Required"):
        city.sync(later=timedelta(hours=1))
    portal.faults = [None, failed(503, "busy"), failed(500, "busy")]
    assert city.sync(later=timedelta(hours=1)).tally.retried == {
        "error 503 inside a 200": 1,
        "error 500 inside a 200": 1,
    }
