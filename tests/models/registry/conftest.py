"""Made-up recipes, scores and trainings for the registry's tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from models.recipe import Recipe
from models.registry import Training
from models.standing import Kind

NEWER, OLDER = date(2024, 6, 30), date(2024, 3, 31)
NOW = datetime(2024, 7, 1, 5, tzinfo=UTC)


def make_recipe(evidence_end: date = NEWER, category: str = "pothole", weeks: int = 8) -> Recipe:
    return Recipe(
        city="testville",
        category=category,
        forecaster="recent_weekdays",
        title="Last eight same weekdays",
        params={"weeks": weeks},
        evidence_from=date(2023, 8, 1),
        evidence_end=evidence_end,
        folds=2,
        ratios={"recent_weekdays": {"city-day": 1 / 3}},
        mean_ratio=1 / 3,
        sentence="It is published – by far.",
    )


def make_scores(evidence_end: date = NEWER) -> pd.DataFrame:
    scores = pd.DataFrame(
        {
            "category": "pothole",
            "forecaster": ["exponential_smoothing", "recent_weekdays"],
            "level": "city-day",
            "crps": [0.1 + 0.2, 0.1],
            "ratio": [1.0, 1 / 3],
            "cover80": [0.8, 0.7],
            "cover95": [0.9, 0.9],
            "folds": 2,
            "evidence_from": pd.Timestamp("2023-08-01").as_unit("us"),
            "evidence_end": pd.Timestamp(evidence_end).as_unit("us"),
            "is_published": [False, True],
        }
    )
    sums = {"error": 4.0, "inside80": 10.0, "inside95": 13.0, "cells": 14}
    fold = {"forecaster": "recent_weekdays", "level": "city-day", "crps": 3.0, "requests": 12.0, **sums}
    scores.attrs = {"by_fold": [{**fold, "origin": "2023-08-01"}, {**fold, "origin": "2024-02-01"}]}
    return scores


def make_training(
    recipe: Recipe, kind: Kind | None = "first", known_on: date | None = None, **more: object
) -> Training:
    """known_on: None where every row had come by the last day of the evidence."""
    known = known_on or recipe.evidence_end
    return Training(recipe, make_scores(recipe.evidence_end), NOW, kind=kind, known_on=known, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def made() -> type:
    """The makers, for tests that import nothing from here."""

    class Made:
        recipe = staticmethod(make_recipe)
        scores = staticmethod(make_scores)
        training = staticmethod(make_training)

    return Made
