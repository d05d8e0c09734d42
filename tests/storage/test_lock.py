from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.errors import CityBusyError
from storage.home import CityFolder, open_home
from storage.lock import city_lock, read_holder

HOLD = """
import sys
from pathlib import Path
from storage.home import open_home
from storage.lock import city_lock
with city_lock(open_home(Path(sys.argv[1])).city("testville"), "crewcast run testville"):
    print("held", flush=True)
    sys.stdin.readline()
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def another_run(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A real process that holds the city until it reads a line or is killed."""
    command = [sys.executable, "-c", HOLD, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_second_run_is_told_who_holds_the_city(folder: CityFolder, home: Path) -> None:
    with another_run(home) as process:
        holder = f"'crewcast run testville' \\(process {process.pid} on "
        with pytest.raises(CityBusyError, match=holder) as caught, city_lock(folder, "second"):
            pytest.fail("the city was given to two")
        assert caught.value.exit_code == 4


def test_two_cities_do_not_wait_for_each_other(home: Path) -> None:
    with another_run(home), city_lock(open_home(home).city("elsewhere"), "run"):
        pass


def test_the_lock_of_a_killed_holder_is_free_at_once(folder: CityFolder, home: Path) -> None:
    with another_run(home) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        left = read_holder(folder)
        assert left is not None
        assert left.pid == process.pid
        with city_lock(folder, "next"):
            holder = read_holder(folder)
            assert holder is not None
            assert holder.pid == os.getpid()


def test_a_run_that_may_wait_gets_the_city_when_the_holder_ends(folder: CityFolder, home: Path) -> None:
    with another_run(home) as process:
        assert process.stdin is not None
        process.stdin.write("done\n")
        process.stdin.flush()
        with city_lock(folder, "patient", wait_seconds=30):
            holder = read_holder(folder)
            assert holder is not None
            assert holder.command == "patient"


def test_a_run_that_is_interrupted_frees_the_city_and_names_nobody(folder: CityFolder) -> None:
    with pytest.raises(KeyboardInterrupt), city_lock(folder, "first"):
        raise KeyboardInterrupt
    assert read_holder(folder) is None
    with city_lock(folder, "second"):
        pass
