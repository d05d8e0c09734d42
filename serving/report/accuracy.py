"""Section "Accuracy": what was published, against the forecasts that any planner could run in a spreadsheet."""

from __future__ import annotations

import pandas as pd

from domain.covariates import worth
from serving.report.page import rounded
from serving.report.source import Source
from serving.words import FORECASTER_WORDS, LEVEL_WORDS, forecaster_words


def accuracy(source: Source) -> list[dict[str, object]]:
    """One record a category: what is published, in a sentence, and the scores of every candidate."""
    table = source.table("scores")
    recipes = {recipe.category: recipe for recipe in source.manifest.recipes}
    return [
        {
            "category": category,
            "recipe": recipes.get(category),
            "worth": worth(recipes[category].covariates) if category in recipes else [],
            "rows": _rows(source, table[table["category"] == category]),
            "folds": int(table.loc[table["category"] == category, "folds"].max() if len(table) else 0),
        }
        for category in source.categories
        if category in recipes or (table["category"] == category).any()
    ]


def _rows(source: Source, scores: pd.DataFrame) -> list[dict[str, object]]:
    """Published first, then by name; levels from the smallest to the largest."""
    order = {level: i for i, level in enumerate(LEVEL_WORDS)}
    ranked = scores.assign(step=scores["level"].map(order).fillna(len(order)))
    ranked = ranked.sort_values(["is_published", "forecaster", "step"], ascending=[False, True, True], kind="stable")
    ranked["title"] = [
        forecaster_title(source, str(row.category), str(row.forecaster), bool(row.is_published))
        for row in ranked.itertuples(index=False)
    ]
    ranked["level_words"] = ranked["level"].map(lambda level: LEVEL_WORDS.get(level, level))
    return [{str(k): v for k, v in row.items()} for row in ranked.to_dict("records")]


def forecaster_title(source: Source, category: str, name: str, is_published: bool) -> str:
    """In plain words; a published one that has none goes by its recipe's title."""
    titles = {recipe.category: recipe.title for recipe in source.manifest.recipes}
    if is_published and name not in FORECASTER_WORDS:
        return titles.get(category, forecaster_words(name))
    return forecaster_words(name)


def data(source: Source) -> dict[str, object]:
    """By category and candidate: the error relative to the best spreadsheet forecast, by level."""
    table = source.table("scores")
    levels = [level for level in LEVEL_WORDS if (table["level"] == level).any()]
    found: dict[str, object] = {}
    for category, rows in table.groupby("category", sort=True):
        wide = rows.pivot(index="forecaster", columns="level", values="ratio").reindex(columns=levels)
        published = set(rows.loc[rows["is_published"], "forecaster"])
        found[str(category)] = [
            {
                "title": forecaster_title(source, str(category), str(name), name in published),
                "published": name in published,
                "ratio": rounded(row, 3),
            }
            for name, row in wide.iterrows()
        ]
    return {"levels": [LEVEL_WORDS[level] for level in levels], "series": found}
