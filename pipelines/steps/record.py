"""Tell the registry what was trained: one run a category, by the driver alone."""

from __future__ import annotations

from pathlib import Path

from domain.progress import Progress
from models.registry import Registry
from pipelines.job import Run
from pipelines.steps.choose import Choice
from pipelines.steps.draw import read_artifacts


def record(run: Run, choices: dict[str, Choice], folders: dict[str, Path], progress: Progress) -> None:
    """Log each category's training with its recipe, scores and model files."""
    registry = Registry(run.job.open().mlflow, run.job.plan().city.city)
    for number, (category, choice) in enumerate(choices.items()):
        progress(f"recording {category}", number, len(choices))
        metrics = {} if choice.recipe.mean_ratio is None else {"mean_ratio": choice.recipe.mean_ratio}
        registry.record(choice.recipe, choice.scores, read_artifacts(folders[category]), metrics)
