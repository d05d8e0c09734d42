"""Run all competitors on simulated cities, and their distance to the true paths: two tables a climate, never mixed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.accuracy.asked import Asked
from benchmarks.accuracy.competitors import HERE, OUR_CODE, OURS, Backtest, ours, theirs, threads
from benchmarks.accuracy.kept import ROOT, Result, code_key, obtain
from benchmarks.accuracy.peer import catalogue
from benchmarks.accuracy.scoring import CITY_LEVELS, SUMMED, evaluate, ground
from benchmarks.accuracy.simulated import EVERY_SECOND, REFIT_EVERY, SPACING_DAYS
from benchmarks.accuracy.tables import cost_table, ratios
from benchmarks.accuracy.task import Task, read
from benchmarks.measure import Measured, run
from benchmarks.truth import GIVEN, TRUTH

PUBLISHED = "crewcast as published"


def report(climate: str, asked: Asked, scorer: Any) -> str:
    """Markdown of one climate, its seeds pooled."""
    parts = [f"## Simulated cities, climate {climate}, seeds {', '.join(map(str, asked.seeds))}"]
    rows: dict[str, list[pd.DataFrame]] = {given: [] for given in GIVEN}
    costs = []
    for seed in asked.seeds:
        world = live(seed, climate, asked)
        if world is None or world.error:
            parts.append(f"Seed {seed} has no result: {world.error if world else 'not asked for'}.")
            continue
        for given in GIVEN:
            task = read(world.folder / given)
            results = compete(world.folder, given, task, asked)
            truth = pd.read_parquet(world.folder / "rows.parquet").query("given == @given")
            rows[given] += [truth, *(distance(scorer, task, r) for r in results.values() if not r.error)]
            ran = {n: len(task.facts.origins) * (EVERY_SECOND if n == OURS else 1) for n in results}
            costs += [f"What each took, seed {seed}, given {given}:", cost_table(results.values(), catalogue(), ran)]
    for given in GIVEN:
        if rows[given]:
            parts += [f"### Both given {given} weather: CRPS ÷ the true paths'", ratios(pd.concat(rows[given]), TRUTH)]
    return "\n\n".join([*parts, *costs])


def live(seed: int, climate: str, asked: Asked) -> Result | None:
    """The world's folder; its time and memory are those of simulating it and of every forecaster of truth.py."""
    words = ["--seed", str(seed), "--climate", climate, "--origins", str(asked.worlds_origins)]
    words += ["--categories", "flooding"] if asked.quick else []

    def produce(out: Path) -> Measured:
        command = [sys.executable, "-m", "benchmarks.accuracy.simulated", *words, "--out", str(out)]
        return run(command, threads())

    code = code_key([*OUR_CODE, ROOT / "benchmarks" / "truth.py", HERE / "simulated.py"])
    print(f"\nSimulated city, climate {climate}, seed {seed}", flush=True)
    key = "-".join([code, *words])
    return obtain("the city and its true paths", asked.out / f"{climate}-{seed}", key, asked.fresh, True, produce)


def compete(world: Path, given: str, task: Task, asked: Asked) -> dict[str, Result]:
    """Every competitor; a method without a place for weather runs once and stands in both tables."""
    found = []
    if given == "issued":
        first, last = pd.Timestamp(task.facts.origins[0]), task.facts.origins[-1]
        call = Backtest(
            world / "city.yaml", first.date().isoformat(), last, SPACING_DAYS, REFIT_EVERY * EVERY_SECOND, {}
        )
        found.append(ours(world / given, world / f"by-{given}" / OURS, call, asked))
    for peer in catalogue().values():
        by = given if peer.sees_weather else GIVEN[0]
        found.append(theirs(peer, world / by, world / f"by-{by}" / peer.name, asked))
    return {r.name: r for r in found if r is not None}


def distance(scorer: Any, task: Task, result: Result) -> pd.DataFrame:
    """Summed CRPS by category and level, named as in truth.py; city levels of a peer also as its summed areas."""
    rows = []
    name = PUBLISHED if result.name == OURS else result.name
    for category in task.facts.categories:
        on = ground(scorer, task, category, task.facts.origins)
        found = evaluate(scorer, on, result.folder)
        sums = {level: float(scores["by_origin"].sum()) for level, scores in found.items()}
        for level, crps in sums.items():
            if SUMMED not in level:
                rows.append({"category": category, "forecaster": name, "level": level, "crps": crps})
                if name != PUBLISHED:
                    of_areas = sums[level + SUMMED] if level in CITY_LEVELS else crps
                    rows.append({"category": category, "forecaster": name + SUMMED, "level": level, "crps": of_areas})
    return pd.DataFrame(rows)
