"""How often a place breaks: its own discounted history, drawn towards its neighbourhood's where it is thin.

Empirical Bayes with a gamma prior on Poisson rates (Clayton and Kaldor, 1987; Marshall, 1991, for local means). The
half-life of the past, the strength of the prior and the reach of the neighbourhood are those that made the windows
before the origin likeliest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from domain.panel import Floats
from models.incidents import Incidents

HALF_LIVES = (180.0, 365.0, 730.0)
PRIOR_INCIDENTS = (0.1, 0.3, 1.0, 3.0)
REACHES = (1.0, 2.0)
LARGEST_REACH_CELLS = 5
CITY_SHARE = 0.05
"""Share of the mean rate of all places that every neighbourhood keeps, so that lonely places are not impossible."""
TRIAL_WINDOWS = 6


@dataclass(frozen=True)
class Rates:
    """Posterior of each place's incidents a day: Gamma(shape (N,), days (N,)); mean = shape ÷ days."""

    shape: Floats
    days: Floats
    half_life: float

    @property
    def mean(self) -> Floats:
        mean: Floats = self.shape / self.days
        return mean

    def probability(self, window_days: float) -> Floats:
        """Chance of at least one incident in `window_days`, the rate's uncertainty included."""
        chance: Floats = 1.0 - (self.days / (self.days + window_days)) ** self.shape
        return chance


def place_rates(incidents: Incidents, window_days: int) -> Rates:
    """Rates at the origin, with the settings that were best on up to six windows before it."""
    kernels = {reach: neighbourhood(incidents, reach) for reach in REACHES}
    trials = [window_days * (n + 1) for n in range(TRIAL_WINDOWS) if window_days * (n + 1) < incidents.span // 2]
    truth = [incidents.counted(end - window_days, end) for end in trials]
    best, chosen = -np.inf, (HALF_LIVES[1], PRIOR_INCIDENTS[2], REACHES[0])
    for half_life, prior, reach in product(HALF_LIVES, PRIOR_INCIDENTS, REACHES) if trials else ():
        found = 0.0
        for end, came in zip(trials, truth, strict=True):
            expected = rates_at(incidents, kernels[reach], end, half_life, prior).mean * window_days
            found += float((came * np.log(expected) - expected).sum())
        if found > best:
            best, chosen = found, (half_life, prior, reach)
    half_life, prior, reach = chosen
    return rates_at(incidents, kernels[reach], 0, half_life, prior)


def rates_at(incidents: Incidents, kernel: csr_array, as_of: int, half_life: float, prior: float) -> Rates:
    """Posterior rates as of `as_of` days before the origin; the neighbourhood weighs as much as `prior` incidents."""
    counts, days = incidents.discounted(as_of, half_life)
    city = max(float(counts.mean()), 1e-6)
    around = kernel @ counts + CITY_SHARE * city
    return Rates(prior + counts, prior * days / around + days, half_life)


def neighbourhood(incidents: Incidents, reach: float) -> csr_array:
    """(N, N): weights of the other cells nearby, a Gaussian of `reach` cells; cells never hit weigh in as zeros."""
    tree = KDTree(incidents.cell.astype(float))
    near = tree.sparse_distance_matrix(tree, LARGEST_REACH_CELLS, output_type="coo_matrix").tocsr()
    near.eliminate_zeros()
    offset = np.arange(-LARGEST_REACH_CELLS, LARGEST_REACH_CELLS + 1)
    distance = np.hypot(*np.meshgrid(offset, offset))
    ring = (distance > 0) & (distance <= LARGEST_REACH_CELLS)
    total = np.exp(-(distance[ring] ** 2) / (2 * reach**2)).sum()
    near.data = np.exp(-(near.data**2) / (2 * reach**2)) / total
    return csr_array(near)
