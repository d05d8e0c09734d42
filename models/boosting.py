"""One LightGBM Poisson model over all areas and leads that corrects a smoothed level, and its held-out means."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from pydantic import Field

from domain.chance import generator
from domain.covariates import Covariate
from domain.panel import Floats
from features.build import Built, Floats32, Rows, rows_at, sample_rows, training_matrix
from models.forecaster import ForecasterParams, HeldOutDays, HeldOutEvery, Threads
from models.history.windows import Windows
from models.level import Level, choose_level, log_level
from models.mean_paths import HELD_OUT_DAYS, HELD_OUT_EVERY, HeldOut

FIRST_DAY = 42
"""Days before the first row that is learnt from: smoothed levels need some history."""


class LightGbmParams(ForecasterParams):
    """max_rows bounds time and memory. horizon_days: leads learnt. half_life_days: how fast old days lose weight.

    without: covariate blocks that it does not look at.
    """

    horizon_days: int = Field(default=14, ge=1, le=60)
    rounds: int = Field(default=150, ge=1, le=10_000)
    learning_rate: float = Field(default=0.05, ge=0.001, le=1)
    num_leaves: int = Field(default=31, ge=2, le=4096)
    min_data_in_leaf: int = Field(default=100, ge=1, le=1_000_000)
    feature_fraction: float = Field(default=0.5, ge=0.01, le=1)
    lambda_l2: float = Field(default=10.0, ge=0, le=1_000_000)
    half_life_days: float = Field(default=1095, ge=28, le=36_525)
    max_rows: int = Field(default=80_000, ge=1000, le=100_000_000)
    held_out_days: HeldOutDays = HELD_OUT_DAYS
    held_out_every: HeldOutEvery = HELD_OUT_EVERY
    without: tuple[Covariate, ...] = ()
    num_threads: Threads = 2


@dataclass(frozen=True)
class Model:
    """A booster and the level that it corrects. intercept: log of the training mean over the level's.

    booster is None where nothing was ever counted: then there is nothing to correct.
    """

    booster: lgb.Booster | None
    level: Level
    intercept: float

    def expected(self, built: Built, chosen: Rows, x: Floats32, threads: int) -> Floats:
        """Expected requests of each row, (N,)."""
        log_mean = log_level(built, self.level, chosen) + self.intercept
        if self.booster is not None:
            log_mean = log_mean + np.asarray(self.booster.predict(x, raw_score=True, num_threads=threads))
        out: Floats = np.exp(log_mean)
        return out


def learn(built: Built, params: LightGbmParams, last: int, seed: int, name: str, trust: Floats) -> Model:
    """Fit on the days up to index `last`. trust: (T,) weight of each day, see `models.history`."""
    rng = generator(seed, "lightgbm_poisson", name)
    chosen = sample_rows(built, FIRST_DAY, last, params.horizon_days, params.max_rows, rng)
    x, y = training_matrix(built, chosen)
    weight = 0.5 ** ((last - chosen.date) / params.half_life_days) * trust[chosen.date]
    level = choose_level(built, chosen, y, weight)
    base = log_level(built, level, chosen)
    intercept = float(np.log((weight @ y + 1e-6) / (weight @ np.exp(base))))
    if not y.any():
        return Model(None, level, intercept)
    data = lgb.Dataset(
        x, y.astype(np.float32), weight=weight, init_score=base + intercept, feature_name=list(built.columns)
    )
    settings = {
        "objective": "poisson",
        "learning_rate": params.learning_rate,
        "num_leaves": params.num_leaves,
        "min_data_in_leaf": params.min_data_in_leaf,
        "feature_fraction": params.feature_fraction,
        "lambda_l2": params.lambda_l2,
        "max_bin": 127,
        "num_threads": params.num_threads,
        "seed": seed % 2**31,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    return Model(lgb.train(settings, data, params.rounds), level, intercept)


def held_out(built: Built, model: Model, params: LightGbmParams, windows: Windows) -> HeldOut:
    """How the model fares at `models.history.windows`, given the weather that came."""
    origins, filed = windows.origins, windows.filed
    _, horizon, areas = filed.shape
    chosen = rows_at(built, origins[:, None, None], np.arange(1, horizon + 1)[:, None], np.arange(areas))
    x, _ = training_matrix(built, chosen)
    expected = model.expected(built, chosen, x, params.num_threads)
    return HeldOut(origins, filed, expected.reshape(filed.shape), windows.is_storm)
