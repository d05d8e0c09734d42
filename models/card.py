"""The model card of a training: what it forecasts, from what, how well, and what it is not good for. Markdown text.

After Mitchell et al. (2019), "Model cards for model reporting". No wall-clock time: equal trainings, equal bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pandas as pd

from domain.covariates import worth
from models.choice import earlier_windows, left_out_windows
from models.recipe import Recipe

FEW_FOLDS = 6
NO_WINDOWS = "there were no earlier windows to compare on"
OFF = 0.05
"""A central interval whose coverage is further from its share than this is named among the limits."""
CHALLENGES = "**The challenger: it is not in force.** If it were, the plan would say:"
WIDTHS = {"cover80": 0.80, "cover95": 0.95}


@dataclass(frozen=True)
class Subject:
    """What the recipe is fitted to. first, last: days of history; label: what every page of the city says.

    is_challenger: it was compared, and is neither in force nor fitted on all of the history.
    """

    city: str
    category: str
    areas: int
    first: date
    last: date
    horizon_days: int
    draws: int
    label: str = ""
    modes: tuple[str, ...] = ()
    weather: str = ""
    is_challenger: bool = False


def card(subject: Subject, recipe: Recipe, scores: pd.DataFrame, names: tuple[str, ...]) -> str:
    """The card. names: of the files beside it, so that a reader knows what there is."""
    parts = [
        f"# {subject.category}, {subject.city}: {recipe.title}",
        *([f"_{subject.label}_"] if subject.label else []),
        *([CHALLENGES] if subject.is_challenger else []),
        recipe.sentence,
        _section("What it forecasts", _forecasts(subject)),
        _section("Data", _data(subject, recipe)),
        _section("Model", _model(recipe)),
        _section("Scores by level", _scores(scores, _reference(recipe))),
        _section(
            "What each covariate block is worth",
            [f"- {line}" for line in worth(recipe.covariates)] or ["not compared"],
        ),
        _section("Limits", [f"- {limit}" for limit in limits(subject, recipe, scores)]),
        _section("Files beside this card", [f"- `{name}`" for name in sorted(names)] or ["none"]),
    ]
    return "\n\n".join(parts) + "\n"


def limits(subject: Subject, recipe: Recipe, scores: pd.DataFrame) -> list[str]:
    """What a reader must know before relying on it, the scores' weaknesses first."""
    found = []
    if not recipe.folds:
        why = (
            "too many earlier windows hold a gap, rows keyed in together or a yearly peak"
            if recipe.odd_windows
            else NO_WINDOWS
        )
        found.append(f"It was never compared: {why}.")
    elif recipe.folds < FEW_FOLDS:
        found.append(f"Only {earlier_windows(recipe.folds)} could be compared; the scores are rough.")
    own = _own(scores)
    if recipe.folds and recipe.mean_ratio is None:
        found.append("It was never compared with a spreadsheet forecast.")
    found += [
        f"At {row['level']} it was {100 * (row['ratio'] - 1):.0f} % worse than {_reference(recipe)}."
        for row in own.to_dict("records")
        if row["ratio"] >= 1.005
    ]
    for column, share in WIDTHS.items():
        far = [r for r in own.to_dict("records") if column in r and abs(r[column] - share) > OFF]
        found += [f"At {r['level']} its {share:.0%} interval held {r[column]:.0%} of the outcomes." for r in far]
    found += [f"This training ran degraded: {mode}." for mode in subject.modes]
    found.append("It forecasts requests as filed, not the work behind them, and not what nobody reports.")
    found.append("Its past windows say nothing of a break that they do not hold: a new reporting app, new boundaries.")
    return found


def _forecasts(subject: Subject) -> list[str]:
    return [
        f"- Requests filed as {subject.category} an area and day: {subject.areas} areas, {subject.horizon_days} days "
        "ahead.",
        f"- {subject.draws} joint sample paths of whole numbers; totals of areas and days are sums of paths.",
    ]


def _data(subject: Subject, recipe: Recipe) -> list[str]:
    days = (subject.last - subject.first).days + 1
    fitted = "Compared at the end of" if subject.is_challenger else "Fitted on"
    lines = [f"- {fitted} {subject.first} to {subject.last} ({days} days)."]
    if recipe.folds:
        left = left_out_windows(recipe.odd_windows)
        lines.append(f"- Chosen on {recipe.folds} windows from {recipe.evidence_from} to {recipe.evidence_end}{left}.")
    if subject.weather:
        lines.append(f"- Weather: {subject.weather}")
    return lines


def _model(recipe: Recipe) -> list[str]:
    lines = [f"- Forecaster `{recipe.forecaster}`, model {recipe.spec_id}, recipe {recipe.recipe_id}."]
    lines.append(f"- Feature blocks besides recent demand: {', '.join(recipe.features) or 'none'}.")
    lines += [
        f"- {k} = `{json.dumps(v, sort_keys=True, ensure_ascii=False)}`" for k, v in sorted(recipe.params.items())
    ]
    return lines


def _reference(recipe: Recipe) -> str:
    """What ratios are against."""
    return "the best of those compared" if recipe.mean_ratio is None else "the best spreadsheet forecast"


def _scores(scores: pd.DataFrame, reference: str) -> list[str]:
    own = _own(scores)
    if own.empty:
        return ["Nothing could be compared."]
    rows = [
        f"| level | CRPS per request | ÷ {reference.removeprefix('the ')} | 80 % interval held | 95 % interval held |",
        "|---|---|---|---|---|",
    ]
    for r in own.to_dict("records"):
        rows.append(f"| {r['level']} | {r['crps']:.4f} | {r['ratio']:.3f} | {r['cover80']:.1%} | {r['cover95']:.1%} |")
    return rows


def _own(scores: pd.DataFrame) -> pd.DataFrame:
    """The rows of the candidate that is published."""
    if scores.empty:
        return pd.DataFrame(columns=["level", "crps", "ratio", "cover80", "cover95"])
    return scores[scores["is_published"].astype(bool)]


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([f"## {title}", *lines])
