"""darts: one autoregressive LightGBM over all series with a Poisson likelihood, sampled day by day."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from benchmarks.accuracy.draws import whole
from benchmarks.accuracy.peer import Draw, Drawn, Peer, over_all
from benchmarks.accuracy.peers.mlforecast_lightgbm import PARAMS
from benchmarks.accuracy.peers.skforecast_lightgbm import known_of
from benchmarks.accuracy.seen import Seen
from benchmarks.accuracy.task import DRAWS, HORIZON

LAGS = 56
"""The library has lags only, no rolling means, so that the level of a series must come out of them."""
NOT_ITS_OWN = ("objective",)


def start() -> Draw:
    kept: dict[str, Any] = {}
    logging.getLogger("darts").setLevel(logging.ERROR)

    def draw(seen: Seen, rng: np.random.Generator) -> Drawn:
        targets, known = as_series(seen)
        if seen.refits or not kept:
            kept["model"] = fitted(seen, targets, known)
        found = kept["model"].predict(
            n=HORIZON, series=targets, future_covariates=known, num_samples=DRAWS,
            random_state=int(rng.integers(2**31)), verbose=False,
        )  # fmt: skip
        return Drawn(whole(np.stack([path.all_values()[:, 0, :] for path in found]), rng))

    return over_all(draw)


def as_series(seen: Seen) -> tuple[list[Any], list[Any]]:
    """Counts of each area with its number as a static covariate, and the covariates, once for each area."""
    import pandas as pd
    from darts import TimeSeries

    known = TimeSeries.from_dataframe(known_of(seen).astype("float32"), freq="D")
    targets = [
        TimeSeries.from_series(seen.counts[area].astype("float32"), freq="D").with_static_covariates(
            pd.DataFrame({"area": [float(number)]})
        )
        for number, area in enumerate(seen.counts.columns)
    ]
    return targets, [known] * len(targets)


def fitted(seen: Seen, targets: list[Any], known: list[Any]) -> Any:
    from darts.models import LightGBMModel

    settings = {k: v for k, v in PARAMS.items() if k not in NOT_ITS_OWN}
    model = LightGBMModel(
        lags=LAGS, lags_future_covariates=[0], output_chunk_length=1, likelihood="poisson", random_state=seen.seed,
        **settings,
    )  # fmt: skip
    return model.fit(series=targets, future_covariates=known)


PEERS = (Peer("darts LightGBM", "darts", False, True, "Poisson, sampled day by day", (2.0, 0.15), start),)
