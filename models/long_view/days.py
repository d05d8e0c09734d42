"""What a day brings beyond its month, its season and its weather: the whole city's surprises, in the runs they came in.

Each past day has a factor, actual ÷ expected at the level of its own weeks, shrunk where few requests make it noisy. A
draw chains fortnights of past factors from the same season (block bootstrap within the season, after Kunsch 1989), so
that busy days keep their neighbours and catastrophes come as often as they did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.panel import Floats, Ints
from models.residuals import noise_size, relative_noise
from models.response.city import CityFit
from models.response.level import causal_level, centred_level

BLOCK = 14
WEEKS_HALF_LIFE = 21.0
SEASON_DAYS = 45
AREA_HALF_LIFE = 365.0
NOISE_DAYS, NOISE_STEP = 1096, 3


@dataclass(frozen=True)
class DayNoise:
    """factor: (T,) of each past day; their mean is what catastrophes add. day_of_year: (T,).

    size: of the negative binomial in an area and day, scale × mean ** power.
    """

    factor: Floats
    day_of_year: Ints
    size_scale: float
    size_power: float

    def factors(self, rng: np.random.Generator, origin: pd.Timestamp, days: int, size: int) -> Floats:
        """(H, S): fortnights of past days, each begun on another day so that no draw joins where another does."""
        count = -(-(days + BLOCK) // BLOCK)
        last = len(self.factor) - BLOCK
        out = np.empty((count * BLOCK, size))
        for block in range(count):
            centre = (origin + pd.Timedelta(days=block * BLOCK)).day_of_year
            gap = np.abs(self.day_of_year[: last + 1] - centre) % 365
            near = np.flatnonzero(np.minimum(gap, 365 - gap) <= SEASON_DAYS)
            start = rng.choice(near if len(near) else np.arange(last + 1), size)
            out[block * BLOCK : (block + 1) * BLOCK] = self.factor[start + np.arange(BLOCK)[:, None]]
        first = rng.integers(0, BLOCK, size)
        chained: Floats = out[first + np.arange(days)[:, None], np.arange(size)]
        return chained


def learn_days(counts: Ints, fit: CityFit, share: Floats, dates: pd.DatetimeIndex) -> DayNoise:
    """counts, share: (A, T); share of the city as known each day."""
    city = counts.sum(axis=0).astype(np.float64)
    usual = centred_level(fit.tame, fit.fitted, WEEKS_HALF_LIFE) * fit.fitted
    recent = slice(max(len(city) - NOISE_DAYS, 0), None, NOISE_STEP)
    factor = np.ones(len(city))
    scale, power = 1.0, 0.5
    for _ in range(2):
        expected = (share * usual * factor)[:, recent]
        scale, power = noise_size(counts[:, recent].T[:, None, :], expected.T[:, None, :])
        noise = relative_noise((share * usual).T[:, None, :], usual[:, None], scale, power)[:, 0]
        factor = shrunk(city, usual, noise)
    place = dates.day_of_year.to_numpy().astype(np.int32)
    return DayNoise(factor, place, scale, power)


def shrunk(city: Floats, usual: Floats, noise: Floats) -> Floats:
    """Ratios city ÷ usual drawn to their mean by the root of their reliability, so that their variance is right."""
    centre = city.sum() / max(float(usual.sum()), 1e-9)
    gap = city / np.maximum(usual, 1e-9) - centre
    weight = 1.0 / (noise + 0.05)
    latent = max(float((weight * (gap**2 - noise)).sum() / weight.sum()), 0.0)
    factor = np.maximum(centre + gap * np.sqrt(latent / (latent + noise)), 0.02)
    out: Floats = factor * (centre / max(float((factor * usual).sum() / usual.sum()), 1e-9))
    return out


def area_shares(counts: Ints) -> Floats:
    """(A, T): share of the city as known each day, discounted over years and drawn to the mean of all days."""
    areas, days = counts.shape
    ones = np.ones(days)
    city = causal_level(counts.sum(axis=0).astype(np.float64), ones, AREA_HALF_LIFE)
    own = causal_level(counts.astype(np.float64), np.broadcast_to(ones, counts.shape), AREA_HALF_LIFE)
    prior = 2.0 / AREA_HALF_LIFE  # a request or two of the year go by even shares
    share: Floats = (own + prior / areas) / (city + prior)
    shares: Floats = share / share.sum(axis=0)
    return shares
