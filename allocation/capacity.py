"""Crews that are there: drawn on the same weather path as demand, less absence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from allocation.dense import Bools, Counts, Dense
from domain.chance import generator
from domain.panel import Draws, Floats, WeatherPaths
from domain.words import WEATHER_VARIABLES

SNOWFALL = WEATHER_VARIABLES.index("snowfall_mm")


def snow_days(dense: Dense, weather: WeatherPaths | None, draws: Draws) -> Bools:
    """Whether a draw's own weather path brings snow enough to plough on a planned date, (H, S).

    False without weather, and where a path says nothing of snow.
    """
    days = len(dense.problem.dates)
    if weather is None:
        return np.zeros((days, draws.size), dtype=bool)
    at = weather.dates.get_indexer(pd.DatetimeIndex([pd.Timestamp(d) for d in dense.problem.dates]))
    fall = np.nan_to_num(weather.values[:, :, SNOWFALL])
    heavy = np.where(at[None, :] >= 0, fall[:, np.maximum(at, 0)], 0.0) >= dense.problem.snow_duty_from_mm
    paths = draws.weather_path_id
    snowy: Bools = np.where(paths[None, :] >= 0, heavy[np.maximum(paths, 0)].T, False)
    return snowy


def on_duty(dense: Dense, snowy: Bools) -> Bools:
    """Whether crews of a type are there for our work, (H, K, S): types with snow duty leave on snow days."""
    leaves = np.array([t.snow_duty for t in dense.problem.crew_types])
    there: Bools = ~(snowy[:, None, :] & leaves[None, :, None])
    return there


def present(dense: Dense, crews: Counts, duty: Bools, seed: int, kind: str) -> Floats:
    """Of `crews` (H, N, Y, K) those at work on each draw, (H, N, Y, K, S).

    Each crew stays away with `absence_share`, drawn for itself, so that one more crew never changes who of the
    others comes. kind: names the random stream.
    """
    share, draws = dense.problem.absence_share, duty.shape[-1]
    there = np.repeat(crews[..., None].astype(float), draws, axis=-1)
    if share > 0:
        problem = dense.problem
        for h, n, y, k in np.argwhere(crews > 0):
            names = (problem.dates[h], problem.shifts[n].name, problem.yards[y].name, problem.crew_types[k].name)
            chance = generator(seed, "absence", kind, *names).random((int(crews[h, n, y, k]), draws))
            there[h, n, y, k] = (chance >= share).sum(axis=0)
    there *= duty[:, None, None, :, :]
    return there


def net_capacity(dense: Dense, crews: Floats) -> Floats:
    """Minutes those crews can serve and drive, (H, N, Y, K, S)."""
    minutes: Floats = crews * dense.net_minutes[None, :, None, :, None]
    return minutes
