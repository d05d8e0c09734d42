"""Logging one training as an MLflow run, its folds as runs nested below it, its files as artifacts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from domain.errors import PickleRefusedError
from models.recipe import Recipe
from models.registry.store import LOCATION
from models.scores import summarise

LONGEST_PARAM = 6000
BATCH = 900
"""Of 1,000 entries that a call may hold, parameters included."""
SUMS = ["crps", "error", "requests", "inside80", "inside95", "cells"]
UNSAFE = (".pkl", ".pickle", ".joblib", ".dill")


def log_training(
    client: Any, experiment: str, recipe: Recipe, scores: pd.DataFrame, files: Mapping[str, str], folder: Path | None
) -> str:
    """The run of one training, with the folds that chose it nested below; returns its id.

    files: name -> text. folder: where a store of ours keeps them, None where a server takes them.
    """
    tags = {"category": recipe.category, "recipe_id": recipe.recipe_id, "spec_id": recipe.spec_id}
    tags["mlflow.note.content"] = recipe.sentence
    run = str(client.create_run(experiment, tags=tags, run_name=f"{recipe.category} {recipe.forecaster}").info.run_id)
    _log(client, run, metrics_of(recipe, scores), params_of(recipe))
    _keep(client, run, {**files, "recipe.json": recipe.to_json()}, folder)
    for origin, figures in fold_metrics(scores).items():
        below = {"mlflow.parentRunId": run, "category": recipe.category, "fold_origin": origin}
        fold = client.create_run(experiment, tags=below, run_name=f"{recipe.category} fold {origin}").info.run_id
        _log(client, fold, figures, {})
        client.set_terminated(fold)
    client.set_terminated(run)
    return run


def experiment_of(client: Any, city: str, is_ours: bool) -> str:
    """The city's experiment, made where there is none."""
    name = f"crewcast-{city}"
    if known := client.get_experiment_by_name(name):
        return str(known.experiment_id)
    return str(client.create_experiment(name, artifact_location=LOCATION + name if is_ours else None))


def params_of(recipe: Recipe) -> dict[str, str]:
    """The forecaster and its parameters, nested ones as JSON, cut where MLflow would refuse (recipe.json has all)."""
    params = {"forecaster": recipe.forecaster, **{k: json.dumps(v) for k, v in recipe.params.items()}}
    if recipe.features:
        params["feature_blocks"] = ", ".join(recipe.features)
    return {name: value[:LONGEST_PARAM] for name, value in params.items()}


def metrics_of(recipe: Recipe, scores: pd.DataFrame) -> dict[str, float]:
    """crps, ratio, cover80, cover95 and, where folds are at hand, wape: by candidate and level."""
    figures = ("crps", "ratio", "cover80", "cover95")
    found = {
        f"{row['forecaster']}/{row['level']}/{figure}": float(row[figure])
        for row in scores.to_dict("records")
        for figure in figures
        if figure in row and pd.notna(row[figure])
    }
    if recipe.mean_ratio is not None:
        found["mean_ratio"] = recipe.mean_ratio
    rows = pd.DataFrame(scores.attrs.get("by_fold", []))
    if set(SUMS) <= set(rows.columns):
        for row in summarise(rows, ["forecaster", "level"]).to_dict("records"):
            found[f"{row['forecaster']}/{row['level']}/wape"] = float(row["wape"])
    return found


def fold_metrics(scores: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Fold origin -> CRPS ÷ requests of every candidate and level, from what the selection carried along."""
    folds: dict[str, dict[str, float]] = {}
    for row in scores.attrs.get("by_fold", []):
        name = f"{row['forecaster']}/{row['level']}/crps"
        folds.setdefault(str(row["origin"]), {})[name] = row["crps"] / max(row["requests"], 1.0)
    return folds


def _log(client: Any, run: str, metrics: Mapping[str, float], params: Mapping[str, str]) -> None:
    from mlflow.entities import Metric, Param

    logged = [Metric(_metric_name(k), float(v), 0, 0) for k, v in sorted(metrics.items())]
    given = [Param(k, v) for k, v in sorted(params.items())]
    client.log_batch(run, metrics=logged[:BATCH], params=given)
    for first in range(BATCH, len(logged), BATCH):
        client.log_batch(run, metrics=logged[first : first + BATCH])


def _metric_name(name: str) -> str:
    """MLflow allows letters, digits, _ - . space : /."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-. :/") else "_" for c in name)


def _keep(client: Any, run: str, files: Mapping[str, str], folder: Path | None) -> None:
    """Write the files where they stay, or upload them; text only, so that nothing read back can run."""
    if odd := [name for name in files if name.lower().endswith(UNSAFE)]:
        raise PickleRefusedError(f"{odd} would be a pickle", remedy="give artifacts as text: JSON or a native Booster")
    if folder is not None:
        _write(files, folder / run / "artifacts")
        return
    with tempfile.TemporaryDirectory() as place:
        _write(files, Path(place))
        client.log_artifacts(run, place)


def _write(files: Mapping[str, str], place: Path) -> None:
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
