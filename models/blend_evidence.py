"""Whether the simple member of a blend earns its place on the year held out.

A baseline steadies a blend where levels wander, and blurs it where the weather decides. Both are asked of the held-out
year: how far the city's weeks lie from the combination, with and without it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student

from domain.panel import Floats, Ints
from models.blend_params import Params
from models.mean_paths import LEAST, HeldOut, combined

LEVEL = 0.05
"""Chance of leaving out a member that did no harm, one-sided Student's t over fortnights."""
BLOCK_DAYS = 14
FEWEST_BLOCKS = 8


def earned(params: Params, parts: Sequence[HeldOut], is_simple: Sequence[bool]) -> Params:
    """The parameters without the simple members that the held-out year is clearly better without.

    parts: one a member, at the same origins. The last member with any weight stays.
    """
    for number, simple in enumerate(is_simple):
        fewer = params.without_member(number)
        if simple and fewer is not None and _is_better(misses(fewer, parts), misses(params, parts)):
            params = fewer
    return params


def misses(params: Params, parts: Sequence[HeldOut]) -> Floats:
    """Mean squared log ratio of the city's weeks to the combination, its bias taken out, by fortnight of origins."""
    origins, counts = parts[0].origins, parts[0].counts
    leads = min(part.expected.shape[1] for part in parts)
    mean = combined([part.expected[:, :leads] for part in parts], params.weights(leads))
    mean = mean * (counts[:, :leads].sum() / max(float(mean.sum()), LEAST))
    gap = np.log((_weeks(counts[:, :leads]) + 1) / (_weeks(mean) + 1)) ** 2
    block = (origins - origins[0]) // BLOCK_DAYS
    out: Floats = np.bincount(block, gap.mean(axis=1)) / np.maximum(np.bincount(block), 1)
    return out


def _weeks(days: Floats | Ints) -> Floats:
    """Whole weeks of the city, (O, W), of days (O, H, A); all days at once where there are fewer than seven."""
    count = max(days.shape[1] // 7, 1)
    length = min(7, days.shape[1])
    city = days.sum(axis=2)[:, : count * length].astype(np.float64)
    out: Floats = city.reshape(len(city), count, length).sum(axis=2)
    return out


def _is_better(one: Floats, other: Floats) -> bool:
    gain = other - one
    if len(gain) < FEWEST_BLOCKS or not gain.any():
        return False
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    return bool(gain.mean() > student.isf(LEVEL, len(gain) - 1) * error)
