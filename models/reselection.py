"""Champions over the origins of a backtest, as runs have them: chosen, challenged and kept without a registry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from domain.city import CityPlan
from domain.errors import AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError
from domain.panel import Known
from domain.progress import Progress
from models.catalogue import forecasters
from models.challenge import Verdict, challenge
from models.recipe import Recipe
from models.select import can_be_fitted, choose, evaluate_candidates
from models.standing import Reign, Standing

NO_FORECAST = (AsOfOutsideDataError, HistoryTooShortError, WeatherEndsEarlyError)
InForce = tuple[Recipe, Standing | None]
"""What forecasts, and the champion, which is another where the winner of a selection only stands in."""


def reselecting(
    known_of: Callable[[date], Known], plan: CityPlan, first: date, seed: int, progress: Progress
) -> Callable[[str, date], Recipe]:
    """Recipes in force: selected on evidence up to `first`, and again every `reselect_after_days` counted from it,
    when the winner challenges the champion. One that a category has lost the history for is stood in for.

    The answer depends on category and origin alone, not on the order of asking. A later selection that falls into a
    gap of the data changes nothing.
    """
    every = plan.city.models.reselect_after_days
    reigns: dict[str, list[InForce]] = {}
    stand_ins: dict[tuple[str, date], Recipe] = {}

    def recipe_for(category: str, origin: date) -> Recipe:
        known = reigns.setdefault(category, [])
        while len(known) <= (origin - first).days // every:
            day = first + timedelta(days=every * len(known))
            try:
                known.append(_selected(known_of, plan, category, day, known[-1][1] if known else None, seed, progress))
            except NO_FORECAST:
                if not known:
                    raise
                known.append(known[-1])
        recipe, standing = known[(origin - first).days // every]
        if can_be_fitted(recipe, known_of, origin):
            return recipe
        if (category, origin) not in stand_ins:
            stand_ins[category, origin] = _selected(known_of, plan, category, origin, standing, seed, progress)[0]
        return stand_ins[category, origin]

    return recipe_for


def _selected(
    known_of: Callable[[date], Known],
    plan: CityPlan,
    category: str,
    day: date,
    standing: Standing | None,
    seed: int,
    progress: Progress,
) -> InForce:
    models = plan.city.models
    champion = None if standing is None else standing.recipe
    scores = evaluate_candidates(
        known_of, category, forecasters(models.forecasters), models, day, seed, progress, champion
    )
    winner = choose(scores, plan, category)
    found = challenge(standing, winner, scores, scores.attrs["specs"], models.horizon_days)
    return found.recipe, _after(standing, found, day)


def _after(standing: Standing | None, found: Verdict, day: date) -> Standing | None:
    """The champion once a selection is over, as the registry would have it."""
    if found.kind is None:
        return standing
    order = 0 if standing is None else standing.reign.order + 1
    reign = Reign(
        order=order, since=day, kind=found.kind, by="crewcast", why=found.recipe.sentence,
        at=datetime.combine(day, time.min, UTC), counts_from=found.counts_from,
    )  # fmt: skip
    return Standing(order, found.recipe, reign, found.evidence, found.scores)
