"""How likely a crew is to stay away: a fixed share, or a share drawn for each date and yard (beta-binomial)."""

from __future__ import annotations

import numpy as np

from allocation.dense import Dense
from domain.chance import generator
from domain.panel import Floats

MOST_ABSENT = 0.95
"""A season's factor never takes the mean above this."""


def mean_absence(dense: Dense) -> Floats:
    """Expected share of own crews that stay away on each date, (H,)."""
    problem = dense.problem
    rule = problem.rules.absence
    if rule is None:
        return np.full(len(problem.dates), problem.absence_share)
    factor = [np.prod([s.factor for s in rule.seasons if s.holds_on(day)]) for day in problem.dates]
    mean: Floats = np.minimum(rule.mean.value * np.array(factor), MOST_ABSENT)
    return mean


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
