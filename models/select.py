"""Which forecaster is published: the lowest mean of CRPS ratios over four levels on earlier folds, or the blend.

Every candidate is fitted once, as of the first fold's origin, and asked again at each later one with what was known
then. That is harder than the daily refit of a real run, equally for all, and cheap enough to do before every plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from domain.city import CityPlan, Models
from domain.errors import AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError
from domain.panel import Demand, Ints, Known, WeatherPaths
from domain.progress import Progress
from models.choice import fold_ratios, params_for, published, recipe_of, steadier
from models.fitting import fit_once
from models.folds import selection_origins
from models.forecaster import Forecaster, draws_of
from models.recipe import Recipe, spec_id
from models.scores import origin_scores, summarise
from models.weather_ensemble import weather_paths

COLUMNS = (
    "category",
    "forecaster",
    "level",
    "crps",
    "ratio",
    "cover80",
    "cover95",
    "folds",
    "evidence_from",
    "evidence_end",
    "is_published",
)

NOTHING = 1e-9
"""Keeps ratios finite on levels where nothing was ever filed."""


@dataclass(frozen=True)
class Fold:
    """What was known at one earlier origin, the weather ensemble of then, and what came true, (A, H)."""

    known: Known
    weather: WeatherPaths | None
    outcomes: Ints


def evaluate_candidates(
    known_of: Callable[[date], Known],
    category: str,
    candidates: Sequence[Forecaster],
    settings: Models,
    origin: date,
    seed: int,
    progress: Progress,
) -> pd.DataFrame:
    """The table `scores` without vintage_id: one row a candidate and level; empty where nothing can be compared.

    known_of(day) is what was known at the end of `day`. `attrs` of the frame carry "left_out" (candidate -> why),
    "by_fold" (records of each fold's sums), "specs" (candidate -> spec_id), "days" of history and "origin", for the
    sentence, the challenge and the tracking run.
    """
    latest = known_of(origin)
    able, left_out = able_candidates(candidates, latest, settings.horizon_days)
    folds = _folds(known_of, latest, able, settings, seed)
    parts = []
    for number, candidate in enumerate(able):
        progress(f"comparing {candidate.title} on {len(folds)} earlier folds", number, len(able))
        try:
            parts += _candidate_scores(candidate, category, folds, settings, seed, progress)
        except (HistoryTooShortError, WeatherEndsEarlyError) as error:
            left_out[candidate.name] = error.what
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    baselines = [c.name for c in candidates if c.is_baseline]
    blends = [c.name for c in candidates if c.is_blend]
    table = _table(rows, category, (baselines, blends), [f.known.origin for f in folds], latest.origin)
    table.attrs = {
        "left_out": left_out,
        "by_fold": rows.to_dict("records"),
        "specs": {c.name: spec_id(c.name, params_for(c, settings).model_dump(mode="json")) for c in candidates},
        "days": len(latest.demand.dates),
        "origin": latest.origin.isoformat(),
    }
    return table


def choose(scores: pd.DataFrame, plan: CityPlan, category: str) -> Recipe:
    """The recipe that the scores speak for, with the reason in words."""
    return recipe_of(scores, plan, category)


def able_candidates(
    candidates: Sequence[Forecaster], known: Known, horizon: int
) -> tuple[list[Forecaster], dict[str, str]]:
    """Those with history for two folds and weather where they need it, and why the others are left out."""
    days = len(known.demand.dates)
    left_out: dict[str, str] = {}
    for c in candidates:
        needed = c.minimum_days + 2 * horizon
        if days < needed:
            left_out[c.name] = f"{days} days of history, {needed} are needed to compare it"
        elif c.needs_weather and known.weather is None:
            left_out[c.name] = "it needs weather, and there is none"
    return [c for c in candidates if c.name not in left_out], left_out


def _folds(
    known_of: Callable[[date], Known], latest: Known, able: list[Forecaster], settings: Models, seed: int
) -> list[Fold]:
    if not able:
        return []
    first_day = latest.demand.dates[0].date()
    needed = max(c.minimum_days for c in able)
    days = selection_origins(latest.origin, settings.selection_folds, settings.horizon_days, first_day, needed)
    folds = []
    for day in days:
        try:
            known = known_of(day)
        except (AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError):
            continue  # a day in a gap of the data: nobody could have forecast then, so it compares nothing
        weather = weather_paths(known, settings.weather_paths, settings.horizon_days, seed)
        folds.append(Fold(known, weather, outcomes_after(latest.demand, known.origin, settings.horizon_days)))
    return folds


def outcomes_after(demand: Demand, origin: date, horizon: int) -> Ints:
    """(C, A, H): what was filed on the days after `origin`, as known later."""
    first = int(np.searchsorted(demand.dates.to_numpy(), np.datetime64(origin), side="right"))
    outcomes: Ints = demand.counts[:, :, first : first + horizon]
    return outcomes


def _candidate_scores(
    candidate: Forecaster, category: str, folds: list[Fold], settings: Models, seed: int, progress: Progress
) -> list[pd.DataFrame]:
    """Sums a fold and level, with columns forecaster and origin."""
    params = params_for(candidate, settings)
    fitted = fit_once(candidate, folds[0].known, category, params, seed, progress) if folds else None
    parts = []
    for fold in folds:
        assert fitted is not None
        draws = draws_of(seed, settings.draws, fold.weather)
        samples = fitted.paths(fold.known, fold.weather, draws, settings.horizon_days)
        truth = fold.outcomes[fold.known.demand.categories.index(category)]
        scored = origin_scores(truth, samples, seed, fold.known.origin)
        parts.append(scored.assign(forecaster=candidate.name, origin=fold.known.origin.isoformat()))
    return parts


def _table(
    rows: pd.DataFrame, category: str, kinds: tuple[list[str], list[str]], origins: list[date], evidence_end: date
) -> pd.DataFrame:
    """Scores over all folds, the ratio to the best baseline of each level, and who is published.

    kinds: names of the baselines, and of the blends.
    """
    baselines, blends = kinds
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    scores = summarise(rows, ["forecaster", "level"]).drop(columns="wape")
    reference = scores[scores["forecaster"].isin(baselines)]
    best = (scores if reference.empty else reference).groupby("level")["crps"].min()
    scores["ratio"] = (scores["crps"] + NOTHING) / (scores["level"].map(best) + NOTHING)
    scores["category"], scores["folds"] = category, len(origins)
    scores["evidence_from"] = pd.Timestamp(min(origins)).as_unit("us")
    scores["evidence_end"] = pd.Timestamp(evidence_end).as_unit("us")
    winner = published(scores, baselines)
    if winner not in baselines:
        winner = steadier(fold_ratios(rows, best), winner, blends)
    scores["is_published"] = scores["forecaster"] == winner
    return scores[list(COLUMNS)]
