"""LightGBM Poisson on observed weather, forecast over an ensemble of weather paths, with its own errors as noise.

One model a category over all areas and leads. It learns the departure from a smoothed level (`models.level`) on
the weather that came, so that its response to weather is not watered down by forecast error; the uncertainty of
the weather enters through the paths. A year held out gives the error law (`models.residuals`); then the model is
fitted again on everything.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from domain.category import Strict
from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from features.build import Built, Floats32, build, forecast_matrix, inputs_of, live_rows, path_dates
from models.boosting import LightGbmParams, Model, held_out, learn
from models.forecaster import AS_PUBLISHED, Block, Forecaster
from models.history.trust import history_of
from models.reference import at_reference
from models.residuals import ErrorLaw, draw, learn_errors
from models.weather_parts import weather_shares

MOST_ROWS = 200_000
"""Rows predicted at once: about 60 MB of features."""


@dataclass(frozen=True)
class FittedLightGbm:
    """See `models.forecaster.Fitted`."""

    category: str
    model: Model
    errors: ErrorLaw
    params: LightGbmParams

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        """Expected requests under each weather path, (P, H, A); P is 1 without weather."""
        built = build(inputs_of(known, self.category, horizon))
        built, dates = at_reference(built, path_dates(built, horizon, values_of(weather)), reference)
        at_once = max(MOST_ROWS // (horizon * len(built.inputs.counts)), 1)  # memory must not grow with the ensemble
        return np.concatenate([self._means(built, dates[i : i + at_once]) for i in range(0, len(dates), at_once)])

    def _means(self, built: Built, dates: Floats32) -> Floats:
        count, horizon, _ = dates.shape
        chosen = live_rows(built, count, horizon)
        x = forecast_matrix(built, dates, chosen)
        return self.model.expected(built, chosen, x, self.params.num_threads).reshape(count, horizon, -1)

    def paths(
        self,
        known: Known,
        weather: WeatherPaths | None,
        draws: Draws,
        horizon: int,
        reference: frozenset[Block] = AS_PUBLISHED,
    ) -> Ints:
        path = np.zeros(draws.size, dtype=np.intp)
        if weather is not None:
            ridden, path = np.unique(draws.weather_path_id, return_inverse=True)
            weather = weather.only(ridden)
        means = self.means(known, weather, horizon, reference)
        rng = generator(draws.seed, "lightgbm_poisson", known.city, self.category, known.origin)
        return draw(self.errors, np.ascontiguousarray(means[path].transpose(2, 1, 0)), rng)

    def weather_shares(
        self, known: Known, weather: WeatherPaths, climate: WeatherPaths, horizon: int
    ) -> dict[str, Floats]:
        """See `models.effects.SharesWeather`."""
        if self.model.booster is None:
            return {}
        built = build(inputs_of(known, self.category, horizon))
        return weather_shares(self.model.booster, built, weather, climate, horizon, self.params.num_threads)

    def artifacts(self) -> dict[str, str]:
        record = {
            "category": self.category,
            "level": asdict(self.model.level),
            "intercept": self.model.intercept,
            "errors": {
                "city_paths": self.errors.city_paths.round(6).tolist(),
                "area_variance": self.errors.area_variance,
                "size_scale": self.errors.size_scale,
                "size_power": self.errors.size_power,
            },
            "params": self.params.model_dump(),
        }
        return {
            "booster.txt": "" if self.model.booster is None else self.model.booster.model_to_string(),
            "model.json": json.dumps(record, indent=1, sort_keys=True),
        }


def values_of(weather: WeatherPaths | None) -> Floats | None:
    return None if weather is None else weather.values


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> FittedLightGbm:
    """Hold out the last year for the errors, then learn from everything."""
    assert isinstance(params, LightGbmParams)
    built = build(inputs_of(known, category, params.horizon_days))
    days = built.inputs.counts.shape[1]
    split = days - 1 - min(params.held_out_days, days // 3)
    trust = history_of(known, category).trust
    progress(f"learning {category} without the last year")
    early = learn(built, params, split, seed, "held out", trust)
    errors = learn_errors(*held_out(built, early, params, split))
    progress(f"learning {category} from all days")
    return FittedLightGbm(category, learn(built, params, days - 1, seed, "all", trust), errors, params)


FORECASTER = Forecaster(
    name="lightgbm_poisson",
    title="LightGBM on weather, calendar and recent demand",
    params=LightGbmParams,
    fit=fit,
    minimum_days=365,
)
