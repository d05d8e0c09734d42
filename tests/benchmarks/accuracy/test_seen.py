"""A peer sees counts and weather up to the origin, and what was told about the days ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.seen import covariates, seen_at
from benchmarks.accuracy.task import CITY, Facts, Task, fingerprint, read

DAYS = pd.date_range("2020-01-01", periods=60)
ORIGIN = "2020-02-09"


def made(last: int = 0) -> Task:
    """Two areas over 60 days; `last` alters everything after the origin."""
    late = pd.Timestamp(ORIGIN) < DAYS
    frames = [
        pd.DataFrame({"date": DAYS, "area": a, "category": "pothole", "count": np.arange(60) + n + last * late})
        for n, a in enumerate(("north", "south"))
    ]
    observed = pd.DataFrame({"date": DAYS, "precipitation_mm": 1.0 + last * late})
    told = pd.date_range("2020-02-10", periods=14)
    ahead = pd.DataFrame({"origin": pd.Timestamp(ORIGIN), "date": told, "precipitation_mm": 5.0})
    facts = Facts("t", "t", "issued", (ORIGIN,), 1, 4, ("pothole",), ("north", "south"), ("2020-02-17",))
    return Task(facts, pd.concat(frames, ignore_index=True), observed, ahead)


def test_nothing_after_the_origin_reaches_a_peer() -> None:
    views = [seen_at(t, t.table("pothole"), "pothole", ORIGIN, 0) for t in (made(), made(last=100))]
    pd.testing.assert_frame_equal(views[0].counts, views[1].counts)
    pd.testing.assert_frame_equal(views[0].weather, views[1].weather)
    assert views[0].counts.index[-1] == pd.Timestamp(ORIGIN)
    assert views[0].weather["precipitation_mm"].tail(15).tolist() == [1.0, *[5.0] * 14]


def test_the_city_is_one_series_of_sums() -> None:
    task = made()
    view = seen_at(task, task.table("pothole"), "pothole", ORIGIN, 0)
    city = view.city().counts
    assert list(city.columns) == [CITY]
    assert (city[CITY] == view.counts["north"] + view.counts["south"]).all()


def test_covariates_cover_history_and_the_days_ahead() -> None:
    task = made()
    found = covariates(seen_at(task, task.table("pothole"), "pothole", ORIGIN, 0))
    assert len(found) == 40 + 14
    assert found.loc["2020-02-11", "rain_three_days_mm"] == 5 + 5 + 1
    assert found["holiday"].sum() == 1


def test_an_origin_without_all_days_ahead_is_an_error() -> None:
    task = made()
    short = Task(task.facts, task.counts, task.observed, task.ahead.iloc[:-1])
    with pytest.raises(ValueError, match="13 days ahead"):
        seen_at(short, short.table("pothole"), "pothole", ORIGIN, 0)


def test_a_task_read_back_is_the_task_written(tmp_path: Path) -> None:
    made().write(tmp_path / "a")
    made(last=1).write(tmp_path / "b")
    assert read(tmp_path / "a").facts == made().facts
    assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "b")
