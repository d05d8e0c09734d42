"""A city without a map whose rows begin to name another area, or name one no more: earlier days know of it what was
known then, and no run stops for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocation.evaluate.settings import ReplaySettings
from domain.progress import silent
from pipelines.job import Run, known_at, known_on, known_on_latest_map
from pipelines.steps.evaluate import Replay, evaluate
from pipelines.steps.ingest import ingest
from pipelines.steps.replay import Window, replay

BEFORE = date(2025, 1, 19)
"""A day on which a misspelt area stood in the rows."""


@pytest.fixture
def growing(town: Any) -> Any:
    """Its last two months are filed in an area of their own as well."""
    town.configure(town.without_map())
    late = town.last_days(60)
    town.put("rows.csv", pd.concat([town.rows, late.assign(id="n" + late["id"].astype(str), ward="New Town")]))
    return town


def test_earlier_days_are_played_on_the_latest_map_with_nothing_in_the_new_area(growing: Any) -> None:
    run = growing.read()
    latest = known_at(run)
    before = run.origin - timedelta(days=70)
    then, played = known_on(run, before), known_on_latest_map(run, before)
    at = latest.areas.names.index("New Town")
    assert "New Town" not in then.areas.names
    assert played.areas is latest.areas
    assert played.demand.areas == latest.areas.names
    assert played.demand.counts[:, at].sum() == 0
    assert played.demand.counts.sum() == then.demand.counts.sum()
    assert latest.demand.counts[:, at].sum() > 0
    assert known_on_latest_map(run, run.origin) is known_on(run, run.origin)


@pytest.fixture
def corrected(town: Any) -> Run:
    """Six rows of ward 8 were misspelt when they were first read, on 1 March, and are right since."""
    town.configure(town.without_map())
    early = town.rows[town.rows["opened"] < "2025-03-01"]
    ward = early["ward"].copy()
    ward[early.index[(early["opened"] >= "2025-01-01") & (early["ward"] == "8")][:6]] = "8 (old)"
    town.put("rows.csv", early.assign(ward=ward))
    ingest(replace(town.job(), now=datetime(2025, 3, 1, 12, tzinfo=UTC)), silent)
    town.put("rows.csv", town.rows)
    run: Run = town.read()
    return run


def test_requests_of_an_area_corrected_away_since_have_no_area_on_the_latest_map(corrected: Run) -> None:
    then, played = known_on(corrected, BEFORE), known_on_latest_map(corrected, BEFORE)
    assert (then.areas.names, played.areas.names) == (("8", "8 (old)", "9"), ("8", "9"))
    old, kept = then.demand.areas.index("8 (old)"), [0, 2]
    assert then.demand.counts[:, old].sum() == 6
    np.testing.assert_array_equal(played.demand.counts, then.demand.counts[:, kept])
    np.testing.assert_array_equal(played.demand.unlocated - then.demand.unlocated, then.demand.counts[:, old])


def test_a_replay_of_weeks_before_the_correction_ends(corrected: Run, tmp_path: Path) -> None:
    settings = ReplaySettings(loads=(1.0,), forecaster="recent_weekdays", plan_draws=6, fit_days=28, refit_every=2)
    found = evaluate(corrected, Replay(BEFORE, BEFORE + timedelta(days=7), settings), tmp_path, silent)
    assert found["weeks"] == 2


def test_a_backtest_holds_the_forecast_of_an_area_corrected_away_against_nothing_filed(
    corrected: Run, tmp_path: Path
) -> None:
    window = Window(BEFORE, BEFORE + timedelta(days=14), 7, 14, 4, "recent_weekdays")
    replay(corrected, window, tmp_path, silent)
    forecasts, counts = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("forecasts", "counts"))
    assert set(forecasts["area"]) == set(counts["area"]) == {"8", "8 (old)", "9"}
    assert counts.loc[counts["area"] == "8 (old)", "count"].sum() == 0
    assert counts["count"].sum() == known_at(corrected).demand.counts.sum()
    scores = json.loads((tmp_path / "scores.json").read_text())["categories"]["pothole"]["levels"]
    assert scores["city-week"]["crps"] > 0
