"""Folds and how a candidate fares on them: what a selection, a tailored blend and a challenge compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from pydantic import JsonValue

from domain.category import Strict
from domain.city import Models
from domain.errors import AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError
from domain.panel import Demand, Ints, Known, WeatherPaths
from domain.progress import Progress
from features.group import Need
from features.nowcast import WHOLE
from models.covariates import features_of
from models.fitting import fit_once
from models.folds import selection_origins
from models.forecaster import Forecaster, draws_of
from models.history.trust import history_of
from models.history.windows import of_demand
from models.peaks import paths_with_peaks
from models.recipe import spec_id
from models.scores import lead_scores, origin_scores
from models.weather_ensemble import weather_paths

LEAST_FOLDS = 2
"""As many as a history must hold to be compared at all (`models.select.able_candidates`): one is luck."""


@dataclass(frozen=True)
class Candidate:
    """label: its name in `scores`; title: in sentences. params: complete, with the city's threads."""

    label: str
    title: str
    forecaster: Forecaster
    params: Strict

    @property
    def spec_id(self) -> str:
        return spec_id(self.forecaster.name, self.params.model_dump(mode="json"))

    def record(self, has: frozenset[Need]) -> dict[str, JsonValue]:
        """As plain JSON, to travel with a table of scores. has: what the city has of what features may need."""
        params: dict[str, JsonValue] = self.params.model_dump(mode="json")
        features: list[JsonValue] = [*features_of(self.forecaster, params, has)]
        return {"title": self.title, "forecaster": self.forecaster.name, "params": params, "features": features}


@dataclass(frozen=True)
class Fold:
    """What was known at one earlier origin, the weather ensemble of then, and what came true, (C, A, H)."""

    known: Known
    weather: WeatherPaths | None
    outcomes: Ints


def folds_before(
    known_of: Callable[[date], Known], latest: Known, able: Sequence[Candidate], settings: Models, seed: int
) -> list[Fold]:
    """Folds whose outcomes end on the last day of `latest` that is fully reported, ascending."""
    if not able:
        return []
    first_day = latest.demand.dates[0].date()
    needed = max(c.forecaster.minimum_days for c in able)
    until = last_reported(latest.demand)
    folds = []
    for day in selection_origins(until, settings.selection_folds, settings.horizon_days, first_day, needed):
        try:
            known = known_of(day)
        except (AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError):
            continue  # a day in a gap of the data: nobody could have forecast then, so it compares nothing
        weather = weather_paths(known, settings.weather_paths, settings.horizon_days, seed)
        outcomes = outcomes_after(latest.demand, known.origin, settings.horizon_days, known.areas.names)
        folds.append(Fold(known, weather, outcomes))
    return folds


def to_compare_on(folds: Sequence[Fold], latest: Known, category: str) -> tuple[list[Fold], int]:
    """The folds whose outcomes are demand, and how many are not: a gap's zeros and rows keyed in together would decide
    who is published, and for a year. None of them where fewer than LEAST_FOLDS are left."""
    if not folds:
        return [], 0
    ends = np.array([latest.demand.dates.searchsorted(pd.Timestamp(f.known.origin), side="right") for f in folds])
    is_demand = of_demand(history_of(latest, category), ends - 1, folds[0].outcomes.shape[2])
    kept = [fold for fold, is_one in zip(folds, is_demand, strict=True) if is_one]
    return (kept if len(kept) >= min(LEAST_FOLDS, len(folds)) else []), len(folds) - int(is_demand.sum())


def outcomes_after(demand: Demand, origin: date, horizon: int, areas: Sequence[str]) -> Ints:
    """(C, A, H): what was filed on the days after `origin` in the areas known at it, as known later. Where areas come
    from the rows, one first filed in after the origin is no part of any forecast of then."""
    first = int(np.searchsorted(demand.dates.to_numpy(), np.datetime64(origin), side="right"))
    after = demand.counts[:, :, first : first + horizon]
    where = pd.Index(demand.areas).get_indexer(pd.Index(areas))
    outcomes: Ints = np.where((where >= 0)[:, None], after[:, where], 0)
    return outcomes


def fold_rows(
    candidate: Candidate, category: str, folds: Sequence[Fold], draws: int, seed: int, horizon: int, progress: Progress
) -> pd.DataFrame:
    """Sums a fold and level, then a fold, level and group of leads, with columns forecaster, origin and leads.

    leads: "" for the four levels over all leads. Fitted once, at the first fold; again where an area is new since.
    """
    if not folds:
        return pd.DataFrame()
    parts, fit_on = [], folds[0].known
    for fold in folds:
        fit_on = fit_on if fit_on.areas.names == fold.known.areas.names else fold.known
        fitted = fit_once(candidate.forecaster, fit_on, category, candidate.params, seed, progress)
        samples = paths_with_peaks(fitted, fold.known, fold.weather, draws_of(seed, draws, fold.weather), horizon)
        truth = fold.outcomes[fold.known.demand.categories.index(category)]
        origin = fold.known.origin
        scored = [origin_scores(truth, samples, seed, origin).assign(leads=""), lead_scores(truth, samples)]
        parts.append(pd.concat(scored).assign(forecaster=candidate.label, origin=origin.isoformat()))
    return pd.concat(parts, ignore_index=True)


def last_reported(demand: Demand) -> date:
    """The last day whose requests are all in, as far as reporting delays are known: later ones compare nothing."""
    share, last = demand.reported_share, -1
    if share is not None:
        whole = np.flatnonzero((share >= WHOLE).all(axis=0))
        last = whole[-1] if len(whole) else 0
    found: date = demand.dates[last].date()
    return found
