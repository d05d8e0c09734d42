"""Crews that are there: drawn on the same weather path as demand, less absence."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from allocation.absence import absence_chance
from allocation.dense import Bools, Counts, Dense
from allocation.work_weather import daily_weather
from domain.chance import generator
from domain.panel import Draws, Floats, WeatherPaths
from domain.weather_rules import SnowDuty
from domain.words import WEATHER_VARIABLES

SNOWFALL = WEATHER_VARIABLES.index("snowfall_mm")


def snow_days(dense: Dense, weather: WeatherPaths | None, draws: Draws) -> Bools:
    """Whether a draw's own weather path takes crews to snow duty on a planned date, (H, S): on days with snow enough
    to plough, and on the days of clearing up that follow.

    Days before the plan are those of `weather`, else of the problem's `recent_snowfall_mm`. False without weather, and
    where a path says nothing of snow.
    """
    days = dense.problem.dates
    snowy = np.zeros((len(days), draws.size), dtype=bool)
    for duty in dense.problem.snow_duty or (SnowDuty(from_mm=dense.problem.snow_duty_from_mm),):
        for after in range(duty.after_days + 1):
            fell = tuple(day - timedelta(days=after) for day in days)
            in_season = np.array([duty.holds_on(day) for day in fell])
            drawn = daily_weather(weather, draws, fell, "snowfall_mm")
            seen = np.array([dense.problem.recent_snowfall_mm.get(day, np.nan) for day in fell])
            snowy |= in_season[:, None] & (np.where(np.isnan(drawn), seen[:, None], drawn) >= duty.from_mm)
    return snowy


def on_duty(dense: Dense, snowy: Bools) -> Bools:
    """Whether crews of a type are there for our work, (H, K, S): types with snow duty leave on snow days."""
    leaves = np.array([t.snow_duty for t in dense.problem.crew_types])
    there: Bools = ~(snowy[:, None, :] & leaves[None, :, None])
    return there


def present(dense: Dense, crews: Counts, duty: Bools, seed: int, kind: str) -> Floats:
    """Of `crews` (H, N, Y, K) those at work on each draw, (H, N, Y, K, S).

    Each crew stays away with the draw's chance of absence, drawn for itself, so that one more crew never changes who
    of the others comes. A contractor's crews always come. kind: names the random stream.
    """
    draws, problem = duty.shape[-1], dense.problem
    there = np.repeat(crews[..., None].astype(float), draws, axis=-1)
    away = absence_chance(dense, draws, seed)
    own = [crew_type.contract is None for crew_type in problem.crew_types]
    for h, n, y, k in np.argwhere((crews > 0) & np.array(own)):
        if away[h, y].any():
            names = (problem.dates[h], problem.shifts[n].name, problem.yards[y].name, problem.crew_types[k].name)
            chance = generator(seed, "absence", kind, *names).random((int(crews[h, n, y, k]), draws))
            there[h, n, y, k] = (chance >= away[h, y]).sum(axis=0)
    there *= duty[:, None, None, :, :]
    return there


def net_capacity(dense: Dense, crews: Floats) -> Floats:
    """Minutes those crews can serve and drive, (H, N, Y, K, S)."""
    minutes: Floats = crews * dense.net_minutes[None, :, None, :, None]
    return minutes
