"""A backtest of past origins, written as files that any scorer can read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError, CrewcastError
from domain.panel import Demand
from domain.progress import Progress
from models.backtest import (
    PUBLISHED,
    Step,
    always,
    backtest,
    backtest_scores,
    counts_frame,
    forecasts_table,
    outcomes_of,
    step_scores,
)
from models.calibration import calibration, inside_rows
from models.folds import regular_origins
from models.reselection import reselecting
from pipelines.job import Run, known_at, known_on
from serving.report.backtest import backtest_html
from storage.atomic import write_atomically
from storage.known import resolve_origin
from storage.origin import MINIMUM_DAYS


@dataclass(frozen=True)
class Window:
    """Origins from first to last, every so many days. refit_every: origins between two fits.

    forecaster: forecasts every origin, nothing is selected; None: selected as a real run would have.
    """

    first: date
    last: date
    every: int
    horizon: int
    refit_every: int
    forecaster: str | None = None

    def origins(self) -> tuple[date, ...]:
        return regular_origins(self.first, self.last, self.every)


def replay(run: Run, window: Window, out: Path, progress: Progress) -> dict[str, Any]:
    """forecasts.parquet, counts.parquet, scores.json and report.html in `out`; returns the scores.

    Each file is whole or absent: it is written beside its place and moved there at the end.
    """
    plan = run.job.plan()
    known_of = partial(known_on, run)
    origins = usable(run, window)
    truth = known_at(run).demand
    if window.forecaster is None:
        recipe_for = reselecting(known_of, plan, origins[0], plan.city.seed, progress)
    else:
        recipe_for = always(plan, window.forecaster, origins[0])
    steps = backtest(
        known_of, plan, origins, window.horizon, refit_every=window.refit_every, recipe_for=recipe_for,
        seed=plan.city.seed, progress=progress,
    )  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    rows, held, recipes, areas = _write_forecasts(steps, truth, out, plan.city.seed)
    partial_file = out / ".counts.parquet"
    counts_frame(truth, areas).to_parquet(partial_file, index=False)
    partial_file.replace(out / "counts.parquet")
    report = scores_report(plan, window, origins, rows, recipes)
    for category, found in report["categories"].items():
        found["calibration"] = calibration_of(held, category)
    write_atomically(out / "scores.json", json.dumps(report, indent=1).encode())
    write_atomically(
        out / "report.html", backtest_html(report, plan.city.title, plan.city.label, report["notes"]).encode()
    )
    return report


def usable(run: Run, window: Window) -> tuple[date, ...]:
    """The window's origins at which a run could have been made; an error where there are none."""
    asked = window.origins()
    earliest = run.snapshot().meta.first_day + timedelta(days=MINIMUM_DAYS)
    origins = tuple(d for d in asked if earliest <= d <= run.origin and _could_run(run, d))
    if not origins:
        raise AsOfOutsideDataError(
            f"no origin from {window.first} to {window.last} lies in the data",
            remedy=f"choose --from and --to between {earliest} and {run.origin}",
            asked=[d.isoformat() for d in asked],
        )
    return origins


def _could_run(run: Run, day: date) -> bool:
    """False in a gap of requests or weather, where a run as of that day would have stopped."""
    try:
        return resolve_origin(run.snapshot(), run.job.plan(), day)[1] == day
    except CrewcastError:
        return False


def _write_forecasts(
    steps: Any, truth: Demand, out: Path, seed: int
) -> tuple[list[pd.DataFrame], list[pd.DataFrame], dict[date, dict[str, Any]], set[str]]:
    """Stream each origin's samples to disk; keep its scores, how its ranges held, its recipes and its areas."""
    rows: list[pd.DataFrame] = []
    held: list[pd.DataFrame] = []
    recipes: dict[date, dict[str, Any]] = {}
    areas: set[str] = set()
    partial_file = out / ".forecasts.parquet"
    writer: pq.ParquetWriter | None = None
    try:
        for step in steps:
            table = forecasts_table(step.paths)
            writer = writer or pq.ParquetWriter(partial_file, table.schema, compression="zstd")
            writer.write_table(table)
            rows.append(step_scores(step, truth, seed))
            held.append(step_calibration(step, truth, seed))
            recipes[step.origin] = step.recipes
            areas.update(step.paths.areas)
    finally:
        if writer is not None:
            writer.close()
    partial_file.replace(out / "forecasts.parquet")
    return rows, held, recipes, areas


def step_calibration(step: Step, truth: Demand, seed: int) -> pd.DataFrame:
    """Rows of `models.calibration.inside_rows` with their category; none where the outcomes are not all known."""
    outcomes = outcomes_of(step, truth)
    if outcomes is None:
        return pd.DataFrame()
    parts = []
    for index, category in enumerate(step.paths.categories):
        came = outcomes[truth.categories.index(category)]
        rows = inside_rows(came, step.paths.samples[index], step.paths.areas, seed, category, step.origin)
        parts.append(rows.assign(category=category))
    return pd.concat(parts, ignore_index=True)


def calibration_of(held: list[pd.DataFrame], category: str) -> dict[str, object]:
    """How often the category's ranges held, by lead and area; empty where nothing could be scored."""
    found = [rows[rows["category"] == category] for rows in held if len(rows)]
    return calibration(pd.concat(found, ignore_index=True)) if found else {}


def scores_report(
    plan: CityPlan,
    window: Window,
    origins: tuple[date, ...],
    rows: list[pd.DataFrame],
    recipes: dict[date, dict[str, Any]],
) -> dict[str, Any]:
    """`scores.json`: what was replayed, scores by category and level, by origin, and what was published when."""
    scored = [r for r in rows if len(r)]
    levels: dict[str, Any] = backtest_scores(scored)
    every = pd.concat(scored, ignore_index=True) if scored else pd.DataFrame()
    skipped = sorted(set(window.origins()) - set(origins))
    unscored = len(rows) - len(scored)
    notes = [f"{len(skipped)} origins were left out: they lie outside the data or in a gap"] if skipped else []
    notes += [f"{unscored} origins have no score: their outcomes are not all known yet"] if unscored else []
    return {
        "city": plan.city.city,
        "title": plan.city.title,
        "label": plan.city.label,
        "from": window.first.isoformat(),
        "to": window.last.isoformat(),
        "every": window.every,
        "horizon": window.horizon,
        "refit_every": window.refit_every,
        "origins": [o.isoformat() for o in origins],
        "categories": {
            c: {
                "levels": levels.get(c, {}).get("levels", {}),
                "by_origin": _by_origin(every, c),
                "recipes": _changes(recipes, c),
            }
            for c in plan.city.categories
        },
        "notes": notes,
    }


def _by_origin(every: pd.DataFrame, category: str) -> list[dict[str, Any]]:
    """CRPS ÷ requests of what was published and of the best baseline, an origin and level."""
    if every.empty:
        return []
    found = every[every["category"] == category]
    wide = found.pivot_table(index=["origin", "level"], columns="forecaster", values="crps", sort=True)
    requests = found.groupby(["origin", "level"])["requests"].first().clip(lower=1)
    per_request = wide.div(requests, axis=0)
    best = per_request.drop(columns=PUBLISHED).min(axis=1)
    rows = pd.DataFrame({"crps": per_request[PUBLISHED], "best_baseline": best}).reset_index()
    found_rows = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in found_rows]


def _changes(recipes: dict[date, dict[str, Any]], category: str) -> list[dict[str, Any]]:
    """The recipes in force, each with the first origin it was used at."""
    changes: list[dict[str, Any]] = []
    last = ""
    for origin, of_category in sorted(recipes.items()):
        recipe = of_category[category]
        if recipe.recipe_id != last:
            changes.append({"origin": origin.isoformat(), "forecaster": recipe.title, "sentence": recipe.sentence})
            last = recipe.recipe_id
    return changes
