"""With what each category was forecast, publication by publication."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.manifest import Manifest, RecipeEntry


def lineage(newest_first: Sequence[Manifest], category: str) -> list[dict[str, Any]]:
    """One record for each stretch of publications with the same recipe, newest first: first and last as-of day, how
    many publications, and the recipe's entry as the newest of them had it."""
    found: list[dict[str, Any]] = []
    for manifest in newest_first:
        entry = _entry(manifest, category)
        if entry is None:
            continue
        if found and found[-1]["recipe"].recipe_id == entry.recipe_id:
            found[-1] |= {"first": manifest.as_of, "count": found[-1]["count"] + 1}
        else:
            found.append(_stretch(manifest.as_of, entry))
    return found


def _stretch(day: date, entry: RecipeEntry) -> dict[str, Any]:
    return {"first": day, "last": day, "count": 1, "recipe": entry}


def _entry(manifest: Manifest, category: str) -> RecipeEntry | None:
    return next((recipe for recipe in manifest.recipes if recipe.category == category), None)
