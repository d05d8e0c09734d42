"""Tell the registry what was trained: one run a category, by the driver alone. A plan never waits or fails for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from domain.errors import RegistryUnreachableError
from domain.progress import Progress
from models.card import Subject, card
from models.evidence_plots import plots
from models.history.since import own_history
from models.recipe import Recipe
from models.registry import Registry, Training
from pipelines.job import Run, known_at
from pipelines.registry import open_registry
from pipelines.steps.choose import Choice
from pipelines.steps.draw import read_artifacts
from storage.asof import is_current

LOST = "out of reach ({why}): trainings of this run are not recorded there; the plan is unaffected"


def record(run: Run, choices: dict[str, Choice], folders: dict[str, Path], progress: Progress) -> dict[str, Choice]:
    """Log each category's training with its recipe, scores, card, plots and model files.

    Returns the choices, with a note where the registry was out of reach.
    """
    registry = open_registry(run.job.open(), run.job.plan().city.city)
    recorded = {}
    for number, (category, choice) in enumerate(choices.items()):
        progress(f"recording {category}", number, len(choices))
        recorded[category] = _record(registry, run, choice, read_artifacts(folders[category]))
    return recorded


def _record(registry: Registry, run: Run, choice: Choice, artifacts: dict[str, str]) -> Choice:
    try:
        if is_current(run.snapshot(), run.as_of):
            registry.take_up(choice.recipe.category, run.as_of)
        registry.record(training(run, choice, artifacts))
    except RegistryUnreachableError as error:
        note = ("model registry: record", LOST.format(why=error.values["why"]), error.remedy)
        return replace(choice, notes=(*choice.notes, note))
    return choice


def training(run: Run, choice: Choice, artifacts: dict[str, str]) -> Training:
    """One category's training with the files a reader opens: model card, plots, what the forecaster gave as text."""
    files = _files(_subject(run, choice), choice.recipe, choice.scores, artifacts)
    return Training(
        choice.recipe, choice.scores, run.job.now, files, choice.kind, _challenger(run, choice), choice.evidence,
        choice.counts_from, known_on=run.as_of,
    )  # fmt: skip


def _challenger(run: Run, choice: Choice) -> Training | None:
    """The selection's winner that is not in force: its card and plots, and no model, for it was not fitted today."""
    if choice.challenger is None:
        return None
    recipe, label = choice.challenger
    own = choice.scores.assign(is_published=choice.scores["forecaster"] == label)
    subject = replace(_subject(run, choice), is_challenger=True)
    return Training(recipe, own, run.job.now, _files(subject, recipe, own, {}), known_on=run.as_of)


def _files(subject: Subject, recipe: Recipe, scores: pd.DataFrame, artifacts: dict[str, str]) -> dict[str, str]:
    files = {**artifacts, **plots(scores, has_baseline=recipe.mean_ratio is not None)}
    return {**files, "model_card.md": card(subject, recipe, scores, (*files, "recipe.json"))}


def _subject(run: Run, choice: Choice) -> Subject:
    known, city = own_history(known_at(run), choice.recipe.category), run.job.plan().city
    return Subject(
        city=city.title,
        category=choice.recipe.category,
        areas=len(known.areas.names),
        first=known.demand.dates[0].date(),
        last=known.origin,
        horizon_days=run.horizon(),
        draws=city.models.draws,
        label=city.label,
        modes=known.modes,
        weather="" if known.weather is None else _weather(run),
    )


def _weather(run: Run) -> str:
    known = known_at(run)
    assert known.weather is not None
    issued = 0 if known.issued is None else len(known.issued.origins)
    return (
        f"{known.weather.dates[0].date()} to {known.weather.dates[-1].date()} observed, {issued} archived forecasts; "
        f"{run.job.plan().city.models.weather_paths} paths ahead."
    )
