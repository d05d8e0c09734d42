"""Forecast files are joined completely or refused, and tables name every failure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.accuracy.kept import Result, reason
from benchmarks.accuracy.peer import Drawn, Peer, catalogue, each_series, over_all
from benchmarks.accuracy.run_peer import rows
from benchmarks.accuracy.scoring import Ground, samples
from benchmarks.accuracy.seen import Seen
from benchmarks.accuracy.tables import cost_table, ratios
from benchmarks.measure import Measured
from domain.chance import generator

ORIGINS = ("2020-02-02", "2020-02-09")
AREAS = ["north", "south"]


def written(path: Path, drop: int = 0) -> np.ndarray:
    """A file of two origins, its rows out of order; returns the draws (O, A, H, S)."""
    drawn = np.arange(2 * 2 * 14 * 3, dtype=np.int32).reshape(2, 2, 14, 3)
    parts = [rows(o, "pothole", AREAS, drawn[n]) for n, o in enumerate(ORIGINS)]
    table = pa.concat_tables(parts[::-1]).slice(drop)
    pq.write_table(table, path)
    return drawn


def test_draws_come_back_by_origin_lead_and_area(tmp_path: Path) -> None:
    drawn = written(tmp_path / "areas.parquet")
    found = samples(tmp_path / "areas.parquet", "pothole", ORIGINS, AREAS)
    assert (found == drawn.transpose(0, 2, 1, 3)).all()
    assert samples(tmp_path / "areas.parquet", "pothole", ORIGINS[1:], ["south"]).shape == (1, 14, 1, 3)


def test_a_missing_row_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "areas.parquet", drop=1)
    with pytest.raises(ValueError, match="55 rows of pothole"):
        samples(tmp_path / "areas.parquet", "pothole", ORIGINS, AREAS)


@pytest.mark.parametrize(("origins", "block"), [(ORIGINS, 4), (("2020-02-02", "2020-03-01"), 1), (ORIGINS[:1], 1)])
def test_a_bootstrap_block_is_28_days(origins: tuple[str, ...], block: int) -> None:
    assert Ground("pothole", origins, ("north",), np.zeros((2, 14, 1), np.int64), {}).block == block


def test_a_series_that_fails_is_counted_and_replaced() -> None:
    def one(series: np.ndarray, seen: Seen, rng: np.random.Generator) -> np.ndarray:
        if series[0] == 0:
            raise ValueError("no requests")
        return np.ones((14, 300), np.int32)

    counts = pd.DataFrame({"north": [0] + [5] * 99, "south": [1] * 100}, index=pd.date_range("2020-01-01", periods=100))
    seen = Seen("pothole", counts, pd.DataFrame(), frozenset(), 0, 4, 7)
    found: Drawn = each_series(one)(seen, generator(1, "fails"))
    assert found.failures == ["ValueError: no requests"]
    assert (found.samples[0] == 5).all()
    assert (found.samples[1] == 1).all()


def test_a_model_over_all_series_that_fails_costs_one_origin() -> None:
    def draw(seen: Seen, rng: np.random.Generator) -> Drawn:
        raise RuntimeError("no convergence")

    counts = pd.DataFrame({"north": [5] * 100, "south": [1] * 100}, index=pd.date_range("2020-01-01", periods=100))
    found = over_all(draw)(Seen("pothole", counts, pd.DataFrame(), frozenset(), 0, 4, 7), generator(1, "fails"))
    assert found.failures == ["RuntimeError: no convergence"] * 2
    assert found.samples.shape == (2, 14, 300)


def test_a_peer_that_does_not_start_is_a_row_with_its_reason() -> None:
    measured = Measured(1.0, 1, "Traceback\nModuleNotFoundError: No module named 'prophet'\n", ())
    peer = Peer("Prophet", "prophet", True, True, "samples", (0.0, 0.1), lambda: pytest.fail("not started"))
    result = Result("Prophet", Path(), "key", 1.0, 0.0, error=reason(measured))
    last = cost_table([result], {"Prophet": peer}, {"Prophet": 17}).splitlines()[-1]
    assert "| all | ended with code 1: ModuleNotFoundError: No module named 'prophet' |" in last


def test_distances_are_ratios_of_sums_to_the_truth() -> None:
    frame = pd.DataFrame(
        [
            {"category": "noise", "forecaster": f, "level": lv, "crps": c}
            for lv in ("area-day", "area-week", "city-day", "city-week")
            for f, c in (("truth", 1.0), ("truth", 3.0), ("peer", 3.0), ("peer", 3.0))
        ]
    )
    assert ratios(frame, "truth").splitlines()[-1] == "| noise | peer | 1.500 | 1.500 | 1.500 | 1.500 |"


def test_every_peer_is_found_without_its_library() -> None:
    assert {"AutoETS", "CrostonSBA", "TSB", "ADIDA", "Prophet", "mlforecast LightGBM"} <= set(catalogue())
