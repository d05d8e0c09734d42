"""The level a model corrects: smoothed city demand × the area's smoothed share × the weekday's factor.

A tree model cannot follow a level it has never seen; it learns the departure from this one instead. How fast
each part forgets is chosen by Poisson deviance on the training rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.panel import Floats, Ints
from features.build import Built, Rows
from features.groups.demand_area import SHARES
from features.groups.demand_city import LEVELS
from features.groups.demand_weekday import FACTORS

LEAST = 1e-4
"""Requests a day: the lowest level, so that its logarithm is there."""


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
    """The level with the least weighted Poisson deviance on the rows; the first of equals."""
    best, least = Level(LEVELS[0], SHARES[0], FACTORS[0]), np.inf
    city = {c: parts(built, rows, Level(c, SHARES[0], FACTORS[0]))[0] for c in LEVELS}
    share = {s: parts(built, rows, Level(LEVELS[0], s, FACTORS[0]))[1] for s in SHARES}
    factor = {f: parts(built, rows, Level(LEVELS[0], SHARES[0], f))[2] for f in FACTORS}
    for c, log_city in city.items():
        for s, log_share in share.items():
            for f, log_factor in factor.items():
                log_mean = log_city + log_share + log_factor
                deviance = float(weight @ (np.exp(log_mean) - counts * log_mean))
                if deviance < least:
                    best, least = Level(c, s, f), deviance
    return best
