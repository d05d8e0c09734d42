"""Which addresses are asked: those that the YAML names, and no private one behind a redirect."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.portal_errors import UnsafeAddressError
from tests.portals.conftest import MakeCity
from tests.portals.made import World
from tests.portals.server import FakePortal
from tests.portals.socrata_fake import FakeSocrata


@pytest.mark.parametrize(
    "there", ["http://10.0.0.7", "http://169.254.169.254", "http://localhost:9", "ftp://x.example"]
)
def test_a_redirect_to_a_private_address_or_another_scheme_is_refused(
    there: str, serve: Callable[..., FakePortal], make_city: MakeCity
) -> None:
    world = World()
    world.add(10)
    portal = FakeSocrata(world)
    serve(portal)
    portal.moved_to = there
    with pytest.raises(UnsafeAddressError, match="Norville: abcd-1234: refused to ask"):
        make_city(portal.section()).sync()
