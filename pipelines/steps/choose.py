"""Which recipe forecasts a category: the champion while its evidence is fresh and the city's parameters are those of
its selection, else what a selection leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial

import pandas as pd

from domain.city import Models
from domain.errors import RegistryUnreachableError
from domain.progress import Progress
from models.catalogue import forecasters
from models.challenge import challenge, in_words
from models.fold_scores import last_reported
from models.parameters import configured, fits
from models.recipe import Recipe
from models.select import can_be_fitted, evaluate_candidates
from models.select import choose as choose_recipe
from models.standing import BY_HAND, Evidence, Kind, Standing
from pipelines.job import Run, known_at, known_on
from pipelines.registry import open_registry
from storage.asof import is_current

LONG_LAG_DAYS = 7
STAND_IN = "out of reach ({why}); {what}; a later change of champion there is not in this plan"


@dataclass(frozen=True)
class Choice:
    """A recipe and the scores that chose it. is_new: selected just now.

    kind, challenger, evidence, counts_from: what a selection changes, as `models.challenge.Verdict` has them.
    notes: what readers of the plan must be told of the registry, as (item, what, remedy).
    """

    recipe: Recipe
    scores: pd.DataFrame
    is_new: bool
    kind: Kind | None = None
    challenger: tuple[Recipe, str] | None = None
    evidence: Evidence = field(default_factory=dict)
    counts_from: date | None = None
    notes: tuple[tuple[str, str, str], ...] = ()


def choose(run: Run, category: str, progress: Progress) -> Choice:
    """The champion as of the run if it is fresh, has the history it needs, and the city's settings still want it; else
    select, and challenge it. Its evidence ages by what there is since: where rows come late, a selection of today would
    not end today either.

    A registry out of reach costs no plan: the champion last seen here is used, however old, or a selection is made;
    either way the plan says so.
    """
    models = run.job.plan().city.models
    standing, lost = _standing(run, category)
    if standing is not None and not run.job.reselect and _can_go_on(run, standing):
        fresh = (last_reported(known_at(run).demand) - standing.recipe.evidence_end).days <= models.reselect_after_days
        if fresh or lost is not None:
            return Choice(in_words(standing), standing.scores, is_new=False, notes=_notes(lost, category, standing))
    return select(run, category, progress, standing, _notes(lost, category, None))


def _can_go_on(run: Run, standing: Standing) -> bool:
    is_wanted = is_as_configured(standing, run.job.plan().city.models)
    return is_wanted and can_be_fitted(standing.recipe, lambda _origin: known_at(run), run.origin)


def select(
    run: Run,
    category: str,
    progress: Progress,
    standing: Standing | None = None,
    notes: tuple[tuple[str, str, str], ...] = (),
) -> Choice:
    """Evaluate every candidate on folds that end by the origin, and let the best challenge the champion."""
    plan = run.job.plan()
    models = judged_by(run)
    candidates, seed = forecasters(models.forecasters), plan.city.seed
    gone = None if standing is None else no_candidate(standing, plan.city.models)
    champion = None if standing is None or gone else standing.recipe
    known = partial(known_on, run)
    scores = evaluate_candidates(known, category, candidates, models, run.origin, seed, progress, champion)
    winner = choose_recipe(scores, plan, category)
    found = challenge(standing, winner, scores, scores.attrs["specs"], models.horizon_days, gone)
    return Choice(
        found.recipe, found.scores, True, found.kind, found.challenger, found.evidence, found.counts_from, notes
    )


def judged_by(run: Run) -> Models:
    """The city's settings, with as many leads as the plan needs where its requests are a week old or more: what wins
    at two weeks need not at eight."""
    models = run.job.plan().city.models
    return models.model_copy(update={"horizon_days": run.horizon()}) if run.lag_days >= LONG_LAG_DAYS else models


def is_as_configured(standing: Standing, models: Models) -> bool:
    """Whether the champion is a candidate still, chosen among the forecasters and parameters that the city gives now.

    One put there by hand is taken as it is: whoever did so knew the settings.
    """
    by_hand = standing.reign.kind in BY_HAND or not standing.recipe.configured
    return no_candidate(standing, models) is None and (by_hand or standing.recipe.configured == configured(models))


def no_candidate(standing: Standing, models: Models) -> str | None:
    """Why the champion is no candidate any more, in words; None where it is one."""
    recipe, why = standing.recipe, unusable(standing.recipe, models)
    if why is not None or standing.reign.kind in BY_HAND:
        return why
    now = configured(models)[recipe.forecaster]
    if recipe.configured.get(recipe.forecaster, now) != now:
        return f"{recipe.title} was chosen with other parameters than this city's models.parameters give now"
    return None


def unusable(recipe: Recipe, models: Models) -> str | None:
    """Why no run of the city can use a recipe, whoever wants it, in words; None where one can."""
    if recipe.forecaster not in models.forecasters:
        return f"{recipe.title} is no longer among this city's forecasters"
    if not fits(recipe.forecaster, recipe.params):
        return f"the parameters of {recipe.title} are none that this version knows"
    return None


def _standing(run: Run, category: str) -> tuple[Standing | None, RegistryUnreachableError | None]:
    """The champion as of the run; where the registry is out of reach, as last known here, with the error."""
    registry = open_registry(run.job.open(), run.job.plan().city.city)
    try:
        standing = registry.standing(category, run.as_of, is_newest=is_current(run.snapshot(), run.as_of))
    except RegistryUnreachableError as error:
        return registry.last_known(category, run.as_of), error
    if standing is not None:
        registry.remember(standing)
    return standing, None


def _notes(
    lost: RegistryUnreachableError | None, category: str, standing: Standing | None
) -> tuple[tuple[str, str, str], ...]:
    if lost is None:
        return ()
    what = "forecasters were selected again" if standing is None else "the champion last seen here is used"
    return ((f"model registry: {category}", STAND_IN.format(why=lost.values["why"], what=what), lost.remedy),)
