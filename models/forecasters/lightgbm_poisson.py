"""LightGBM Poisson on observed weather, forecast over an ensemble of weather paths, with its own errors as noise.

One model a category over all areas and leads. It learns the departure from a smoothed level (`models.level`) on
the weather that came, so that its response to weather is not watered down by forecast error; the uncertainty of
the weather enters through the paths. A year held out gives the error law (`models.residuals`); then the model is
fitted again on everything.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from domain.category import Strict
from domain.chance import generator
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from features.build import Built, Floats32, build, columns_of, forecast_matrix, inputs_of, live_rows, path_dates
from features.groups.calendar import FAR_DAYS
from models.boosting import LightGbmParams, Model, held_out, learn
from models.forecaster import Effects, Forecaster
from models.history.trust import history_of
from models.residuals import ErrorLaw, draw, learn_errors

BLOCKS = ("usual", "recent demand", "calendar", "weather")
MOST_ROWS = 200_000
"""Rows predicted at once: about 60 MB of features."""
ORDINARY_WEEKDAY = 2
ORDINARY_DAY = {
    "weekday": float(ORDINARY_WEEKDAY),
    "is_weekend": 0.0,
    "is_holiday": 0.0,
    "is_holiday_eve": 0.0,
    "is_after_holiday": 0.0,
    "days_to_holiday": float(FAR_DAYS),
}


@dataclass(frozen=True)
class FittedLightGbm:
    """See `models.forecaster.Fitted`."""

    category: str
    model: Model
    errors: ErrorLaw
    params: LightGbmParams

    def means(self, known: Known, weather: WeatherPaths | None, horizon: int) -> Floats:
        """Expected requests under each weather path, (P, H, A); P is 1 without weather."""
        built = build(inputs_of(known, self.category, horizon))
        return self._means(built, path_dates(built, horizon, values_of(weather)))

    def _means(self, built: Built, dates: Floats32, *, ordinary: bool = False) -> Floats:
        """Some paths at a time, so that memory does not grow with the ensemble."""
        at_once = max(MOST_ROWS // (dates.shape[1] * len(built.inputs.counts)), 1)
        parts = [dates[i : i + at_once] for i in range(0, len(dates), at_once)]
        return np.concatenate([self._means_of(built, part, ordinary) for part in parts])

    def _means_of(self, built: Built, dates: Floats32, ordinary: bool) -> Floats:
        count, horizon, _ = dates.shape
        chosen = live_rows(built, count, horizon)
        if ordinary:
            chosen = replace(chosen, weekday=np.full_like(chosen.weekday, ORDINARY_WEEKDAY))
        x = forecast_matrix(built, dates, chosen)
        return self.model.expected(built, chosen, x, self.params.num_threads).reshape(count, horizon, -1)

    def paths(self, known: Known, weather: WeatherPaths | None, draws: Draws, horizon: int) -> Ints:
        means = self.means(known, weather, horizon)
        path = np.zeros(draws.size, dtype=np.intp) if weather is None else draws.weather_path_id
        rng = generator(draws.seed, "lightgbm_poisson", known.city, self.category, known.origin)
        return draw(self.errors, np.ascontiguousarray(means[path].transpose(2, 1, 0)), rng)

    def effects(
        self, known: Known, weather: WeatherPaths | None, climate: WeatherPaths | None, horizon: int
    ) -> Effects:
        """usual: mean of the last 364 days. recent demand: to the level and season now, on an ordinary Wednesday
        under the climate's weather. calendar: to the weekday and holidays that come. weather: to its own paths."""
        built = build(inputs_of(known, self.category, horizon))
        ahead = path_dates(built, horizon, values_of(weather))
        usual_weather = path_dates(built, horizon, values_of(climate)) if weather and climate else ahead
        weights = None if weather is None else weather.weight
        climate_weights = climate.weight if weather and climate else weights
        usual = known.demand.of(self.category)[:, -364:].mean(axis=1)[:, None] * np.ones(horizon)
        plain = average(self._means(built, ordinary_dates(built, usual_weather), ordinary=True), climate_weights)
        dated = average(self._means(built, usual_weather), climate_weights)
        full = average(self._means(built, ahead), weights)
        levels = [usual, *(self.errors.mean * mean for mean in (plain, dated, full))]
        return Effects(BLOCKS, np.stack([levels[0], *(b - a for a, b in pairwise(levels))]))

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


def average(means: Floats, weight: Floats | None) -> Floats:
    """Mean over the paths, (P, H, A) to (A, H)."""
    out: Floats = means.mean(axis=0) if weight is None else np.tensordot(weight, means, axes=1)
    return out.T


def ordinary_dates(built: Built, dates: Floats32) -> Floats32:
    """Date features as on an ordinary Wednesday: no weekend, no holiday near; season and weather as they are."""
    names = columns_of(built.groups, "date")
    out = dates.copy()
    for name, value in ORDINARY_DAY.items():
        out[:, :, names.index(name)] = value
    return out


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
