"""Yards and locks that no plan can be made from are said by the doctor, and by the check of a run before it trains."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import ConfigError, LockError
from domain.progress import silent
from pipelines.crews import check_planned
from pipelines.doctor import check_city
from pipelines.job import Job
from pipelines.steps.ingest import ingest
from storage.home import open_home

NOW = datetime(2025, 3, 17, 12, tzinfo=UTC)
YARD = "lat: 41.05, lon: -89.95, crews"
LOCK = "{{date: 2025-03-18, shift: day, yard: Yard, crew_type: patching, {}}}"
LOCKS = f"  locks: [{LOCK.format('crews: 1')}, {LOCK.format('forbidden: true')}]\nmodels:"


def doctor(town: Any, job: Job | None = None) -> list[str]:
    job = job or town.job()
    found = check_city(open_home(job.home), job.city, job.now.date())
    return [check.detail for check in found if check.what == "crews"]


@pytest.mark.parametrize(
    ("yard", "said"),
    [
        ("lat: 10.05, lon: -89.95, crews", "lie far from every yard: 'Yard' at lat 10.05"),
        ("lat: -89.95, lon: 41.05, crews", "'Yard' at lat -89.95, lon 41.05: no city lies there"),
    ],
)
def test_a_yard_abroad_of_a_city_without_a_map_is_told_by_its_rows(town: Any, yard: str, said: str) -> None:
    town.configure(town.without_map())
    assert doctor(town) == []
    town.configure(town.without_map(), (YARD, yard))
    assert [said in line for line in doctor(town)] == [True]
    with pytest.raises(ConfigError, match="'Yard' at lat"):
        town.read()


def test_a_yard_moved_abroad_after_the_first_read_is_told_by_the_areas_known(town: Any) -> None:
    """Rows read before keep their points, so those of a new file are too few to tell."""
    town.configure(town.without_map())
    run = town.read()
    town.configure(town.without_map(), (YARD, "lat: 10.05, lon: -89.95, crews"))
    assert ["'Yard' at lat 10.05" in line for line in doctor(town)] == [True]
    moved = replace(run, job=town.job())
    with pytest.raises(ConfigError, match=r"'Yard' at lat 10\.05, lon -89\.95 is \d+ km from any area"):
        check_planned(moved)


def test_locks_of_the_first_planned_days_are_told_long_after_the_last_row(town: Any) -> None:
    """Files are planned for from their last day on, however long ago that was."""
    town.configure(("models:", LOCKS))
    job = replace(town.job(), now=NOW.replace(year=2026))
    assert ["locked twice" in line for line in doctor(town, job)] == [True], "never read"
    run = ingest(job, silent)
    with pytest.raises(LockError, match="locked twice"):
        check_planned(run)
    assert ["locked twice" in line for line in doctor(town, job)] == [True], "read once"
