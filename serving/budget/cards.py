"""What stands above a budget's sentences: whether it is calibrated, and the figures that are read first."""

from __future__ import annotations

from allocation.budget.search import Tried
from allocation.budget.study import Study
from serving.budget.changed_money import help_words
from serving.budget.figures import line
from serving.budget.shares import jobs_due, whole_span, worst_words
from serving.words import percent, plural, whole

Card = tuple[str, str, str]
"""Title, value, what it means."""


def cards(study: Study) -> list[Card]:
    now, money = line(study, study.now), study.case.terms.currency
    spread = f"{whole(now.money_low)} to {whole(now.money_high)}"
    found = [
        (f"Today’s crews cost ({money})", whole(now.money), f"80 % of draws: {spread}"),
        share_card(study),
        mix_card(study),
    ]
    if study.spending is not None:
        spent = study.spending
        end = f"{whole(spent.over)} {money} at its end with today’s crews"
        found.append((f"Left of {spent.year} ({money})", whole(spent.left), end))
    return found


def share_card(study: Study) -> Card:
    """What today's crews do in time of all jobs due in the days that the money is of, and of the kind that does worst,
    on which the target is set."""
    now = line(study, study.now)
    said = (
        f"of the {whole(jobs_due(study))} jobs due in {whole_span(study)}, 80 % of draws: {percent(now.done_low)} to "
        f"{percent(now.done_high)}; {worst_words(study, study.now)}"
    )
    return "They do in time", percent(now.done), said


def mix_card(study: Study) -> Card:
    """The cheaper of the mixes that meet the target, on regular hours or with help, and the other beside it; else the
    mix that comes nearest, or gets furthest where none could meet it."""
    alone, money, target = line(study, study.advised), study.case.terms.currency, percent(study.case.window.target)
    if not study.can_be_met:
        most = percent(float(study.case.within_reach.min()))
        furthest = f"{alone.mix} gets furthest: {worst_words(study, study.advised)} for {whole(alone.money)} {money}"
        said = f"with 80 % certainty: at most {most} on average whatever the crews; of the mixes tried {furthest}"
        return f"{target} in time", "out of reach", said
    regular, helped = "on regular hours alone", f"with {help_words(study)}"
    ways = [(study.advised, regular)] if study.is_met else []
    ways += [(study.advised_helped, helped)] if study.advised_helped is not None else []
    if not ways:
        said = f"{alone.mix} {regular}: {whole(alone.money)} {money}, {percent(alone.chance)} certain"
        return f"The mix that comes nearest to {target}", plural(alone.crews, "crew"), said
    (best, how), *others = sorted(ways, key=lambda way: study.case.mean_cost(way[0]))
    found = line(study, best)
    said = f"{found.mix} {how}: {whole(found.money)} {money}, {percent(found.chance)} certain"
    beside = _beside(study, others, regular if how == helped else "")
    return f"The cheapest mix that meets {target}", plural(found.crews, "crew"), f"{said}{beside}"


def _beside(study: Study, others: list[tuple[Tried, str]], missing: str) -> str:
    """The dearer way to the same target, or that there is none on regular hours."""
    if others:
        tried, how = others[0]
        dearer = line(study, tried)
        return f"; {how} {plural(dearer.crews, 'crew')} for {whole(dearer.money)}"
    return f"; none tried meets it {missing}" if missing else ""
