"""LightGBM Poisson on observed weather, forecast over an ensemble of weather paths, with its own errors as noise.

One model a category over all areas and leads. It learns the departure from a smoothed level (`models.level`) on
the weather that came, so that its response to weather is not watered down by forecast error; the uncertainty of
the weather enters through the paths. A year held out gives the error law (`models.residuals`); then the model is
fitted again on everything.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from hashlib import sha256

import numpy as np

from domain.category import Strict
from domain.covariates import COVARIATES
from domain.panel import Draws, Floats, Ints, Known, WeatherPaths
from domain.progress import Progress
from features.build import Built, Floats32, build, forecast_matrix, groups, inputs_of, live_rows, path_dates
from features.group import Need
from models.boosting import LightGbmParams, Model, held_out, learn
from models.contributions import weather_logs
from models.covariates import groups_without
from models.forecaster import AS_PUBLISHED, Block, Forecaster
from models.history.trust import history_of
from models.history.windows import held_out_windows
from models.mean_paths import HeldOut, draw_around, first_held_out
from models.reference import at_reference
from models.residuals import ErrorLaw

NAME = "lightgbm_poisson"
REMEMBERED_BYTES = 64 * 2**20
MOST_ROWS = 200_000
"""Rows predicted at once: about 60 MB of features."""


@dataclass(frozen=True)
class FittedLightGbm:
    """See `models.forecaster.Fitted`. has: what the city had when it was learnt: it looks at the same columns later."""

    category: str
    model: Model
    held_out: HeldOut
    params: LightGbmParams
    has: frozenset[Need]
    _asked: OrderedDict[tuple[object, ...], tuple[Known, Floats]] = field(default_factory=OrderedDict, compare=False)

    @cached_property
    def errors(self) -> ErrorLaw:
        """Learnt when first asked for: in a blend the members' own laws are not needed."""
        return self.held_out.errors

    def means(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block] = AS_PUBLISHED
    ) -> Floats:
        """Expected requests under each weather path, (P, H, A); P is 1 without weather.

        The last answers are remembered: on every fold a candidate and the blend that holds it ask the same.
        """
        key = (id(known), horizon, reference, None if weather is None else sha256(weather.values.tobytes()).digest())
        found = self._asked.get(key)
        if found is None or found[0] is not known:
            found = known, self._means_of(known, weather, horizon, reference)
            self._asked[key] = found
            while sum(means.nbytes for _, means in self._asked.values()) > REMEMBERED_BYTES:
                self._asked.popitem(last=False)
        return found[1]

    def _means_of(
        self, known: Known, weather: WeatherPaths | None, horizon: int, reference: frozenset[Block]
    ) -> Floats:
        built = build_for(known, self.category, horizon, self.params, self.has)
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
        stream = (NAME, self.category)
        return draw_around(self, self.errors, stream, known, weather, draws, horizon, reference)

    def weather_logs(
        self, known: Known, weather: WeatherPaths, climate: WeatherPaths, horizon: int
    ) -> dict[str, Floats]:
        """See `models.effects.TellsWeather`."""
        if self.model.booster is None or "weather" in self.params.without:
            return {}
        built = build_for(known, self.category, horizon, self.params, self.has)
        return weather_logs(self.model.booster, built, weather, climate, horizon, self.params.num_threads)

    def artifacts(self) -> dict[str, str]:
        record = {
            "category": self.category,
            "level": asdict(self.model.level),
            "intercept": self.model.intercept,
            "errors": self.errors.record(),
            "params": self.params.model_dump(),
        }
        return {
            "booster.txt": "" if self.model.booster is None else self.model.booster.model_to_string(),
            "model.json": json.dumps(record, indent=1, sort_keys=True),
        }


def build_for(
    known: Known, category: str, horizon: int, params: LightGbmParams, has: frozenset[Need] | None = None
) -> Built:
    """The features that the parameters leave; without weather among them the paths are not looked at.

    has: of the history that the model was learnt from; None: of this one.
    """
    inputs = inputs_of(known, category, horizon)
    if "weather" in params.without:
        inputs = replace(inputs, weather=None)
    return build(inputs, groups(inputs.has if has is None else has, groups_without(params.without)))


def values_of(weather: WeatherPaths | None) -> Floats | None:
    return None if weather is None else weather.values


def fit(known: Known, category: str, params: Strict, seed: int, progress: Progress) -> FittedLightGbm:
    """Hold out the last year for the errors, then learn from everything."""
    assert isinstance(params, LightGbmParams)
    built = build_for(known, category, params.horizon_days, params)
    days = built.inputs.counts.shape[1]
    split = first_held_out(days, params.held_out_days)
    trust = history_of(known, category).trust
    progress(f"learning {category} without the last year")
    early = learn(built, params, split, seed, "held out", trust)
    windows = held_out_windows(known, category, split, params.held_out_every, params.horizon_days)
    fared = held_out(built, early, params, windows)
    progress(f"learning {category} from all days")
    model = learn(built, params, days - 1, seed, "all", trust)
    return FittedLightGbm(category, model, fared, params, built.inputs.has)


FORECASTER = Forecaster(
    name=NAME,
    title="LightGBM on weather, calendar and recent demand",
    params=LightGbmParams,
    fit=fit,
    minimum_days=365,
    covariates=COVARIATES,
)
