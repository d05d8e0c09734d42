"""The level a model corrects: smoothed city demand × the area's smoothed share × the weekday's factor.

A tree model cannot follow a level it has never seen; it learns the departure from this one instead. How fast
each part forgets is chosen by Poisson deviance on the training rows, half-year by half-year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from domain.panel import Floats, Ints
from features.build import Built, Rows
from features.groups.demand_area import SHARES
from features.groups.demand_city import LEVELS
from features.groups.demand_weekday import FACTORS

LEAST = 1e-4
"""Requests a day: the lowest level, so that its logarithm is there."""
BLOCK_DAYS = 182


@dataclass(frozen=True)
class Level:
    """Names of the three feature columns that make the level."""

    city: str
    share: str
    weekday: str


def log_level(built: Built, level: Level, rows: Rows) -> Floats:
    """log of the expected requests of each row, (N,)."""
    city, share, factor = parts(built, rows, level)
    return np.asarray(city + share + factor, dtype=np.float64)


def parts(built: Built, rows: Rows, level: Level) -> tuple[Floats, Floats, Floats]:
    return (
        np.log(np.maximum(built.of(level.city)[rows.origin].astype(np.float64), LEAST)),
        np.log(built.of(level.share)[rows.origin, rows.area].astype(np.float64)),
        np.log(built.of(level.weekday)[rows.origin, rows.weekday].astype(np.float64)),
    )


def choose_level(built: Built, rows: Rows, counts: Ints, weight: Floats) -> Level:
    """The level with the least mean log deviance over half-years, each weighing as its rows; the first of equals.

    The logarithm bounds what one stretch can say: in plain Poisson deviance a single storm outweighs years, and its
    slow ebb would make the level of all seasons a fast one.
    """
    block = (rows.date - rows.date.min()) // BLOCK_DAYS
    mass = np.bincount(block, weight)
    saturated = xlogy(counts, counts) - counts

    def misfit(level: Level) -> float:
        log_mean = log_level(built, level, rows)
        deviance = np.bincount(block, weight * (saturated - counts * log_mean + np.exp(log_mean)))
        return float(mass @ np.log(deviance / np.maximum(mass, LEAST) + LEAST))

    options = [Level(c, s, f) for c in LEVELS for s in SHARES for f in FACTORS]
    return min(options, key=misfit)
