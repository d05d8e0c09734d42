"""Scores by the functions of the shared scorer, which share no code with crewcast, the same way for everybody.

The scorer's own command refuses origins that are not a week apart, so its functions are called here. Its bootstrap
takes blocks of four weekly origins, 28 days; where origins are 28 days apart a block is one origin.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.accuracy.task import CITY, DRAWS, HORIZON, Task

BLOCK_DAYS = 28
REPEATS = 2000
SUMMED = " (areas summed)"
CITY_LEVELS = ("city-day", "city-week")
SMOOTHING, RECENT = "baseline: smoothing", "baseline: recent"

Evaluated = dict[str, dict[str, Any]]
"""By level: crps, wape, cover80, cover95 and by_origin, as the scorer's `evaluate` has them."""


def load(path: Path) -> Any:
    """The scorer as a module."""
    spec = importlib.util.spec_from_file_location("shared_scorer", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Ground:
    """A category at certain origins: outcomes (O, 14, A), and what the scorer's baselines make of them."""

    category: str
    origins: tuple[str, ...]
    areas: tuple[str, ...]
    outcomes: NDArray[np.int64]
    baselines: dict[str, Evaluated]

    @property
    def block(self) -> int:
        spacing = int(
            np.diff(pd.DatetimeIndex(self.origins)).astype("timedelta64[D]").astype(int).min(initial=BLOCK_DAYS)
        )
        return max(1, BLOCK_DAYS // spacing)


def ground(scorer: Any, task: Task, category: str, origins: tuple[str, ...]) -> Ground:
    table = task.table(category)
    counts = table.to_numpy(np.int64).T
    at = [int(i) for i in table.index.get_indexer(pd.DatetimeIndex(origins))]
    outcomes = np.stack([counts[:, t + 1 : t + 1 + HORIZON].T for t in at])
    rng = np.random.default_rng(1)
    drawn = {
        SMOOTHING: scorer.baseline_es(counts, table.index, at, DRAWS, rng),
        RECENT: scorer.baseline_recent(counts, at, DRAWS, rng),
    }
    found = {name: scorer.evaluate(outcomes, samples) for name, samples in drawn.items()}
    return Ground(category, origins, task.facts.areas, outcomes, found)


def samples(path: Path, category: str, origins: tuple[str, ...], areas: Iterable[str]) -> NDArray[np.int32]:
    """Draws (O, 14, A, S) of a forecasts file; an error where a row is missing or doubled."""
    wanted = pd.DatetimeIndex(origins)
    names = sorted(areas)
    rows = pq.read_table(path, filters=[("category", "=", category)])
    keys = rows.drop_columns(["samples", "category"]).to_pandas().astype({"area": str})
    keys = keys.assign(
        origin=pd.to_datetime(keys["origin"]), date=pd.to_datetime(keys["date"]), row=np.arange(len(keys))
    )
    keys["lead"] = (keys["date"] - keys["origin"]).dt.days
    keys = keys[keys["origin"].isin(wanted) & keys["area"].isin(names) & keys["lead"].between(1, HORIZON)]
    keys = keys.sort_values(["origin", "lead", "area"])
    shape = (len(wanted), HORIZON, len(names))
    if len(keys) != np.prod(shape) or keys.duplicated(["origin", "lead", "area"]).any():
        raise ValueError(f"{path}: {len(keys)} rows of {category} for {shape} origins × leads × areas")
    values = rows["samples"].combine_chunks().flatten().to_numpy().reshape(len(rows), -1)
    if values.min() < 0:
        raise ValueError(f"{path}: negative draws of {category}")
    drawn: NDArray[np.int32] = values[keys["row"].to_numpy()].reshape(*shape, -1)
    return drawn


def evaluate(scorer: Any, on: Ground, folder: Path) -> Evaluated:
    """All levels of a competitor. With a city.parquet the city levels are its own series', the sums a level apart."""
    of_areas: Evaluated = scorer.evaluate(
        on.outcomes, samples(folder / "areas.parquet", on.category, on.origins, on.areas)
    )
    if not (folder / "city.parquet").exists():
        return of_areas | {level + SUMMED: of_areas[level] for level in CITY_LEVELS}
    alone = samples(folder / "city.parquet", on.category, on.origins, [CITY])
    own = scorer.evaluate(on.outcomes.sum(axis=2, keepdims=True), alone)
    summed = {level + SUMMED: of_areas[level] for level in CITY_LEVELS}
    return of_areas | {level: own[level] for level in CITY_LEVELS} | summed


def against(scorer: Any, on: Ground, mine: dict[str, Any], other: dict[str, Any]) -> tuple[float, float, float]:
    """CRPS of mine ÷ other's − 1, and its 95 % interval by the scorer's moving blocks over origins."""
    chosen = scorer.blocks(np.random.default_rng(1), len(on.origins), on.block, REPEATS)
    ratio = mine["by_origin"][chosen].sum(1) / other["by_origin"][chosen].sum(1) - 1
    low, high = np.quantile(ratio, [0.025, 0.975])
    return float(mine["crps"] / other["crps"] - 1), float(low), float(high)


def score_rows(scorer: Any, on: Ground, found: dict[str, Evaluated], base: str) -> pd.DataFrame:
    """One row a competitor and level, with its distance to the better baseline and to `base`."""
    rows = []
    everybody = found | {n: e | {lv + SUMMED: e[lv] for lv in CITY_LEVELS} for n, e in on.baselines.items()}
    for name, evaluated in everybody.items():
        for level, scores in evaluated.items():
            plain = level.removesuffix(SUMMED)
            best = min((b[plain] for b in on.baselines.values()), key=lambda b: float(b["crps"]))
            row = {"category": on.category, "level": level, "forecaster": name, "origins": len(on.origins)}
            row |= {k: scores[k] for k in ("crps", "wape", "cover80", "cover95")}
            row |= dict(zip(("best", "best_low", "best_high"), against(scorer, on, scores, best), strict=True))
            if base in found:
                ours = against(scorer, on, scores, found[base][level])
                row |= dict(zip(("ours", "ours_low", "ours_high"), ours, strict=True))
            rows.append(row)
    return pd.DataFrame(rows)
