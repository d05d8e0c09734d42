"""Reporting propensity against the truth, on simulated cities whose true propensity is known.

    python -m benchmarks.reporting [--seeds 20] [--first 201] [--truths FILE.csv]

Each city is read as a run reads it (validated, faults and all, coordinates of noise withheld); truth is looked at only
here. Seeds 1 to 5 were used in development. Pooled over cities and areas: rank correlation (Spearman) with the true
propensity relative to the city's median, and the share of 90 % intervals that hold it, with its standard error over
cities. Also: what planning to the request counts alone would have ranked (rank correlation of requests a resident).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from configs import packaged
from domain.progress import silent
from models.reporting.table import reporting_table
from pipelines.job import Job
from pipelines.steps.ingest import ingest
from sources.simulator.settings import CATEGORIES, WorldSettings
from sources.simulator.world import cached
from storage.clock import end_of_day
from storage.reports import filed_reports


def judged(seed: int, folder: Path) -> pd.DataFrame:
    """The table `reporting` of one city with columns seed, truth and per_resident (requests a resident)."""
    text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
    path = folder / f"seed-{seed}.yaml"
    path.write_text(text.replace("  seed: 16\n", f"  seed: {seed}\n"), encoding="utf-8")
    job = Job(str(path), folder / f"home-{seed}", datetime(2026, 1, 1, tzinfo=UTC))
    run, plan = ingest(job, silent), job.plan()
    rows = filed_reports(run.snapshot(), plan, run.as_of)
    assert rows is not None
    world = cached(WorldSettings.model_validate(plan.city.requests.settings), job.open().cache)
    place = world.geography
    told = reporting_table(rows, place.names, CATEGORIES, pd.Timestamp(end_of_day(plan.city.zone, run.as_of)))
    true = place.propensity / np.median(place.propensity, axis=0)
    truth = {(c, a): true[i, k] for k, c in enumerate(CATEGORIES) for i, a in enumerate(place.names)}
    people = dict(zip(place.names, place.population, strict=True))
    filed = rows.groupby(["category", "area"]).size()
    keys = list(zip(told["category"], told["area"], strict=True))
    per_resident = [filed.get(key, 0) / people[key[1]] for key in keys]
    return told.assign(seed=seed, truth=[truth[key] for key in keys], per_resident=per_resident)


def summary(rows: pd.DataFrame) -> Iterator[str]:
    """A line a category and one for all."""
    yield "| category | areas | told | Spearman | 90 % covers | ± se | slope of logs | by requests a resident |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, part in [*rows.groupby("category"), ("all", rows)]:
        told = part[part["propensity"].notna()]
        inside = (told["low"] <= told["truth"]) & (told["truth"] <= told["high"])
        by_city = inside.groupby(told["seed"]).mean()
        se = by_city.std() / np.sqrt(len(by_city)) if len(by_city) > 1 else float("nan")
        rank = spearmanr(told["truth"], told["propensity"]).statistic
        naive = spearmanr(part["truth"], part["per_resident"]).statistic
        slope = np.polyfit(np.log(told["truth"]), np.log(told["propensity"]), 1)[0]
        found = f"{rank:.3f} | {inside.mean():.1%} | {se:.1%} | {slope:.2f} | {naive:.3f}"
        yield f"| {name} | {len(part)} | {len(told)} | {found} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="how many cities")
    parser.add_argument("--first", type=int, default=201, help="seed of the first")
    parser.add_argument("--truths", type=Path, help="write every row with its truth here")
    given = parser.parse_args()
    parts = []
    for seed in range(given.first, given.first + given.seeds):
        with tempfile.TemporaryDirectory() as folder:
            parts.append(judged(seed, Path(folder)))
        print(f"seed {seed} read", flush=True)
    rows = pd.concat(parts, ignore_index=True)
    if given.truths:
        rows.to_csv(given.truths, index=False)
    print("\n" + "\n".join(summary(rows)))


if __name__ == "__main__":
    main()
