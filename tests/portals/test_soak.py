"""Many rows over a line on which everything goes wrong: 20,000 a protocol here, a million in `make soak`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psutil
import pytest

from tests.portals.conftest import FAST, MakeCity
from tests.portals.made import World
from tests.portals.server import Call, FakePortal, noisy
from tests.portals.spoilt import mixed_up
from tests.portals.test_contract import FAKES, found, truth

FEW, MANY = 20_000, int(os.environ.get("CREWCAST_SOAK_ROWS", "1000000"))
EDITED, ADDED = 5, 2
PATIENT = {**FAST, "attempts": 8, "timeout_seconds": 300}
"""A fake takes its time to write a million rows."""

MakeFake = Callable[[World], Any]
Serve = Callable[..., FakePortal]
each_protocol = pytest.mark.parametrize("fake", FAKES, ids=lambda f: f.__name__)


def soaked(fake: MakeFake, rows: int, serve: Serve, make_city: MakeCity) -> dict[str, Any]:
    """A first sync under edits and faults, and the next one: exactly the rows of the source, each once, the newest.

    Feeds without a clock are read again as a whole by the second.
    """
    world = World()
    world.add(rows)
    portal = fake(world)
    serve(portal)
    portal.noise = mixed_up(11, noisy(3, 0.25))
    portal.before = under_way(world)
    city = make_city(portal.section(reread_days=3000, manners=PATIENT))
    began = time.perf_counter()
    first = city.sync()
    took = time.perf_counter() - began
    portal.before = None
    second = city.sync(later=timedelta(hours=1))
    assert found(city) == truth(portal)
    retried = {k: first.tally.retried.get(k, 0) + second.tally.retried.get(k, 0)
               for k in {*first.tally.retried, *second.tally.retried}}  # fmt: skip
    seen = len(world.log)
    return {"rows": len(world.rows), "edited or added under way": seen, "read": first.read + second.read,
            "first sync (s)": round(took, 1), "rows a second": round(first.read / took), "tried again": retried,
            "vanished": first.vanished + second.vanished}  # fmt: skip


def under_way(world: World) -> Callable[[Call], None]:
    def edit(_call: Call) -> None:
        world.edit(EDITED)
        world.add(ADDED)

    return edit


@each_protocol
def test_every_row_arrives_once_in_its_newest_version_over_a_spoilt_line(
    fake: MakeFake, serve: Serve, make_city: MakeCity
) -> None:
    told = soaked(fake, FEW, serve, make_city)
    assert told["vanished"] == 0
    assert told["read"] >= told["rows"] >= FEW


@pytest.mark.soak
@pytest.mark.timeout(3600)
@each_protocol
def test_a_million_rows_arrive_once_in_their_newest_version(
    fake: MakeFake, serve: Serve, make_city: MakeCity, capsys: pytest.CaptureFixture[str]
) -> None:
    told = soaked(fake, MANY, serve, make_city)
    memory = psutil.Process().memory_info().rss / 2**20
    with capsys.disabled():
        print(f"\n{getattr(fake, '__name__', 'fake')}: {json.dumps(told)}, with the fake {memory:,.0f} MiB")
    assert sum(told["tried again"].values()) > 0
