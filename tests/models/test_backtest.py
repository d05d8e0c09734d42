"""A backtest replays what could have been done then, and writes what the scorer reads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from domain.city import CityPlan
from domain.panel import Known
from domain.progress import silent
from models.backtest import (
    Step,
    backtest,
    backtest_scores,
    counts_frame,
    forecasts_table,
    step_scores,
)
from models.folds import regular_origins
from models.recipe import Recipe
from models.reselection import reselecting

KnownOf = Callable[[date], Known]
END = date(2024, 6, 30)
FIRST = END - timedelta(days=14 + 28)


def replay(whole: Known, seen: list[date] | None = None) -> KnownOf:
    """What was known of `whole` at the end of an earlier day; days asked for are noted in `seen`."""

    def known(day: date) -> Known:
        if seen is not None:
            seen.append(day)
        days = len(whole.demand.dates) - (whole.origin - day).days
        dates, counts, unlocated = whole.demand.dates, whole.demand.counts, whole.demand.unlocated
        demand = replace(whole.demand, dates=dates[:days], counts=counts[:, :, :days], unlocated=unlocated[:, :days])
        return replace(whole, as_of=day, origin=day, demand=demand)

    return known


@pytest.fixture(scope="module")
def whole(city_known: Callable[..., Known]) -> Known:
    return city_known(days=520, categories=("noise", "pothole"), with_weather=False)


@pytest.fixture(scope="module")
def plan(city_plan: Callable[..., CityPlan]) -> CityPlan:
    return city_plan(("noise", "pothole"), selection_folds=2)


def run(known_of: KnownOf, plan: CityPlan, refit_every: int = 2) -> list[Step]:
    origins = regular_origins(FIRST, END - timedelta(days=14), 7)
    recipe_for = reselecting(known_of, plan, FIRST, 7, silent)
    return list(
        backtest(known_of, plan, origins, 14, refit_every=refit_every, recipe_for=recipe_for, seed=7, progress=silent)
    )


@pytest.fixture(scope="module")
def steps(whole: Known, plan: CityPlan) -> list[Step]:
    return run(replay(whole), plan)


def test_every_origin_gets_joint_paths_of_all_categories(steps: list[Step]) -> None:
    assert [s.origin for s in steps] == [FIRST + timedelta(days=7 * n) for n in range(5)]
    for step in steps:
        assert step.paths.samples.shape == (2, 6, 14, 300)
        assert step.paths.dates[0] == pd.Timestamp(step.origin) + pd.Timedelta(days=1)
        assert set(step.rivals) == {"exponential_smoothing", "recent_weekdays"}


def test_a_step_knows_nothing_past_its_origin(whole: Known, plan: CityPlan, steps: list[Step]) -> None:
    counts = whole.demand.counts.copy()
    at = len(whole.demand.dates) - (whole.origin - steps[2].origin).days
    counts[:, :, at:] += 40
    altered = run(replay(replace(whole, demand=replace(whole.demand, counts=counts))), plan)
    for before, after in zip(steps[:3], altered[:3], strict=True):
        assert before.paths.samples.tobytes() == after.paths.samples.tobytes()
    assert steps[3].paths.samples.tobytes() != altered[3].paths.samples.tobytes()


def test_recipes_rest_on_evidence_that_had_ended_and_are_renewed(whole: Known, plan: CityPlan) -> None:
    seen: list[date] = []
    recipe_for = reselecting(replay(whole, seen), plan, FIRST, 7, silent)
    first = recipe_for("noise", FIRST + timedelta(days=27))
    assert max(seen) == FIRST
    assert first.evidence_end == FIRST
    second = recipe_for("noise", FIRST + timedelta(days=28))
    assert second.evidence_end == FIRST + timedelta(days=28)
    assert recipe_for("noise", FIRST) == first


def test_a_changed_recipe_is_refitted_at_once(whole: Known, plan: CityPlan) -> None:
    """The recipe of the second origin differs; with no refit due the draws must still be its own."""

    def recipe_for(category: str, origin: date) -> Recipe:
        return Recipe(
            city="testville",
            category=category,
            forecaster="recent_weekdays",
            title="",
            params={"weeks": 8 if origin == FIRST else 2},
            evidence_from=FIRST,
            evidence_end=FIRST,
            folds=0,
            ratios={},
            mean_ratio=None,
            sentence="",
        )

    origins = (FIRST, FIRST + timedelta(days=7))
    known_of = replay(whole)
    found = list(backtest(known_of, plan, origins, 7, refit_every=99, recipe_for=recipe_for, seed=7, progress=silent))
    assert [len(np.unique(s.paths.samples[0], axis=-1)[0]) > 0 for s in found] == [True, True]
    distinct = [len(np.unique(s.paths.samples[0].reshape(-1, 300), axis=1).T) for s in found]
    assert distinct == [8, 2]


def test_scores_compare_what_was_published_with_each_baseline(whole: Known, steps: list[Step]) -> None:
    report = backtest_scores(step_scores(s, whole.demand, 7) for s in steps)
    assert set(report) == {"noise", "pothole"}
    noise = report["noise"]
    assert isinstance(noise, dict)
    assert noise["origins"] == 5
    level = noise["levels"]["city-week"]
    assert set(level["baselines"]) == {"exponential_smoothing", "recent_weekdays"}
    assert level["ratio"] == pytest.approx(level["crps"] / min(level["baselines"].values()))
    assert json.loads(json.dumps(report)) == report


def test_origins_whose_outcomes_are_not_all_known_are_not_scored(whole: Known, steps: list[Step]) -> None:
    truth = replay(whole)(steps[-1].origin + timedelta(days=13)).demand
    assert step_scores(steps[-1], truth, 7).empty
    assert len(step_scores(steps[-2], truth, 7)) == 3 * 2 * 4
    assert backtest_scores([step_scores(steps[-1], truth, 7)]) == {}


def test_origins_whose_last_outcomes_are_still_coming_in_are_not_scored(whole: Known, steps: list[Step]) -> None:
    share = np.ones(whole.demand.unlocated.shape)
    share[1, -1] = 0.6
    late = replace(whole.demand, reported_share=share)
    assert steps[-1].origin + timedelta(days=14) == whole.origin
    assert step_scores(steps[-1], late, 7).empty
    assert len(step_scores(steps[-2], late, 7)) == len(step_scores(steps[-1], whole.demand, 7)) == 3 * 2 * 4


def test_tables_hold_every_cell_once_with_its_draws(steps: list[Step]) -> None:
    table = forecasts_table(steps[1].paths).to_pandas()
    assert not table.duplicated(["origin", "date", "area", "category"]).any()
    assert len(table) == 2 * 6 * 14
    row = table[(table["category"] == "pothole") & (table["area"] == "area-04")].iloc[9]
    assert row["samples"].tolist() == steps[1].paths.of("pothole")[4, 9].tolist()
    assert row["date"] == steps[1].origin + timedelta(days=10)


def test_counts_are_dense_over_the_whole_history(whole: Known) -> None:
    frame = counts_frame(whole.demand)
    assert len(frame) == 2 * 6 * 520
    wide = frame[frame["category"] == "noise"].pivot_table(index="area", columns="date", values="count")
    assert wide.to_numpy().tolist() == whole.demand.of("noise").tolist()


@pytest.mark.shared_data
def test_the_independent_scorer_reads_the_tables_and_agrees(
    whole: Known, steps: list[Step], shared_data: Path, tmp_path: Path
) -> None:
    tables = [forecasts_table(s.paths) for s in steps]
    with pq.ParquetWriter(tmp_path / "forecasts.parquet", tables[0].schema) as writer:
        for table in tables:
            writer.write_table(table)
    counts_frame(whole.demand).to_parquet(tmp_path / "counts.parquet")
    command = [sys.executable, str(shared_data.parent / "scoring" / "score.py"), "--json", str(tmp_path / "out.json")]
    command += ["--forecasts", str(tmp_path / "forecasts.parquet"), "--counts", str(tmp_path / "counts.parquet")]
    subprocess.run(command, check=True, capture_output=True)
    theirs = json.loads((tmp_path / "out.json").read_text())
    ours = backtest_scores(step_scores(s, whole.demand, 7) for s in steps)
    for category in ("noise", "pothole"):
        found = ours[category]
        assert isinstance(found, dict)
        for level, figures in found["levels"].items():
            assert figures["crps"] == pytest.approx(theirs[category][level]["crps"], rel=1e-9)
            assert figures["wape"] == pytest.approx(theirs[category][level]["wape"], rel=1e-9)


def test_origins_between_the_ones_that_refit_use_the_fit_before_them(whole: Known, plan: CityPlan) -> None:
    """Days between two refits named by date change nothing of what is forecast on the days they leave out."""
    weekly = regular_origins(FIRST, END - timedelta(days=14), 7)
    daily = sorted({*weekly, weekly[0] + timedelta(days=2), weekly[1] + timedelta(days=3)})
    recipe_for, known_of = reselecting(replay(whole), plan, FIRST, 7, silent), replay(whole)

    def found(origins: list[date]) -> dict[date, Step]:
        steps = backtest(
            known_of, plan, origins, 7, refit_every=99, recipe_for=recipe_for, seed=7, progress=silent,
            refit_at=weekly[::2],
        )  # fmt: skip
        return {step.origin: step for step in steps}

    alone, among = found(list(weekly)), found(daily)
    assert set(among) == set(daily)
    for origin in weekly:
        np.testing.assert_array_equal(alone[origin].paths.samples, among[origin].paths.samples)
