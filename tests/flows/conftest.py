"""A small simulated city: two years, four areas, everything else as in a real run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from domain.progress import silent
from pipelines.job import Job
from pipelines.steps import assemble, choose, draw, ingest, plan, publish
from pipelines.steps.choose import Choice
from pipelines.steps.publish import Published
from tests.portals.conftest import PortalCity
from tests.portals.made import World
from tests.portals.socrata_fake import FakeSocrata

SMALL = """\
schema: 1
city: smallville-sim
title: Small simulated city
label: "Simulated city: everything is invented."
is_simulated: true
timezone: America/Chicago
holidays: {country: US}
categories: [pothole, flooding, noise]
requests: {kind: simulator, seed: 3, years: 2, end: 2025-03-16, districts: 2, areas_per_district: 2}
weather: {kind: simulator}
areas: {kind: simulator}
crews:
  is_invented: true
  shifts:
    - {name: day, start: "07:00", end: "15:00", minutes: 400}
    - {name: evening, start: "15:00", end: "23:00", minutes: 400, weekdays: [0, 1, 2, 3, 4, 5, 6], on_holidays: true}
    - {name: night, start: "23:00", end: "07:00", minutes: 400, weekdays: []}
  types:
    - {name: patching, skills: {patching: null}, cost_per_hour: 118, snow_duty: true}
    - {name: drainage, skills: {drainage: null}, cost_per_hour: 134}
  yards:
    - {name: North Yard, crews: {patching: 1, drainage: 1}}
models:
  {draws: 300, weather_paths: 20, selection_folds: 2, threads: 1,
   parameters: {lightgbm_poisson: {rounds: 20, max_rows: 20000}}}
"""


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def quick_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city without what takes long to choose or to repeat; the same folder in a home."""
    path = tmp_path_factory.mktemp("quick") / "quick.yaml"
    quick = SMALL.replace("  {draws", "  {forecasters: [exponential_smoothing, recent_weekdays], draws")
    quick = quick.replace("  is_invented: true\n", "  is_invented: true\n  repeat_when_doubted: false\n")
    path.write_text(quick, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def cache_of_towns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulated towns are built once a session and linked into every home."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory, cache_of_towns: Path) -> Callable[[], Path]:
    """Makes a fresh home that shares the built towns."""

    def make() -> Path:
        root = tmp_path_factory.mktemp("home")
        (root / "cache").symlink_to(cache_of_towns, target_is_directory=True)
        return root

    return make


def run_all(job: Job) -> Published:
    """The whole run without Prefect: the same steps, called one after the other."""
    return choose_and_publish(job, {})[1]


def choose_and_publish(job: Job, known: Mapping[str, Choice]) -> tuple[dict[str, Choice], Published]:
    """The same, with its choices. known: choices by category that are taken over, as choosing is what takes longest."""
    run = ingest.ingest(job, silent)
    work = job.folder().work
    choices = {c: known.get(c) or choose.choose(run, c, silent) for c in job.plan().city.categories}
    folders = {c: draw.draw(run, choices[c].recipe, work, silent) for c in choices}
    forecast = assemble.assemble(run, folders, choices, silent)
    planned = plan.plan_crews(run, forecast, silent)
    return choices, publish.publish(run, choices, forecast, planned, silent)


@pytest.fixture(scope="session")
def run_plainly() -> Callable[[Job], Published]:
    return run_all


@pytest.fixture(scope="session")
def job(small_city: Path, new_home: Callable[[], Path]) -> Job:
    return Job(str(small_city), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def whole_run(job: Job) -> tuple[dict[str, Choice], Published]:
    """One plan of the small city, made once a session, and the choices that it rests on."""
    return choose_and_publish(job, {})


@pytest.fixture(scope="session")
def published(whole_run: tuple[dict[str, Choice], Published]) -> Published:
    return whole_run[1]


@pytest.fixture(scope="session")
def planned_home(quick_city: Path, new_home: Callable[[], Path]) -> Path:
    """A home in which the quick city was published once; to be copied, not written to."""
    job = Job(str(quick_city), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC))
    run_all(job)
    return job.home


@dataclass(frozen=True)
class Left:
    """How a signalled process ended."""

    code: int
    out: str
    err: str
    seconds: float
    leftover: list[psutil.Process]


@dataclass
class Started:
    """A `crewcast` of its own session, as a terminal would start it."""

    process: subprocess.Popen[str]

    def read_until(self, words: str) -> None:
        """Follow its standard error until a line holds the words."""
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if words in line:
                return
        pytest.fail(f"it ended before '{words}':\n{''.join(seen)}")

    def send(self, number: signal.Signals) -> Left:
        """Signal the whole group, as Ctrl-C does; a child that outlives it by more than a few seconds is left over."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        began = time.monotonic()
        os.killpg(self.process.pid, number)
        out, err = self.process.communicate(timeout=60)
        took = time.monotonic() - began
        return Left(self.process.returncode, out, err, took, psutil.wait_procs(children, timeout=10)[1])


def own_environment(home: Path) -> dict[str, str]:
    strict = {"PYTHONWARNINGS": "default::ResourceWarning", "NO_COLOR": "1", "COLUMNS": "100"}
    return {**os.environ, **strict, "CREWCAST_HOME": str(home)}


Crewcast = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def crewcast() -> Crewcast:
    """Runs the command line to its end."""

    def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            capture_output=True,
            text=True,
            env=own_environment(home),
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def starting() -> Callable[..., object]:
    """Starts the command line in a session of its own; whatever is left of it at the end is killed."""

    @contextmanager
    def start(home: Path, *words: str) -> Iterator[Started]:
        command = [sys.executable, "-m", "cli.main", *words]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=own_environment(home),
            start_new_session=True,
        ) as process:
            try:
                yield Started(process)
            finally:
                process.kill()

    return start


SYNCED_RULES = {"labels": {"Pothole": "pothole", "Flooding on Street": "flooding"}, "zone": "utc"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Callable[[dict[str, Any]], PortalCity]]:
    """Builds a synced city whose open work orders come from a section of its YAML."""
    world = World()
    world.add(1_200)
    portal = FakeSocrata(world)
    portal.start()

    def build(section: dict[str, Any]) -> PortalCity:
        city = PortalCity(tmp_path, portal.section(rules=SYNCED_RULES), open_work=section)
        city.sync()
        return city

    yield build
    portal.stop()
