"""Carto: an array of errors in a 400, and the waits that it asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.portal_errors import PortalColumnMissingError
from tests.portals.carto_fake import COLUMNS, FakeCarto
from tests.portals.conftest import MakeCity
from tests.portals.made import World
from tests.portals.server import Answer, FakePortal


@pytest.fixture
def portal(serve: Callable[..., FakePortal]) -> FakeCarto:
    world = World()
    world.add(500)
    fake = FakeCarto(world)
    serve(fake)
    return fake


def test_a_missing_column_is_named(portal: FakeCarto, make_city: MakeCity) -> None:
    city = make_city(portal.section(columns={**COLUMNS, "area": "ward"}))
    with pytest.raises(PortalColumnMissingError, match=r"Norville: public_cases_fc: .*'ward'"):
        city.sync()


def test_an_account_over_its_limit_is_waited_for(portal: FakeCarto, make_city: MakeCity) -> None:
    said = {"error": ["You are over platform's limits"], "context": "limit", "detail": "datasource"}
    portal.faults = [Answer.of(said, 429, Retry_After="0.01")]
    report = make_city(portal.section()).sync()
    assert (report.new, report.tally.retried) == (500, {"HTTP 429": 1})
