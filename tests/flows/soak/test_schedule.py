"""A schedule really fires, outlives a run that fails, and leaves nothing behind when it is stopped."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
import pytest

from domain.words import MODE_FAILED_SYNC
from storage.home import open_home
from storage.lock import city_lock, read_holder
from storage.vintages import latest, list_vintages
from tests.flows.test_synced_city import MODELS, portal_until, section
from tests.portals.conftest import PortalCity
from tests.portals.server import HTML

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


def soon(seconds: int) -> str:
    """A time of day a little ahead, on the city's clocks."""
    return (datetime.now(ZoneInfo("America/Chicago")) + timedelta(seconds=seconds)).strftime("%H:%M")


def read_out(process: Any, words: str) -> str:
    return next(line for line in process.stdout if words in line)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_schedule_fires_and_stops_cleanly(
    number: signal.Signals,
    code: int,
    starting: Callable[..., AbstractContextManager[Any]],
    new_home: Callable[[], Path],
    quick_city: Path,
) -> None:
    home = new_home()
    with starting(home, "schedule", str(quick_city), "--at", soon(110)) as running:
        assert "next run: " in read_out(running.process, "next run")
        said = read_out(running.process, "smallville-sim: ")
        newest = latest(open_home(home).city("smallville-sim"))
        newest.verify()
        assert f"published: {newest.folder}" in said
        assert "next run: " in read_out(running.process, "next run")
        left = running.send(number)
    assert (left.code, left.leftover) == (code, [])
    assert left.err.splitlines()[-1] == "stopped: no further runs"
    assert "Traceback" not in left.err


def test_a_schedule_that_is_killed_takes_its_run_and_its_server_with_it(
    starting: Callable[..., AbstractContextManager[Any]], new_home: Callable[[], Path], quick_city: Path
) -> None:
    home = new_home()
    city = open_home(home).city("smallville-sim")
    with starting(home, "schedule", str(quick_city), "--at", soon(110)) as running:
        deadline = time.monotonic() + 400
        while read_holder(city) is None:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        children = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        assert psutil.wait_procs(children, timeout=20)[1] == []
    with city_lock(city, "test"):
        assert list_vintages(city) == []


def test_a_run_that_fails_is_told_and_the_schedule_goes_on(
    starting: Callable[..., AbstractContextManager[Any]],
    new_home: Callable[[], Path],
    tmp_path: Path,
    quick_city: Path,
) -> None:
    home = new_home()
    city = tmp_path / "broken.yaml"
    text = quick_city.read_text(encoding="utf-8")
    city.write_text(
        text.replace("areas: {kind: simulator}", "areas: {kind: files, path: gone.geojson, properties: {area: id}}"),
        "utf-8",
    )
    with starting(home, "schedule", str(city), "--at", soon(110)) as running:
        assert "nothing was published" in read_out(running.process, "smallville-sim: ")
        assert "log: " in read_out(running.process, "log: ")
        assert "next run: " in read_out(running.process, "next run")
        assert running.process.poll() is None
        left = running.send(signal.SIGINT)
    assert (left.code, left.leftover) == (130, [])


@pytest.mark.parametrize("is_down", [False, True])
def test_a_scheduled_city_with_a_portal_is_synced_before_its_run(
    is_down: bool, starting: Callable[..., AbstractContextManager[Any]], tmp_path: Path
) -> None:
    portal = portal_until(datetime.now(UTC))
    portal.start()
    city = PortalCity(tmp_path, section(portal), timezone="America/Chicago", models=MODELS)
    city.now = datetime.now(UTC)
    city.sync()
    asked = len(portal.calls)
    portal.faults = [HTML] * 9 if is_down else []
    with starting(city.home, "schedule", str(city.file), "--at", soon(110)) as running:
        said = read_out(running.process, "norville: ")
        assert ("the sync failed" in said) == is_down
        if is_down:
            said = read_out(running.process, "published: ")
        assert "published: " in said
        running.send(signal.SIGTERM)
    portal.stop()
    assert len(portal.calls) > asked
    modes = latest(open_home(city.home).city("norville")).manifest.modes
    assert (MODE_FAILED_SYNC in modes) == is_down
