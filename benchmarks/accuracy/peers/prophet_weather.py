"""Prophet with the weather as regressors: trend, week, year and holidays, its uncertainty samples as paths."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.accuracy.draws import Ints, whole
from benchmarks.accuracy.peer import Draw, Peer, each_series
from benchmarks.accuracy.seen import Seen, covariates
from benchmarks.accuracy.task import DRAWS, HORIZON


def start() -> Draw:
    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True
    logging.getLogger("prophet").setLevel(logging.ERROR)

    def one(series: NDArray[np.int64], seen: Seen, rng: np.random.Generator) -> Ints:
        known = covariates(seen)
        frame = known.rename_axis("ds").reset_index()
        past = frame.iloc[: len(series)].assign(y=series.astype(float))
        model = Prophet(weekly_seasonality=True, yearly_seasonality=True, uncertainty_samples=DRAWS)
        for name in known.columns[known.iloc[: len(series)].nunique() > 1]:
            model.add_regressor(name)
        seed = int(rng.integers(2**31))
        model.fit(past, seed=seed)
        np.random.seed(seed)  # the library draws from numpy's global stream
        samples = model.predictive_samples(pd.DataFrame(frame.iloc[len(series) :]))["yhat"]
        return whole(np.asarray(samples, dtype=float).reshape(HORIZON, -1)[:, :DRAWS], rng)

    return each_series(one)


PEERS = (Peer("Prophet", "prophet", True, True, "its uncertainty samples", (0.0, 0.25), start),)
