"""How often a place breaks: its own discounted history, drawn towards its neighbourhood's where it is thin.

Empirical Bayes with a gamma prior on Poisson rates (Clayton and Kaldor, 1987; Marshall, 1991, for local means). The
half-life of the past, the strength of the prior and the reach of the neighbourhood are those whose list would have
caught most incidents in the windows before the origin: what the list is for. By likelihood over all places the many
that break once would decide, and the few that break again and again lose. How many the listed places then had,
against what was expected of them, corrects the level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from domain.panel import Floats
from models.incidents import Incidents

HALF_LIVES = (365.0, 730.0, 1460.0)
PRIOR_INCIDENTS = (0.1, 1.0, 10.0)
REACHES = (1.0, 2.0)
LARGEST_REACH_CELLS = 5
CITY_SHARE = 0.05
"""Share of the mean rate of all places that every neighbourhood keeps, so that lonely places are not impossible."""
TRIAL_WINDOWS = 24
LEVEL_PRIOR = 10.0
"""Incidents' worth of trust that the expected level is right before the trials correct it."""


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


@dataclass(frozen=True)
class Setting:
    """half_life: days after which an incident counts half. prior: incidents the neighbourhood weighs as much as.

    reach: of the neighbourhood, in cells.
    """

    half_life: float
    prior: float
    reach: float


USUAL = Setting(730.0, 1.0, 1.0)
"""Where there is too little history for trials."""


def place_rates(incidents: Incidents, window_days: int, length: int) -> Rates:
    """Rates at the origin, with the setting whose list of `length` places caught most in up to 24 earlier windows."""
    kernels = {reach: neighbourhood(incidents, reach) for reach in REACHES}
    ends = [window_days * (n + 1) for n in range(TRIAL_WINDOWS) if window_days * (n + 1) < incidents.span // 2]
    caught: dict[Setting, float] = {}
    expected: dict[Setting, float] = {}
    for end in ends:
        came = incidents.counted(end - window_days, end)
        for setting, rates in _every_setting(incidents, kernels, end):
            top = np.argpartition(-rates.mean, min(length, incidents.places) - 1)[:length]
            caught[setting] = caught.get(setting, 0.0) + float(came[top].sum())
            expected[setting] = expected.get(setting, 0.0) + float(rates.mean[top].sum()) * window_days
    chosen = max(caught, key=lambda s: caught[s], default=USUAL)
    level = (caught.get(chosen, 0.0) + LEVEL_PRIOR) / (expected.get(chosen, 0.0) + LEVEL_PRIOR)
    counts, days = incidents.discounted(0, chosen.half_life)
    found = rates_at(counts, days, kernels[chosen.reach] @ counts, chosen)
    return Rates(found.shape, found.days / level, chosen.half_life)


def _every_setting(
    incidents: Incidents, kernels: dict[float, csr_array], as_of: int
) -> Iterator[tuple[Setting, Rates]]:
    """Rates as of `as_of` days before the origin under every setting, in a fixed order."""
    for half_life in HALF_LIVES:
        counts, days = incidents.discounted(as_of, half_life)
        around = {reach: kernel @ counts for reach, kernel in kernels.items()}
        for prior, reach in product(PRIOR_INCIDENTS, REACHES):
            setting = Setting(half_life, prior, reach)
            yield setting, rates_at(counts, days, around[reach], setting)


def rates_at(counts: Floats, days: float, around: Floats, setting: Setting) -> Rates:
    """Posterior rates from discounted incidents (N,), discounted days, and the neighbourhoods' mean incidents (N,)."""
    city = max(float(counts.mean()), 1e-6)
    prior_days = setting.prior * days / (around + CITY_SHARE * city)
    return Rates(setting.prior + counts, prior_days + days, setting.half_life)


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
