"""What each draw's own weather lets crews do: the pace of every kind of work, by day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from allocation.dense import Bools, Dense
from domain.panel import Draws, Floats, Weather, WeatherPaths
from domain.weather_rules import CONDITIONS, WeatherRule
from domain.words import WEATHER_VARIABLES


def daily_weather(weather: WeatherPaths | None, draws: Draws, days: tuple[date, ...], variable: str) -> Floats:
    """One weather variable of each draw's own path on `days`, (len(days), S); NaN where nothing is known."""
    unknown = np.full((len(days), draws.size), np.nan)
    if weather is None:
        return unknown
    at = weather.dates.get_indexer(pd.DatetimeIndex([pd.Timestamp(day) for day in days]))
    values = weather.values[:, np.maximum(at, 0), WEATHER_VARIABLES.index(variable)]
    paths = draws.weather_path_id
    known = (at >= 0)[:, None] & (paths >= 0)[None, :]
    found: Floats = np.where(known, values[np.maximum(paths, 0)].T, np.nan)
    return found


def work_pace(dense: Dense, weather: WeatherPaths | None, draws: Draws) -> Floats | None:
    """Jobs done in the minutes of one on a fair day, (H, K, J, S): 1 on a fair day, 0 where work cannot be done.

    None where the problem has no weather rules.
    """
    return pace_on(dense, dense.problem.dates, weather, draws)


def pace_on(dense: Dense, days: tuple[date, ...], weather: WeatherPaths | None, draws: Draws) -> Floats | None:
    """`work_pace` on any days, (len(days), K, J, S)."""
    problem = dense.problem
    if not problem.weather_rules:
        return None
    pace = np.ones((len(days), len(problem.crew_types), len(dense.work), draws.size))
    for rule in problem.weather_rules:
        factor = rule.minutes_factor.value if rule.minutes_factor else np.inf
        holds = _holds(rule, days, weather, draws)
        pace[:, _concerned(dense, rule)] /= np.where(holds, factor, 1.0)[:, None]
    return pace


def as_observed(observed: Weather | None) -> tuple[WeatherPaths | None, Draws]:
    """What was observed as the one path of a single draw."""
    one = Draws(0, np.zeros(1, dtype=np.int32), np.ones(1))
    if observed is None:
        return None, one
    return WeatherPaths(observed.dates, observed.values[None], np.ones(1), ("observed",), "observed"), one


def planned_pace(pace: Floats | None, weight: Floats) -> Floats | None:
    """The pace that a plan's expected minutes a job hold, (H, K, J): jobs ÷ minutes of crews that work all day, over
    the draws in which they can; 1 where they never can. None without rules."""
    if pace is None:
        return None
    able = (pace > 0) @ weight
    mean: Floats = np.divide(pace @ weight, able, out=np.ones(able.shape), where=able > 0)
    return mean


def stopped_share(pace: Floats | None, weight: Floats) -> Floats | None:
    """Weight of the draws in which a type's work cannot be done, (H, K, J); None without rules."""
    return None if pace is None else (pace == 0) @ weight


def usable_share(dense: Dense, duty: Bools, pace: Floats | None) -> Floats:
    """Share of its day that a type can use, (H, K, S): 0 on snow duty, else the pace of what weather hinders least."""
    there: Floats = duty.astype(float)
    if pace is None:
        return there
    best = np.where(dense.skilled[None, :, :, None], pace, 0.0).max(axis=2, initial=0.0)
    has_work: Bools = np.asarray(dense.skilled.any(axis=1))
    return there * np.where(has_work[None, :, None], np.minimum(best, 1.0), 1.0)


def _concerned(dense: Dense, rule: WeatherRule) -> Bools:
    """Crew types × categories within their skill that a rule is about, (K, J)."""
    types = [not rule.crew_types or t.name in rule.crew_types for t in dense.problem.crew_types]
    works = [w.skill == rule.skill for w in dense.work]
    concerned: Bools = np.outer(types, works) & dense.skilled
    return concerned


def _holds(rule: WeatherRule, days: tuple[date, ...], weather: WeatherPaths | None, draws: Draws) -> Bools:
    """Whether a rule's season and conditions hold, (len(days), S)."""
    holds = np.repeat(np.array([rule.holds_on(day) for day in days])[:, None], draws.size, axis=1)
    for name, limit in rule.limits.items():
        variable, upwards = CONDITIONS[name]
        value = daily_weather(weather, draws, days, variable)
        holds &= value >= limit if upwards else value < limit
    return holds
