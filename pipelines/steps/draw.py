"""Fit a category's recipe on what is known and draw its joint sample paths over the weather ensemble."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from domain.panel import Draws, Ints
from domain.progress import Progress
from models.catalogue import forecasters
from models.effects import Effects, block_effects
from models.forecaster import draws_of
from models.history.mended import learnt_from
from models.peaks import paths_with_peaks
from models.recipe import Recipe
from pipelines.job import Run, ensembles, known_at


def draws(run: Run) -> Draws:
    """The joint index of the run, the same for every category."""
    city = run.job.plan().city
    return draws_of(city.seed, city.models.draws, ensembles(run)[0])


def draw(run: Run, recipe: Recipe, work: Path, progress: Progress) -> Path:
    """Write the category's samples (A, H + 1, S), effects and model files below `work`; returns the folder.

    One day more than is published is drawn: the last night shift reaches into it.
    """
    known = learnt_from(known_at(run), recipe.category)
    (weather, climate), horizon = ensembles(run), run.horizon()
    forecaster = forecasters((recipe.forecaster,))[0]
    params = forecaster.params.model_validate(recipe.params)
    progress(f"training {forecaster.title}")
    fitted = forecaster.fit(known, recipe.category, params, run.job.plan().city.seed, progress)
    progress("drawing sample paths")
    joint, days = draws(run), horizon + 1
    weather, climate = (paths and paths.first(days) for paths in (weather, climate))
    samples = paths_with_peaks(fitted, known, weather, joint, days)
    progress("explaining them")
    why = block_effects(fitted, known, weather, climate, joint, samples)
    folder = work / recipe.category
    folder.mkdir(parents=True, exist_ok=True)
    parts = why.weather_parts
    np.savez(
        folder / "draws.npz",
        samples=samples,
        effects=why.effects,
        holiday=why.holiday,
        part_names=np.array(list(parts), dtype=str),
        part_values=np.array(list(parts.values()), dtype=np.float64),
    )
    (folder / "artifacts.json").write_text(json.dumps(fitted.artifacts()), encoding="utf-8")
    return folder


def read_draws(folder: Path) -> tuple[Ints, Effects]:
    """What `draw` wrote: samples (A, H + 1, S) and the effects of the same days."""
    with np.load(folder / "draws.npz") as stored:
        samples: Ints = stored["samples"].astype(np.int32)
        parts = dict(zip(map(str, stored["part_names"]), stored["part_values"], strict=True))
        return samples, Effects(stored["effects"], stored["holiday"], parts)


def read_artifacts(folder: Path) -> dict[str, str]:
    """Model files by name."""
    loaded: dict[str, str] = json.loads((folder / "artifacts.json").read_text(encoding="utf-8"))
    return loaded
