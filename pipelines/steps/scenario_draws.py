"""A scenario for a what-if: published draws counted differently, or the draws of a long view of that scenario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from allocation.given import Given
from domain.city import CityPlan
from domain.errors import NothingPublishedError, ScenarioError, SnapshotBrokenError, WeatherEndsEarlyError
from domain.manifest import Manifest
from domain.panel import Floats, Weather, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.long_view.reweigh import no_match, reweigh
from storage.home import CityFolder
from storage.long_views import LongView, latest_view
from storage.snapshots import read_snapshot
from storage.weather import read_weather


def under(inputs: Given, folder: CityFolder, manifest: Manifest, plan: CityPlan, name: str) -> tuple[Given, str]:
    """The inputs under a scenario, and its rule in words.

    Published draws are re-weighted; where none match, the draws of the long view of that scenario are taken if there
    is one of the same as-of day. Raises ScenarioError that names the command to run first.
    """
    try:
        if inputs.weather is None:
            raise no_match(name, "the vintage was made without weather")
        ahead = planned_days(inputs, inputs.weather)
        weight, rule = reweigh(_record(folder, manifest, plan), ahead, name)
    except ScenarioError as error:
        view = _view(inputs, folder, manifest, name)
        if view is None:
            raise
        told = f"the draws of the long view {view.manifest.view_id} are used: {view.manifest.rule}"
        return of_view(inputs, view), f"{error.what}; {told}"
    ids = inputs.paths.draws.weather_path_id
    share: Floats = inputs.paths.draws.weight * (weight / np.maximum(ahead.weight, 1e-300))[ids]
    return inputs.weighing(share / share.sum()), rule


def planned_days(inputs: Given, weather: WeatherPaths) -> WeatherPaths:
    """The weather paths on the planned dates alone."""
    chosen = weather.dates.isin([pd.Timestamp(d) for d in inputs.problem.dates])
    return replace(weather, dates=weather.dates[chosen], values=weather.values[:, chosen])


def _record(folder: CityFolder, manifest: Manifest, plan: CityPlan) -> Weather | None:
    """Observed weather of the vintage's own snapshot, by which seasons are known; None where it is gone."""
    try:
        snapshot = read_snapshot(folder, manifest.snapshot)
        return read_weather(snapshot, plan, manifest.as_of, manifest.origin).observed
    except (SnapshotBrokenError, WeatherEndsEarlyError):
        return None


def _view(inputs: Given, folder: CityFolder, manifest: Manifest, name: str) -> LongView | None:
    """The newest long view of the scenario, if it is of the same as-of day, areas and number of draws, and has all
    categories."""
    try:
        view = latest_view(folder, name)
    except NothingPublishedError:
        return None
    told, paths = view.manifest, inputs.paths
    same_day = told.as_of == manifest.as_of and told.last_date >= manifest.last_date
    same_shape = told.areas == paths.areas and told.draws == paths.draws.size
    return view if same_day and same_shape and set(paths.categories) <= set(told.categories) else None


def of_view(inputs: Given, view: LongView) -> Given:
    """The long view's first days instead of the published draws, each day split to shifts as the published mean is.

    Days before the plan, which a long view does not publish, keep the published draws.
    """
    days, lag = len(inputs.problem.dates), inputs.by_shift.shape[2] - len(inputs.problem.dates)
    mean = (inputs.by_shift[:, :, lag:] @ inputs.paths.draws.weight).sum(axis=1, keepdims=True)
    total = mean.sum(axis=3, keepdims=True)
    share = np.divide(mean, total, out=np.full_like(mean, 1 / mean.shape[3]), where=total > 0)
    samples = np.stack([view.samples(c)[:, :days] for c in inputs.paths.categories])
    split = samples[:, :, :, None, :] * share[..., None]
    by_shift = np.concatenate([inputs.by_shift[:, :, :lag], split], axis=2)
    paths = replace(inputs.paths, samples=by_shift.sum(axis=3), draws=view.draws())
    return replace(inputs, by_shift=by_shift, paths=paths, weather=_weather(view, days))


def _weather(view: LongView, days: int) -> WeatherPaths | None:
    paths, table = view.frame("weather_paths"), view.frame("weather")
    if paths.empty:
        return None
    values = table[list(WEATHER_VARIABLES)].to_numpy(dtype=np.float64)
    values = values.reshape(len(paths), -1, len(WEATHER_VARIABLES))[:, :days]
    dates = pd.DatetimeIndex(table["date"].iloc[:days])
    weight: Floats = paths["weight"].to_numpy(dtype=np.float64)
    return WeatherPaths(dates, values, weight, tuple(paths["source"]), "long view")
