"""A small simulated city: two years, eight areas, everything else as in a real run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.progress import silent
from pipelines.job import Job
from pipelines.steps import assemble, choose, draw, ingest, plan, publish
from pipelines.steps.publish import Published

SMALL = """\
schema: 1
city: smallville-sim
title: Small simulated city
label: "Simulated city: everything is invented."
is_simulated: true
timezone: America/Chicago
holidays: {country: US}
categories: [pothole, flooding, noise]
requests: {kind: simulator, seed: 3, years: 2, end: 2025-03-16, districts: 2, areas_per_district: 4}
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
models: {draws: 300, weather_paths: 20, selection_folds: 2, threads: 1}
"""


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
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
    run = ingest.ingest(job, silent)
    work = job.folder().work
    choices = {c: choose.choose(run, c, silent) for c in job.plan().city.categories}
    folders = {c: draw.draw(run, choices[c].recipe, work, silent) for c in choices}
    forecast = assemble.assemble(run, folders, choices, silent)
    planned = plan.plan_crews(run, forecast, silent)
    return publish.publish(run, choices, forecast, planned, silent)


@pytest.fixture(scope="session")
def run_plainly() -> Callable[[Job], Published]:
    return run_all


@pytest.fixture(scope="session")
def job(small_city: Path, new_home: Callable[[], Path]) -> Job:
    return Job(str(small_city), new_home(), datetime(2025, 3, 17, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def published(job: Job) -> Published:
    """One plan of the small city, made once a session."""
    return run_all(job)
