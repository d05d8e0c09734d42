"""Run and score all competitors at one grain of Houston."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from benchmarks.accuracy import houston
from benchmarks.accuracy.asked import Asked
from benchmarks.accuracy.competitors import OURS, ours, theirs
from benchmarks.accuracy.kept import Result
from benchmarks.accuracy.peer import catalogue
from benchmarks.accuracy.scoring import Evaluated, evaluate, ground, score_rows
from benchmarks.accuracy.tables import cost_table, details, summary
from benchmarks.accuracy.task import Task


def report(grain: houston.Grain, asked: Asked, scorer: Any) -> str:
    """Markdown of one grain; where per-series peers run on fewer origins, a table for each set of origins."""
    folder = asked.out / (grain.name if asked.every == 1 else f"{grain.name}-every-{asked.every}")
    task = houston.task(grain, asked.quick, asked.every)
    task.write(folder / "task")
    print(f"\n{task.facts.title}: {len(task.facts.origins)} origins, {len(task.facts.areas)} areas", flush=True)
    results = run(grain, task, folder, asked)
    facts = task.facts
    slow = {name for name, peer in catalogue().items() if peer.each_series}
    everybody = {n: r for n, r in results.items() if not r.error}
    task, left_out = outlined(task, everybody)
    parts = [f"## {facts.title}", f"Given {facts.given}. {coincidence(task, results)} {left_out}".strip()]
    parts += scored(scorer, task, facts.thinned, everybody)
    if facts.thin > 1:
        parts += scored(scorer, task, facts.origins, {n: r for n, r in everybody.items() if n not in slow})
    ran = {n: len(facts.thinned if n in slow else facts.origins) for n in results}
    return "\n\n".join([*parts, "What each took:", cost_table(results.values(), catalogue(), ran)])


def outlined(task: Task, results: dict[str, Result]) -> tuple[Task, str]:
    """The task with the areas alone that crewcast knows, those with an outline; what is left out, in words."""
    if OURS not in results:
        return task, ""
    known = pq.read_table(results[OURS].folder / "areas.parquet", columns=["area"])["area"].unique().to_pylist()
    left = sorted(set(task.facts.areas) - set(map(str, known)))
    requests = int(task.counts["count"][task.counts["area"].astype(str).isin(left)].sum())
    kept = tuple(a for a in task.facts.areas if a not in left)
    told = (
        f"{len(left)} areas without an outline, of {requests} requests in all, are scored for nobody." if left else ""
    )
    return replace(task, facts=replace(task.facts, areas=kept)), told


def run(grain: houston.Grain, task: Task, folder: Path, asked: Asked) -> dict[str, Result]:
    call = houston.backtest(grain, task, folder, asked.every)
    found = [ours(folder / "task", folder / OURS, call, asked)]
    found += [theirs(peer, folder / "task", folder / peer.name, asked) for peer in catalogue().values()]
    return {r.name: r for r in found if r is not None}


def scored(scorer: Any, task: Task, origins: tuple[str, ...], results: dict[str, Result]) -> list[str]:
    """A headline, the summary and the details over one set of origins."""
    frames = []
    for category in task.facts.categories:
        on = ground(scorer, task, category, origins)
        found: dict[str, Evaluated] = {name: evaluate(scorer, on, r.folder) for name, r in results.items()}
        frames.append(score_rows(scorer, on, found, OURS))
    scores = pd.concat(frames, ignore_index=True)
    head = f"Origins {origins[0]} to {origins[-1]} ({len(origins)}): CRPS against the better baseline"
    return [f"### {head}", summary(scores), "In full:", details(scores, results)]


def coincidence(task: Task, results: dict[str, Result]) -> str:
    """Whether crewcast counted the same requests as the file that everybody is scored on."""
    if OURS not in results or results[OURS].error:
        return ""
    mine = pd.read_parquet(results[OURS].folder / "counts.parquet").astype({"area": str, "category": str})
    key = ["date", "area", "category"]
    counts = task.counts.astype({"area": str, "category": str})
    counts = counts[counts["area"].isin(task.facts.areas)]
    both = counts.merge(mine, on=key, how="left", suffixes=("", "_ours"))
    different = int((both["count"] != both["count_ours"]).sum())
    return f"Of {len(both):,} counts, crewcast's own reading differs from the scored file in {different:,}."
