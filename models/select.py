"""Which forecaster is published: the lowest mean of CRPS ratios over four levels on earlier folds, or the blend.

Every candidate is fitted once, as of the first fold's origin, and asked again at each later one with what was known
then. That is harder than the daily refit of a real run, equally for all, and cheap enough to do before every plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd

from domain.category import Strict
from domain.city import CityPlan, Models
from domain.covariates import CovariateGain
from domain.errors import HistoryTooShortError, WeatherEndsEarlyError
from domain.panel import Known
from domain.progress import Progress
from features.build import inputs_of
from models.catalogue import forecasters
from models.choice import fold_ratios, published, recipe_of, steadier
from models.fitting import forget
from models.fold_scores import Candidate, Fold, fold_rows, folds_before, last_reported, to_compare_on
from models.forecaster import Forecaster
from models.history.mended import mended
from models.history.since import KEPT_DAYS, first_day_of, own_history, since
from models.parameters import params_for
from models.recipe import Recipe
from models.scores import summarise
from models.tailor import Setting, as_used, covariate_gains, lead_winners, members_of, tailored

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
CHAMPION = "champion"


def evaluate_candidates(
    known_of: Callable[[date], Known],
    category: str,
    candidates: Sequence[Forecaster],
    settings: Models,
    origin: date,
    seed: int,
    progress: Progress,
    champion: Recipe | None = None,
) -> pd.DataFrame:
    """The table `scores` without vintage_id: one row a candidate and level; empty where nothing can be compared.

    known_of(day) is what was known at the end of `day`. A blend is compared as it is and as made for the category
    (`models.tailor`), a single winner likewise; the champion too, where it is none of them. `attrs` of the frame carry,
    for the sentence, the challenge and the tracking run: "left_out" (candidate -> why), "odd_windows" (how many earlier
    windows are no evidence), "baselines" (spreadsheet forecasts among the candidates), "by_fold" (records of each
    fold's sums), "specs" (candidate -> spec_id), "candidates" (candidate -> title, forecaster, params, features),
    "covariates" (candidate -> gains as JSON), "days" of history and "origin".
    """
    latest, known_of = _of_category(known_of, category, origin)
    able, left_out = able_candidates(candidates, latest, settings.horizon_days)
    named = [Candidate(c.name, c.title, c, params_for(c, settings)) for c in candidates]
    running = [c for c in named if c.forecaster in able]
    folds, odd = to_compare_on(folds_before(known_of, latest, running, settings, seed), latest, category)
    setting = Setting(category, folds, settings.horizon_days, seed, progress)
    rows = _compared(running, setting, settings.draws, left_out)
    gains: dict[str, tuple[CovariateGain, ...]] = {}
    more: list[Candidate] = []
    for blend in (c for c in running if c.forecaster.is_blend and c.label not in left_out and folds):
        found = covariate_gains(blend, setting)
        made = tailored(blend, found, lead_winners(rows, blend.label, members_of(blend)), settings.horizon_days)
        gains |= {blend.label: found, made.label: found}
        more.append(made)
    more += [] if champion is None else [Candidate(CHAMPION, champion.title, *_of(champion))]
    more = [c for n, c in enumerate(more) if c.spec_id not in {other.spec_id for other in [*named, *more[:n]]}]
    left_out |= _unable(more, latest, settings.horizon_days)
    others = [c for c in more if c.label not in left_out]
    rows = pd.concat([rows, _compared(others, setting, settings.draws, left_out)], ignore_index=True)
    has = inputs_of(latest, category, settings.horizon_days).has
    table = _table(rows, category, [*named, *more], folds, latest)
    if fewer := _asked_of_the_first(table, [*named, *more], champion, setting, gains):
        more += fewer
        rows = pd.concat([rows, _compared(fewer, setting, settings.draws, left_out)], ignore_index=True)
        table = _table(rows, category, [*named, *more], folds, latest)
    forget(category)
    overall = rows[rows["leads"] == ""].drop(columns="leads") if len(rows) else rows
    asked = {c.label: as_used(c, gains[c.label]) for c in [*named, *more] if c.label in gains}
    table.attrs = {
        "left_out": left_out,
        "odd_windows": odd,
        "baselines": [c.label for c in [*named, *more] if c.forecaster.is_baseline],
        "by_fold": overall.to_dict("records"),
        "specs": {c.label: c.spec_id for c in [*named, *more]},
        "candidates": {c.label: c.record(has) for c in [*named, *more]},
        "covariates": {label: [gain.model_dump() for gain in found] for label, found in asked.items()},
        "days": len(latest.demand.dates),
        "origin": latest.origin.isoformat(),
    }
    return table


def _of_category(
    known_of: Callable[[date], Known], category: str, origin: date
) -> tuple[Known, Callable[[date], Known]]:
    """What is known at the origin, as filed, and what is learnt from on earlier days; from the day on that the category
    is learnt from as the origin tells it."""
    latest = known_of(origin)
    first = first_day_of(latest, category)
    start = latest.demand.dates[first]

    def own(day: date) -> Known:
        known = known_of(day)
        at = int(known.demand.dates.searchsorted(start)) if first else 0
        return mended(since(known, at) if at else known, category)

    return (since(latest, first) if first else latest), own


def _compared(candidates: Sequence[Candidate], setting: Setting, draws: int, left_out: dict[str, str]) -> pd.DataFrame:
    """Rows of every candidate on every fold; one that cannot be fitted is added to `left_out` with the reason."""
    s, parts = setting, [pd.DataFrame()]
    for number, candidate in enumerate(candidates):
        s.progress(f"comparing {candidate.title} on {len(s.folds)} earlier folds", number, len(candidates))
        try:
            parts.append(fold_rows(candidate, s.category, s.folds, draws, s.seed, s.horizon, s.progress))
        except (HistoryTooShortError, WeatherEndsEarlyError) as error:
            left_out[candidate.label] = error.what
    return pd.concat(parts, ignore_index=True)


def _asked_of_the_first(
    table: pd.DataFrame,
    candidates: Sequence[Candidate],
    champion: Recipe | None,
    setting: Setting,
    gains: dict[str, tuple[CovariateGain, ...]],
) -> list[Candidate]:
    """Add to `gains` those of the winner and the champion where they are missing, as of a single forecaster.

    Returns a single winner without the blocks that it clearly loses from, where there are any.
    """
    there = set(table["forecaster"])
    first = set(table.loc[table["is_published"].astype(bool), "forecaster"])
    specs = {c.spec_id for c in candidates}
    made = []
    for c in candidates:
        is_asked = c.label in first or (champion is not None and c.spec_id == champion.spec_id)
        if c.label not in there or c.label in gains or not c.forecaster.covariates or not is_asked:
            continue
        gains[c.label] = covariate_gains(c, setting)
        if c.forecaster.is_blend or c.label not in first:
            continue
        fewer = tailored(c, gains[c.label], {}, setting.horizon)
        if fewer.spec_id not in specs:
            gains[fewer.label] = gains[c.label]
            made.append(fewer)
    return made


def _of(recipe: Recipe) -> tuple[Forecaster, Strict]:
    forecaster = forecasters((recipe.forecaster,))[0]
    return forecaster, forecaster.params.model_validate(recipe.params)


def choose(scores: pd.DataFrame, plan: CityPlan, category: str) -> Recipe:
    """The recipe that the scores speak for, with the reason in words."""
    return recipe_of(scores, plan, category)


def can_be_fitted(recipe: Recipe, known_of: Callable[[date], Known], origin: date) -> bool:
    """Whether the category has the days that the recipe's forecaster needs: one that begins again has lost them."""
    needed = forecasters((recipe.forecaster,))[0].minimum_days
    if needed <= KEPT_DAYS:
        return True
    return len(own_history(known_of(origin), recipe.category).demand.dates) >= needed


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


def _unable(candidates: Sequence[Candidate], known: Known, horizon: int) -> dict[str, str]:
    """As `able_candidates` by label: a champion may have just the days that it is fitted on, and folds have fewer."""
    found = [(c.label, able_candidates([c.forecaster], known, horizon)[1]) for c in candidates]
    return {label: why for label, left_out in found for why in left_out.values()}


def _table(
    rows: pd.DataFrame, category: str, candidates: Sequence[Candidate], folds: Sequence[Fold], latest: Known
) -> pd.DataFrame:
    """Scores over all folds, the ratio to the best baseline of each level, and who is published."""
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = rows[rows["leads"] == ""]
    baselines = [c.label for c in candidates if c.forecaster.is_baseline]
    blends = [c.label for c in candidates if c.forecaster.is_blend]
    scores = summarise(rows, ["forecaster", "level"]).drop(columns="wape")
    reference = scores[scores["forecaster"].isin(baselines)]
    best = (scores if reference.empty else reference).groupby("level")["crps"].min()
    scores["ratio"] = (scores["crps"] + NOTHING) / (scores["level"].map(best) + NOTHING)
    scores["category"], scores["folds"] = category, len(folds)
    scores["evidence_from"] = pd.Timestamp(min(f.known.origin for f in folds)).as_unit("us")
    scores["evidence_end"] = pd.Timestamp(last_reported(latest.demand)).as_unit("us")
    winner = steadier(fold_ratios(rows, best), published(scores, baselines), blends, baselines)
    scores["is_published"] = scores["forecaster"] == winner
    return scores[list(COLUMNS)]
