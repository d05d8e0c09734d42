"""skforecast: one recursive LightGBM over all series, its paths bootstrapped from its residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy.draws import whole
from benchmarks.accuracy.peer import Draw, Drawn, Peer, over_all
from benchmarks.accuracy.peers.mlforecast_lightgbm import PARAMS
from benchmarks.accuracy.seen import Seen, calendar, covariates
from benchmarks.accuracy.task import DRAWS, HORIZON

LAGS = 28
WINDOW_DAYS = (7, 28, 91, 364)


def start() -> Draw:
    kept: dict[str, Any] = {}

    def draw(seen: Seen, rng: np.random.Generator) -> Drawn:
        if seen.refits or not kept:
            kept["model"] = fitted(seen)
        seed = int(rng.integers(2**31))
        exog = known_of(seen).iloc[-HORIZON:]
        last = seen.counts.astype(float).asfreq("D").iloc[-max(WINDOW_DAYS) - 1 :]
        found = kept["model"].predict_bootstrapping(
            steps=HORIZON, last_window=last, exog=exog, n_boot=DRAWS, random_state=seed, suppress_warnings=True
        )
        columns = [c for c in found.columns if c.startswith("pred_boot_")]
        by_area = {area: rows[columns].to_numpy(float) for area, rows in found.groupby("level", observed=True)}
        return Drawn(whole(np.stack([by_area[area] for area in seen.counts.columns]), rng))

    return over_all(draw)


def known_of(seen: Seen) -> pd.DataFrame:
    known = covariates(seen)
    return pd.concat([known, calendar(pd.DatetimeIndex(known.index))], axis=1).asfreq("D")


def fitted(seen: Seen) -> Any:
    from lightgbm import LGBMRegressor
    from skforecast.preprocessing import RollingFeatures
    from skforecast.recursive import ForecasterRecursiveMultiSeries

    model = ForecasterRecursiveMultiSeries(
        estimator=LGBMRegressor(random_state=seen.seed, **PARAMS),
        lags=LAGS,
        window_features=RollingFeatures(stats=["mean"] * len(WINDOW_DAYS), window_sizes=list(WINDOW_DAYS)),
        encoding="ordinal_category",
    )
    history = seen.counts.astype(float).asfreq("D")
    exog = known_of(seen).iloc[: len(history)]
    model.fit(series=history, exog=exog, store_in_sample_residuals=True, suppress_warnings=True)
    return model


PEERS = (
    Peer("skforecast LightGBM", "skforecast", False, True, "bootstrapped in-sample residuals", (6.0, 0.18), start),
)
