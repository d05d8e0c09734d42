"""A sync that is killed in the middle of a page goes on where its last commit stands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.portals.conftest import MakeCity
from tests.portals.made import World
from tests.portals.server import Call, FakePortal
from tests.portals.socrata_fake import FakeSocrata

SYNC = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from domain.progress import silent
from pipelines.job import Job
from pipelines.steps import pull
from pipelines.sync import sync
pull.COMMIT_ROWS = 500
sync(Job(sys.argv[1], Path(sys.argv[2]), datetime(2026, 11, 20, 12, tzinfo=UTC)), None, silent)
"""


def test_a_killed_sync_loses_and_doubles_no_row(serve: Callable[..., FakePortal], make_city: MakeCity) -> None:
    world = World()
    world.add(4_000)
    portal = FakeSocrata(world)
    serve(portal)
    city = make_city(portal.section(page_size=250))
    command = [sys.executable, "-c", SYNC, str(city.file), str(city.home)]
    root = Path(__file__).parents[2]
    for pages in (5, 9, 3):
        process = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
        portal.before = killer(process, pages)
        assert process.wait(120) == -signal.SIGKILL
    portal.before = None
    asked = len(portal.calls)
    city.sync()
    assert len(portal.calls) - asked < 16
    frame = city.frame()
    assert frame["request_id"].is_unique
    assert set(frame["request_id"]) == set(world.state())
    assert city.rows().files


def killer(process: subprocess.Popen[bytes], at: int) -> Callable[[Call], None]:
    """Kills the process while it waits for its at-th answer."""
    calls = [0]

    def count(_call: Call) -> None:
        calls[0] += 1
        if calls[0] == at:
            process.kill()

    return count
