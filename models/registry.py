"""Runs and champions in MLflow, the only module that imports it. One SQLite file and one folder, free to move.

What is needed to run a recipe again (the recipe, its scores) lies in the tags of its model version. Files lie below
`artifacts/` under a location without a path (`mlflow-artifacts:/…`), which the MLflow UI resolves when started with
`mlflow server --backend-store-uri sqlite:///…/mlflow.db --artifacts-destination …/artifacts`.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

from models.recipe import Recipe

CHAMPION = "champion"
LOCATION = "mlflow-artifacts:/"
DATES = ["evidence_from", "evidence_end"]

_opening = Lock()
_clients: dict[Path, Any] = {}


class Registry:
    """The tracking store of one city. Opened at first use: a city without a store is answered without MLflow."""

    def __init__(self, folder: Path, city: str) -> None:
        self.folder = folder
        self.city = city

    def open(self) -> Any:
        """The MLflow client; makes the store where there is none (2 s of import, 2 s of migration, once)."""
        with _opening:
            if self.folder not in _clients:
                _clients[self.folder] = _open_client(self.folder)
            return _clients[self.folder]

    def champion(self, category: str, as_of: date) -> Recipe | None:
        """The champion if its evidence ends by `as_of`, else the newest version whose evidence does, else None."""
        versions = [v for v in self._versions(category) if v.tags["evidence_end"] <= as_of.isoformat()]
        if not versions:
            return None
        named = [v for v in versions if CHAMPION in v.aliases]
        newest = max(versions, key=lambda v: (v.tags["evidence_end"], int(v.version)))
        return Recipe.from_json((named or [newest])[0].tags["recipe"])

    def scores(self, recipe: Recipe) -> pd.DataFrame:
        """The scores that chose a recipe, as `models.select` gave them; no rows where it was never recorded."""
        found = [v for v in self._versions(recipe.category) if v.tags["recipe_id"] == recipe.recipe_id]
        if not found:
            return pd.DataFrame()
        scores = pd.DataFrame(json.loads(found[0].tags["scores"]))
        return scores.assign(**{c: pd.to_datetime(scores[c]).astype("datetime64[us]") for c in DATES if c in scores})

    def record(
        self, recipe: Recipe, scores: pd.DataFrame, artifacts: Mapping[str, str], metrics: Mapping[str, float]
    ) -> int:
        """Log one training with its folds nested below it, and return the recipe's version.

        A recipe already registered keeps its version. The alias `champion` moves only to evidence that is not older
        than the champion's, so that a run for an earlier day never changes what later days use.
        """
        client = self.open()
        experiment = self._experiment(client)
        run = self._log_run(client, experiment, recipe, artifacts, {**metrics, **_score_metrics(scores)})
        for origin, figures in _fold_metrics(scores).items():
            tags = {"mlflow.parentRunId": run, "category": recipe.category, "fold_origin": origin}
            fold = client.create_run(experiment, tags=tags, run_name=f"{recipe.category} fold {origin}").info.run_id
            _log(client, fold, figures, {})
        return self._register(client, run, recipe, scores)

    def model_name(self, category: str) -> str:
        return f"crewcast-{self.city}-{category}"

    def _versions(self, category: str) -> list[Any]:
        if not (self.folder / "mlflow.db").exists():
            return []
        client = self.open()
        found = list(client.search_model_versions(f"name = '{self.model_name(category)}'"))
        if not found:
            return []
        # A search does not tell aliases; the model itself does.
        aliases: dict[str, str] = client.get_registered_model(self.model_name(category)).aliases
        for version in found:
            version.aliases = [a for a, number in aliases.items() if str(number) == str(version.version)]
        return found

    def _experiment(self, client: Any) -> str:
        name = f"crewcast-{self.city}"
        known = client.get_experiment_by_name(name)
        return str(known.experiment_id if known else client.create_experiment(name, artifact_location=LOCATION + name))

    def _log_run(
        self, client: Any, experiment: str, recipe: Recipe, artifacts: Mapping[str, str], metrics: dict[str, float]
    ) -> str:
        tags = {"category": recipe.category, "recipe_id": recipe.recipe_id}
        name = f"{recipe.category} {recipe.forecaster}"
        run = str(client.create_run(experiment, tags=tags, run_name=name).info.run_id)
        params = {"forecaster": recipe.forecaster, **{k: json.dumps(v) for k, v in recipe.params.items()}}
        files = self.folder / "artifacts" / f"crewcast-{self.city}" / run / "artifacts"
        files.mkdir(parents=True)
        for file, text in {**artifacts, "recipe.json": recipe.to_json()}.items():
            (files / file).write_text(text, encoding="utf-8")
        _log(client, run, metrics, params)
        return run

    def _register(self, client: Any, run: str, recipe: Recipe, scores: pd.DataFrame) -> int:
        name, versions = self.model_name(recipe.category), self._versions(recipe.category)
        same = [v for v in versions if v.tags["recipe_id"] == recipe.recipe_id]
        if not versions:
            client.create_registered_model(name)
        columns = scores.assign(**{c: scores[c].astype(str) for c in DATES if c in scores}).to_dict("list")
        tags = {"recipe": recipe.to_json(), "recipe_id": recipe.recipe_id, "scores": json.dumps(columns)}
        tags["evidence_end"] = recipe.evidence_end.isoformat()
        made = same[0] if same else client.create_model_version(name, f"runs:/{run}/recipe.json", run, tags=tags)
        ends = [v.tags["evidence_end"] for v in versions if CHAMPION in v.aliases]
        if not ends or recipe.evidence_end.isoformat() >= ends[0]:
            client.set_registered_model_alias(name, CHAMPION, made.version)
        return int(made.version)


def _open_client(folder: Path) -> Any:
    """Quiet: no telemetry, no migration log, no warnings of the libraries below."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    folder.mkdir(parents=True, exist_ok=True)
    address = f"sqlite:///{(folder / 'mlflow.db').resolve()}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        # Made first with a root that is no path: the client alone would write the working folder into the store.
        SqlAlchemyStore(address, LOCATION)  # type: ignore[no-untyped-call]
        return MlflowClient(tracking_uri=address, registry_uri=address)


def _log(client: Any, run: str, metrics: Mapping[str, float], params: Mapping[str, str]) -> None:
    from mlflow.entities import Metric, Param

    logged = [Metric(_metric_name(k), float(v), 0, 0) for k, v in sorted(metrics.items())]
    client.log_batch(run, metrics=logged, params=[Param(k, v) for k, v in sorted(params.items())])
    client.set_terminated(run)


def _metric_name(name: str) -> str:
    """MLflow allows letters, digits, _ - . space : /."""
    return "".join(c if c.isalnum() or c in "_-. :/" else "_" for c in name)


def _score_metrics(scores: pd.DataFrame) -> dict[str, float]:
    """crps and ratio of every candidate and level."""
    return {
        f"{row['forecaster']}/{row['level']}/{figure}": float(row[figure])
        for row in scores.to_dict("records")
        for figure in ("crps", "ratio")
    }


def _fold_metrics(scores: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Fold origin -> CRPS ÷ requests of every candidate and level, from what the selection carried along."""
    folds: dict[str, dict[str, float]] = {}
    for row in scores.attrs.get("by_fold", []):
        name = f"{row['forecaster']}/{row['level']}/crps"
        folds.setdefault(str(row["origin"]), {})[name] = row["crps"] / max(row["requests"], 1.0)
    return folds
