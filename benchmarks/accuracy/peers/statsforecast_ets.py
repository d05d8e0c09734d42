"""statsforecast's AutoETS: the automatic exponential smoothing of one series, with its own simulated paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.draws import Ints, whole
from benchmarks.accuracy.peer import Draw, Peer, each_series
from benchmarks.accuracy.seen import Seen
from benchmarks.accuracy.task import DRAWS, HORIZON


def start() -> Draw:
    from statsforecast.models import AutoETS

    def one(series: NDArray[np.int64], seen: Seen, rng: np.random.Generator) -> Ints:
        model = AutoETS(season_length=7).fit(series.astype(float))
        paths = model.simulate(h=HORIZON, n_paths=DRAWS, seed=int(rng.integers(2**31)))
        if not np.isfinite(paths).all():
            raise ValueError("simulated paths are not finite")
        return whole(np.asarray(paths, dtype=float).T, rng)

    return each_series(one)


PEERS = (Peer("AutoETS", "statsforecast", True, False, "its own simulated paths, weekly season", (0.0, 0.4), start),)
