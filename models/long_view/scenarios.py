"""Named scenarios: a stated rule that re-weights weather paths, or the weather of a past year.

A rule changes the weights of the climatology's paths as little as it can (least relative entropy: exponential
tilting, Robertson, Tallman and Whiteman 2005) until the weighted mean of one figure of a path reaches a stated quantile
of that figure. Whole paths are re-weighted, so spells, seasons and everything else a path holds stay together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from domain.errors import ScenarioError
from domain.panel import Floats, Known, Weather, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.long_view.weather import past_year
from models.season import mean_temperature

USUAL = "climatology"
LOW, HIGH, RAIN = (WEATHER_VARIABLES.index(v) for v in ("temperature_min_c", "temperature_max_c", "precipitation_mm"))
LEAST_SEASON_DAYS = 28
REACH = 0.9
"""The mean of the figure is moved at most so far towards its most extreme path."""
FROST_BASE_C = 5.0

Months = Literal["all", "coldest", "warmest"]


@dataclass(frozen=True)
class Scenario:
    """figure: of one path, from the values (P, D, V) of the days that count, which it takes from `variable` (V).
    quantile: of that figure, to be its mean.

    months: which days count, all or the three coldest or warmest months of the city's own record.
    """

    name: str
    words: str
    unit: str
    months: Months
    quantile: float
    variable: int
    figure: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Chosen:
    """Weather paths of a scenario, weighted, and its rule in words with the figures that it came to."""

    name: str
    rule: str
    weather: WeatherPaths | None


def rain_total(values: Floats) -> Floats:
    total: Floats = np.nansum(values[:, :, RAIN], axis=1)
    return total


def frost_degree_days(values: Floats) -> Floats:
    """Degrees by which each night is colder than 5 °C, summed: frost in a cold city, cool nights in a warm one."""
    total: Floats = np.nansum(np.maximum(FROST_BASE_C - values[:, :, LOW], 0.0), axis=1)
    return total


def mean_high(values: Floats) -> Floats:
    mean: Floats = np.nanmean(values[:, :, HIGH], axis=1)
    return mean


RAIN_WORDS, FROST_WORDS = "rain over all days ahead", "degrees of nights below 5 °C, summed over the coldest months"
HEAT_WORDS = "mean daily high of the warmest months"
SCENARIOS = (
    Scenario("wet-year", RAIN_WORDS, "mm", "all", 0.9, RAIN, rain_total),
    Scenario("dry-year", RAIN_WORDS, "mm", "all", 0.1, RAIN, rain_total),
    Scenario("hard-winter", FROST_WORDS, "degree-days", "coldest", 0.9, LOW, frost_degree_days),
    Scenario("mild-winter", FROST_WORDS, "degree-days", "coldest", 0.1, LOW, frost_degree_days),
    Scenario("hot-summer", HEAT_WORDS, "°C", "warmest", 0.9, HIGH, mean_high),
    Scenario("cool-summer", HEAT_WORDS, "°C", "warmest", 0.1, HIGH, mean_high),
)
NAMES = tuple(s.name for s in SCENARIOS)


def check_name(name: str) -> None:
    """ScenarioError where a name is neither a scenario nor a year of four digits."""
    if name != USUAL and name not in NAMES and not _is_year(name):
        raise ScenarioError(
            f"there is no scenario '{name}'",
            remedy=f"use one of: {', '.join(NAMES)}; or a past year such as 2015",
            scenario=name,
        )


def choose(known: Known, climate: WeatherPaths | None, name: str, days: int) -> Chosen:
    """The weather of a scenario. climate: `long_paths` of the same days; only the usual scenario does without.

    Raises ScenarioError: unknown name, no weather, a year that is not in the record, a season outside the days ahead,
    a figure that the city's weather cannot tell or in which the paths do not differ.
    """
    check_name(name)
    if name == USUAL:
        return Chosen(name, _usual_rule(climate), climate)
    if _is_year(name):
        rule = f"every day ahead has the observed weather of the same day of {name}"
        return Chosen(name, rule, past_year(known, int(name), days))
    if climate is None or known.weather is None:
        raise ScenarioError(
            f"scenario {name}: it picks weather, and the city has no year of observed weather",
            remedy="leave --scenario out, or add a section 'weather' to the city's YAML",
            scenario=name,
        )
    return _tilted(known.weather, climate, next(s for s in SCENARIOS if s.name == name))


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isascii() and name.isdecimal()


def _usual_rule(climate: WeatherPaths | None) -> str:
    if climate is None:
        return "no weather: the season alone"
    return f"all {len(climate.weight)} weather paths are equally likely"


def _tilted(weather: Weather, climate: WeatherPaths, scenario: Scenario) -> Chosen:
    if lacks(climate, scenario):
        raise ScenarioError(
            f"scenario {scenario.name}: it goes by {WEATHER_VARIABLES[scenario.variable]}, which the city's weather "
            "lacks on many days",
            remedy="use another, or a past year; or bring weather that holds it",
            scenario=scenario.name,
        )
    counts = days_that_count(weather, climate.dates, scenario)
    figure = scenario.figure(climate.values[:, counts])
    usual = float(figure.mean())
    target = within_reach(figure, float(np.quantile(figure, scenario.quantile)))
    if figure.std() <= 1e-9 or np.sign(target - usual) != np.sign(scenario.quantile - 0.5):
        raise ScenarioError(
            f"scenario {scenario.name}: the weather paths hardly differ in {scenario.words} "
            f"(mean {usual:,.1f} {scenario.unit})",
            remedy=f"use another: {', '.join(n for n in NAMES if n != scenario.name)}, or a past year",
            scenario=scenario.name,
        )
    weight = tilt(figure, target)
    nearly = "" if target == float(np.quantile(figure, scenario.quantile)) else "as near as the paths allow to "
    rule = (
        f"paths are re-weighted, as little as possible, until the mean of '{scenario.words}' is {nearly}the "
        f"{scenario.quantile:.0%} point of the climatology: {target:,.1f} {scenario.unit} instead of {usual:,.1f}"
    )
    return Chosen(scenario.name, rule, replace(climate, weight=weight))


def lacks(paths: WeatherPaths, scenario: Scenario) -> bool:
    """Whether some path has a day without the variable that the scenario's figure is made of."""
    return not np.isfinite(paths.values[:, :, scenario.variable]).all()


def within_reach(figure: Floats, target: float) -> float:
    """The target, or where hardly any path lies beyond it, a point that weights on many paths can still reach."""
    usual, extreme = figure.mean(), figure.max() if target > figure.mean() else figure.min()
    furthest = usual + REACH * (extreme - usual)
    return float(min(target, furthest) if target > usual else max(target, furthest))


def tilt(figure: Floats, target: float) -> Floats:
    """Weights (P,) of least relative entropy to equal ones under which the mean of `figure` is `target`."""
    z = (figure - figure.mean()) / figure.std()
    aim = (target - figure.mean()) / figure.std()

    def weights(strength: float) -> Floats:
        power = strength * z
        raw = np.exp(power - power.max())
        out: Floats = raw / raw.sum()
        return out

    return weights(float(brentq(lambda strength: float(weights(strength) @ z) - aim, -50.0, 50.0, xtol=1e-10)))


def days_that_count(weather: Weather, ahead: pd.DatetimeIndex, scenario: Scenario) -> np.ndarray:
    """(H,) bool. ScenarioError where under four weeks of the season lie ahead."""
    if scenario.months == "all":
        return np.ones(len(ahead), dtype=np.bool_)
    by_month = pd.Series(mean_temperature(weather.values), index=weather.dates.month).groupby(level=0).mean()
    three = by_month.sort_values(ascending=scenario.months == "coldest", kind="stable").index[:3]
    counts: np.ndarray = ahead.month.isin(three)
    if counts.sum() < LEAST_SEASON_DAYS:
        raise ScenarioError(
            f"scenario {scenario.name}: only {int(counts.sum())} of the {len(ahead)} days ahead lie in the "
            f"{scenario.months} months ({', '.join(str(m) for m in sorted(three))})",
            remedy="look further ahead: --days 400 holds every season",
            scenario=scenario.name,
        )
    return counts
