"""A forecaster made to measure for a category: what it looks at, and whom a blend follows at which leads.

A covariate block is left out where folds show a clear loss from it, or no difference at all: it is fitted with
and without on fewer rows, and both are drawn on the same random numbers. At a group of leads one member takes over
where it is clearly ahead of the blend. Clearly: beyond the chance of so many comparisons (`models.choice.is_clear`);
a rule that gives in to less follows the luck of eight windows, and forecast worse on real data (ADR 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pydantic import JsonValue

from domain.category import Strict
from domain.covariates import COVARIATES, Covariate, CovariateGain
from domain.progress import Progress
from models.catalogue import forecasters
from models.choice import is_clear
from models.fold_scores import Candidate, Fold, fold_rows
from models.forecaster import Forecaster
from models.scores import lead_groups

TAILORED = "tailored_{}"
ABLATION_ROWS = 12_000
ABLATION_DRAWS = 60
LEAST = 1e-9


@dataclass(frozen=True)
class Setting:
    """What all comparisons of one selection share."""

    category: str
    folds: Sequence[Fold]
    horizon: int
    seed: int
    progress: Progress


def covariate_gains(candidate: Candidate, setting: Setting) -> tuple[CovariateGain, ...]:
    """What each block that the candidate looks at is worth on the folds."""
    blocks = looked_at(candidate, setting)
    whole = _rows_of(smaller(candidate, ()), setting) if blocks else pd.DataFrame()
    found = []
    for block in blocks:
        setting.progress(f"{setting.category}: the same forecast without {block}")
        found.append(gain_of(block, whole, _rows_of(smaller(candidate, (block,)), setting)))
    return tuple(found)


def looked_at(candidate: Candidate, setting: Setting) -> list[Covariate]:
    """Blocks that can be left out and are not yet: weather only where there is any."""
    has_weather = bool(setting.folds) and setting.folds[0].known.weather is not None
    left_out = left_out_of(candidate) if has_weather else {*left_out_of(candidate), "weather"}
    return [block for block in COVARIATES if block in candidate.forecaster.covariates and block not in left_out]


def left_out_of(candidate: Candidate) -> list[Covariate]:
    """Blocks that its parameters leave out."""
    given = candidate.params.model_dump(mode="json").get("without", [])
    return [block for block in COVARIATES if block in given]


def gain_of(block: Covariate, with_it: pd.DataFrame, without: pd.DataFrame) -> CovariateGain:
    """Relative gain of rows of `fold_rows` over those without the block, and its standard error over folds."""
    scale = with_it.groupby("level")["crps"].mean()
    lost = shares(without, scale)
    difference = (lost - shares(with_it, scale)) / max(float(lost.mean()), LEAST)
    return CovariateGain(
        covariate=block,
        gain=float(difference.mean()),
        standard_error=standard_error(difference),
        is_kept=bool(difference.any()) and not is_clear(-difference, len(COVARIATES)),
    )


def as_used(candidate: Candidate, gains: Sequence[CovariateGain]) -> tuple[CovariateGain, ...]:
    """The gains, kept being what the candidate itself looks at: the folds may speak against a block of one that is
    published as it is."""
    out = left_out_of(candidate)
    return tuple(gain.model_copy(update={"is_kept": gain.covariate not in out}) for gain in gains)


def shares(rows: pd.DataFrame, scale: pd.Series) -> pd.Series:
    """Origin -> mean over levels of CRPS ÷ the level's scale, so that every level weighs the same."""
    share = rows["crps"] / rows["level"].map(scale).clip(lower=LEAST)
    found: pd.Series = share.groupby(rows["origin"]).mean()
    return found


def standard_error(differences: pd.Series) -> float:
    """Of the mean; 0 where there are too few to tell."""
    return float(differences.std(ddof=1)) / len(differences) ** 0.5 if len(differences) > 1 else 0.0


def smaller(candidate: Candidate, without: tuple[Covariate, ...]) -> Candidate:
    """The same on fewer rows and without some more blocks: quick enough to compare every block before a plan.

    A member of a blend is then the same fit as the member alone, which is remembered (`models.fitting`).
    """
    c = candidate
    raw = _on_fewer_rows(c.forecaster, c.params.model_dump(mode="json"))
    raw |= {"without": [*left_out_of(c), *without]}
    label = f"without {', '.join(without)}" if without else "whole"
    return Candidate(label, c.title, c.forecaster, c.forecaster.params.model_validate(raw))


def members_of(blend: Candidate) -> list[str]:
    """Names of the forecasters that it is made of."""
    return [str(member["forecaster"]) for member in blend.params.model_dump(mode="json")["members"]]


def _on_fewer_rows(forecaster: Forecaster, params: dict[str, Any]) -> dict[str, Any]:
    """Parameters, a blend's members' too, with fewer rows where they know of any."""
    if not forecaster.is_blend:
        if "max_rows" not in forecaster.params.model_fields:
            return params
        return {**params, "max_rows": min(params.get("max_rows", ABLATION_ROWS), ABLATION_ROWS)}
    named = forecasters(tuple(m["forecaster"] for m in params["members"]))
    members = zip(named, params["members"], strict=True)
    return {**params, "members": [{**m, "params": _on_fewer_rows(f, m["params"])} for f, m in members]}


def _rows_of(candidate: Candidate, setting: Setting) -> pd.DataFrame:
    s = setting
    rows = fold_rows(candidate, s.category, s.folds, ABLATION_DRAWS, s.seed, s.horizon, s.progress)
    return rows[rows["leads"] == ""]


def lead_winners(rows: pd.DataFrame, blend: str, members: Sequence[str]) -> dict[str, str]:
    """Group of leads -> the member that is clearly ahead of the blend there; groups without one are left out."""
    won: dict[str, str] = {}
    groups = list(rows[rows["leads"] != ""].groupby("leads"))
    for leads, of_group in groups:
        by_name = {str(name): own for name, own in of_group.groupby("forecaster")}
        if blend not in by_name:
            continue
        scale = by_name[blend].groupby("level")["crps"].mean()
        ahead = {n: shares(by_name[blend], scale) - shares(by_name[n], scale) for n in members if n in by_name}
        clear = {n: d for n, d in ahead.items() if is_clear(d, len(groups) * len(members))}
        if clear:
            won[str(leads)] = max(clear, key=lambda n: float(clear[n].mean()))
    return won


def tailored(candidate: Candidate, gains: Sequence[CovariateGain], winners: dict[str, str], horizon: int) -> Candidate:
    """The candidate as the folds speak for it; its parameters are the same where they speak for no change.

    winners: of groups of leads, for a blend.
    """
    c = candidate
    raw = c.params.model_dump(mode="json")
    raw["without"] = [*left_out_of(c), *(g.covariate for g in gains if not g.is_kept)]
    if c.forecaster.is_blend:
        raw["by_lead"] = by_lead(raw["members"], winners, horizon)
    params: Strict = c.forecaster.params.model_validate(raw)
    left = " without " + listed(raw["without"]) if raw["without"] else ""
    alone = [
        f"{forecasters((name,))[0].title} alone on days {leads.replace('-', '–')}"
        for leads, name in sorted(winners.items())
    ]
    title = ", ".join([c.forecaster.title + left, *alone])
    return Candidate(TAILORED.format(c.forecaster.name), title, c.forecaster, params)


def listed(words: Sequence[str]) -> str:
    """'weather, calendar and place'."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def by_lead(members: list[dict[str, JsonValue]], winners: dict[str, str], horizon: int) -> list[dict[str, JsonValue]]:
    """Weights by group of leads: the winner's alone, none where the members' own hold; empty without any winner."""
    if not winners:
        return []
    out: list[dict[str, JsonValue]] = []
    for first, last in lead_groups(horizon):
        winner = winners.get(f"{first}-{last}")
        weights: list[JsonValue] = [float(m["forecaster"] == winner) for m in members] if winner else []
        out.append({"through": last, "weights": weights})
    return out
