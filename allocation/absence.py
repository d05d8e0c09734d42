"""How likely a crew is to stay away: a fixed share, or a share drawn for each date and yard (beta-binomial).

Nothing else reads or writes what a city states of it: where `rules.absence` stands, `absence_share` says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from allocation.dense import Dense
from allocation.problem import Problem
from domain.category import Basis, Figure
from domain.chance import generator
from domain.panel import Floats

MOST_ABSENT = 0.95
"""A season's factor never takes the mean above this."""


def stated_absence(problem: Problem) -> Figure:
    """The share of own crews that stay away, before any season's factor."""
    rule = problem.rules.absence
    return Figure(value=problem.absence_share, basis="assumed") if rule is None else rule.mean


def absence_on(problem: Problem, days: Sequence[date]) -> Floats:
    """Expected share of own crews that stay away on each day, (len(days),)."""
    rule, mean = problem.rules.absence, stated_absence(problem).value
    if rule is None:
        return np.full(len(days), mean)
    factor = [np.prod([s.factor for s in rule.seasons if s.holds_on(day)]) for day in days]
    expected: Floats = np.minimum(mean * np.array(factor), MOST_ABSENT)
    return expected


def planned_absence(problem: Problem) -> float:
    """Expected share of own crews that stay away, over all planned dates."""
    return float(absence_on(problem, problem.dates).mean())


def with_absence(problem: Problem, share: float, basis: Basis = "assumed", *, on_all_dates: bool = False) -> Problem:
    """The problem with another stated share, 0 to 1. on_all_dates: no season changes it."""
    rule = problem.rules.absence
    if rule is None:
        return problem.model_copy(update={"absence_share": share})
    if share >= 1:  # no Beta distribution has that mean
        rules = problem.rules.model_copy(update={"absence": None})
        return problem.model_copy(update={"rules": rules, "absence_share": 1.0})
    other = rule.model_copy(
        update={"mean": Figure(value=share, basis=basis), "seasons": () if on_all_dates else rule.seasons}
    )
    return problem.model_copy(update={"rules": problem.rules.model_copy(update={"absence": other})})


def mean_absence(dense: Dense) -> Floats:
    """Expected share of own crews that stay away on each date, (H,)."""
    return absence_on(dense.problem, dense.problem.dates)


def present_share(dense: Dense) -> Floats:
    """Expected share of crews that come, (H, K): all of a contractor's."""
    own = np.array([t.contract is None for t in dense.problem.crew_types])
    return np.where(own[None, :], 1 - mean_absence(dense)[:, None], 1.0)


def absence_chance(dense: Dense, draws: int, seed: int) -> Floats:
    """Chance of a crew to stay away, by date, yard and draw, (H, Y, S).

    The beta-binomial distribution (Skellam 1948): the chance itself is drawn, so that crews of a yard are missing on
    the same days. It does not depend on the weather.
    """
    problem, rule = dense.problem, dense.problem.rules.absence
    mean = mean_absence(dense)
    chance = np.broadcast_to(mean[:, None, None], (len(mean), len(problem.yards), draws)).copy()
    if rule is not None:
        for h, y in np.ndindex(chance.shape[:2]):
            if mean[h] > 0:
                stream = generator(seed, "share absent", problem.dates[h], problem.yards[y].name)
                chance[h, y] = stream.beta(mean[h] * rule.concentration, (1 - mean[h]) * rule.concentration, draws)
    return chance
