"""Which recipe forecasts a category: the champion while its evidence is fresh, else the best on earlier folds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd

from domain.progress import Progress
from models.catalogue import forecasters
from models.recipe import Recipe
from models.registry import Registry
from models.select import choose as choose_recipe
from models.select import evaluate_candidates
from pipelines.job import Run, known_on


@dataclass(frozen=True)
class Choice:
    """A recipe and, where it was selected just now, the scores that chose it."""

    recipe: Recipe
    scores: pd.DataFrame
    is_new: bool


def choose(run: Run, category: str, progress: Progress) -> Choice:
    """The champion as of the run if it is fresh and known to the city's settings; else select again."""
    plan = run.job.plan()
    models = plan.city.models
    registry = Registry(run.job.open().mlflow, plan.city.city)
    if not run.job.reselect:
        champion = registry.champion(category, run.origin)
        if champion and _is_usable(champion, run.origin, models.reselect_after_days, models.forecasters):
            return Choice(champion, registry.scores(champion), is_new=False)
    return select(run, category, progress)


def select(run: Run, category: str, progress: Progress) -> Choice:
    """Evaluate every candidate on folds that end by the origin, and choose."""
    plan = run.job.plan()
    candidates = forecasters(plan.city.models.forecasters)
    scores = evaluate_candidates(
        partial(known_on, run), category, candidates, plan.city.models, run.origin, plan.city.seed, progress
    )
    return Choice(choose_recipe(scores, plan, category), scores, is_new=True)


def _is_usable(recipe: Recipe, origin: date, fresh_days: int, names: tuple[str, ...]) -> bool:
    return recipe.forecaster in names and (origin - recipe.evidence_end).days <= fresh_days
