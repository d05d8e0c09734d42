"""Stopped in every step, by Ctrl-C and by kill -9: nothing half is left and the next run works."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from storage.home import open_home
from storage.lock import city_lock
from storage.vintages import latest, list_vintages, read_vintage

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

STEPS = (
    "start Prefect",
    "read and check the city's data",
    "choose the forecaster: flooding",
    "train and draw: flooding",
    "record in the registry",
    "add up, split to shifts, explain",
    "plan the crews",
    "publish",
)


@pytest.fixture(scope="module")
def home(new_home: Callable[[], Path]) -> Path:
    return new_home()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
def test_stopped_in_every_step_nothing_half_is_left(
    number: signal.Signals,
    starting: Callable[..., AbstractContextManager[Any]],
    crewcast: Callable[..., subprocess.CompletedProcess[str]],
    home: Path,
    small_city: Path,
) -> None:
    city = open_home(home).city("smallville-sim")
    for day, step in enumerate(STEPS, 1):
        before = list_vintages(city)
        as_of = ("--as-of", str(date(2025, 2, day + 10)), "--move-latest", "--reselect")
        with starting(home, "run", str(small_city), *as_of) as running:
            running.read_until(step)
            left = running.send(number)
        assert left.leftover == [], step
        assert left.seconds < 10, step
        assert "Traceback" not in left.err, step
        if number != signal.SIGKILL:
            assert left.code == 128 + number, step
            wanted = "interrupted while publishing" if step == "publish" else "interrupted: nothing was published"
            assert left.err.splitlines()[-1].startswith(wanted), step
        with city_lock(city, "test"):
            after = list_vintages(city)
            assert after == before or step == "publish"
            for vintage in after:
                read_vintage(city, vintage).verify()
            if after:
                latest(city).verify()
    answer = crewcast(home, "run", str(small_city))
    assert answer.returncode == 0, answer.stderr
    assert not [p for p in city.root.rglob("*") if p.name.startswith(".tmp-")]
    assert answer.stdout.splitlines()[-1] == f"published: {latest(city).folder}"
