"""What a peer is: a name, what it can see, and a way to draw. One family a file in `peers/`, in its constant PEERS."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import peers
from benchmarks.accuracy.draws import Ints, recent
from benchmarks.accuracy.seen import Seen
from benchmarks.accuracy.task import DRAWS, HORIZON

FORECAST_ERRORS = (ArithmeticError, AssertionError, LookupError, RuntimeError, TypeError, ValueError)
"""What a library may raise on a difficult series. Anything else ends the peer, and the tables say so."""


@dataclass
class Drawn:
    """samples: (A, H, S) whole numbers. failures: a reason for each series that a stand-in forecast replaced."""

    samples: Ints
    failures: list[str] = field(default_factory=list)


Draw = Callable[[Seen, np.random.Generator], Drawn]
"""Called at the origins in order, for one category and one set of series; may keep fitted models between calls."""


@dataclass(frozen=True)
class Peer:
    """each_series: fits every series on its own. sees_weather: False means the method has no place for covariates.

    intervals: how its uncertainty arises, for the tables. start: a fresh `Draw` per category and set of series.
    cost_seconds: of an origin and category, and of each series on top, on a quiet 2-core machine, for the estimate.
    """

    name: str
    library: str
    each_series: bool
    sees_weather: bool
    intervals: str
    cost_seconds: tuple[float, float]
    start: Callable[[], Draw]


def catalogue() -> dict[str, Peer]:
    """Every peer by name, in the order of their files. Imports no peer's library: those are imported at the start."""
    found: dict[str, Peer] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(peers.__path__)):
        for peer in importlib.import_module(f"{peers.__name__}.{module}").PEERS:
            found[peer.name] = peer
    return found


One = Callable[[NDArray[np.int64], Seen, np.random.Generator], Ints]
"""Draws (H, S) for one series (T,)."""


def each_series(one: One) -> Draw:
    """A `Draw` that forecasts the series one by one; a series that fails is counted and gets `draws.recent`."""

    def draw(seen: Seen, rng: np.random.Generator) -> Drawn:
        out = Drawn(np.empty((seen.counts.shape[1], HORIZON, DRAWS), dtype=np.int32))
        for row, area in enumerate(seen.counts.columns):
            series = seen.counts[area].to_numpy(np.int64)
            try:
                out.samples[row] = one(series, seen, rng)
            except FORECAST_ERRORS as error:
                out.failures.append(f"{type(error).__name__}: {error}")
                out.samples[row] = recent(series, HORIZON, DRAWS, rng)
        return out

    return draw


def over_all(draw: Draw) -> Draw:
    """A model over all series, guarded: at an origin where it fails, each of its series is counted and replaced."""

    def guarded(seen: Seen, rng: np.random.Generator) -> Drawn:
        try:
            return draw(seen, rng)
        except FORECAST_ERRORS as error:
            why = f"{type(error).__name__}: {error}"
            columns = [seen.counts[area].to_numpy(np.int64) for area in seen.counts.columns]
            stand_in = np.stack([recent(series, HORIZON, DRAWS, rng) for series in columns])
            return Drawn(stand_in, [why] * len(columns))

    return guarded
