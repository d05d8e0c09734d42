"""mlforecast: one LightGBM over all series with lags, calendar and weather, and conformal intervals.

Fitted again at every `refit_every`-th origin; between, the newest counts are fed to its lags. The conformal scores of
the library come from windows whose weather is the observed one, because it has no place for archived forecasts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy.draws import LEVELS, from_quantiles, probabilities
from benchmarks.accuracy.peer import Draw, Drawn, Peer, over_all
from benchmarks.accuracy.seen import Seen, covariates
from benchmarks.accuracy.task import DRAWS, HORIZON

WINDOWS = 26
LAGS = (1, 2, 3, 7, 14, 21, 28, 364)
PARAMS: dict[str, Any] = {
    "objective": "poisson", "n_estimators": 300, "learning_rate": 0.05, "num_leaves": 31, "min_child_samples": 50,
    "num_threads": 2, "deterministic": True, "force_row_wise": True, "verbosity": -1,
}  # fmt: skip


def start() -> Draw:
    kept: dict[str, Any] = {}

    def draw(seen: Seen, rng: np.random.Generator) -> Drawn:
        if seen.refits or not kept:
            kept["model"] = fitted(seen)
        else:
            news = long_table(seen)
            kept["model"].update(news[news["ds"] > kept["origin"]])
        kept["origin"] = seen.counts.index[-1]
        return Drawn(predicted(kept["model"], seen, rng))

    return over_all(draw)


def long_table(seen: Seen) -> pd.DataFrame:
    """One row a series and day of history: unique_id, ds, y, covariates, and the area as a fixed category."""
    wide = seen.counts.rename_axis(index="ds", columns="unique_id")
    long = wide.astype(float).reset_index().melt(id_vars="ds", var_name="unique_id", value_name="y")
    long = long.merge(covariates(seen), left_on="ds", right_index=True)
    long["area"] = pd.Categorical(long["unique_id"], categories=list(seen.counts.columns))
    return long.sort_values(["unique_id", "ds"], ignore_index=True)


def fitted(seen: Seen) -> Any:
    from lightgbm import LGBMRegressor
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean
    from mlforecast.utils import PredictionIntervals

    model = MLForecast(
        models={"lightgbm": LGBMRegressor(random_state=seen.seed, **PARAMS)},
        freq="D",
        lags=list(LAGS),
        lag_transforms={1: [RollingMean(7), RollingMean(28), RollingMean(91), RollingMean(364)]},
        date_features=["dayofweek", "dayofyear"],
        num_threads=1,
    )
    intervals = PredictionIntervals(n_windows=WINDOWS, h=HORIZON)
    return model.fit(long_table(seen), static_features=["area"], dropna=False, prediction_intervals=intervals)


def predicted(model: Any, seen: Seen, rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.int32]]:
    areas = list(seen.counts.columns)
    told = covariates(seen).iloc[-HORIZON:].rename_axis("ds").reset_index()
    future = pd.concat([told.assign(unique_id=area) for area in areas], ignore_index=True)
    found = model.predict(h=HORIZON, level=list(LEVELS), X_df=future)
    low = [f"lightgbm-lo-{level}" for level in reversed(LEVELS)]
    columns = [*low, "lightgbm", *(f"lightgbm-hi-{level}" for level in LEVELS)]
    by_area = found.set_index(["unique_id", "ds"]).sort_index()
    values = np.stack([by_area.loc[area, columns].to_numpy(float) for area in areas])
    return from_quantiles(probabilities(LEVELS), values, DRAWS, rng)


PEERS = (
    Peer("mlforecast LightGBM", "mlforecast", False, True, f"conformal, {WINDOWS} fortnights", (8.0, 0.11), start),
)
