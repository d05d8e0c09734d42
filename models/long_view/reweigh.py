"""A scenario on paths that are there: a vintage's own weather paths, counted differently.

The rule is that of `models.long_view.scenarios` (least relative entropy), on the planned days alone and relative to the
weights that the paths have: the mean of the scenario's figure becomes its stated quantile among the published paths.
Of a past year, the paths that were taken from that year count, the same each.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from domain.errors import ScenarioError
from domain.panel import Floats, Weather, WeatherPaths
from domain.words import WEATHER_VARIABLES
from models.long_view.scenarios import NAMES, SCENARIOS, USUAL, Scenario, check_name, lacks, within_reach
from models.season import mean_temperature

STEEPEST = 50.0


def reweigh(record: Weather | None, paths: WeatherPaths, name: str) -> tuple[Floats, str]:
    """Weights (P,) of the paths under the scenario, and the rule in words.

    record: observed weather, by which the coldest and warmest months are known. Raises ScenarioError for an unknown
    name, and where no path matches: a year none was taken from, days outside the season, paths that do not differ.
    """
    check_name(name)
    if name == USUAL:
        return paths.weight, "all draws count as published"
    if name not in NAMES:
        return _of_year(paths, name)
    scenario = next(s for s in SCENARIOS if s.name == name)
    if lacks(paths, scenario):
        raise no_match(name, f"the published weather paths lack {WEATHER_VARIABLES[scenario.variable]} on many days")
    if not in_season(record, paths.dates, scenario):
        raise no_match(name, f"most of the planned days lie outside the {scenario.months} months")
    figure = scenario.figure(paths.values)
    usual = float(paths.weight @ figure)
    target = within_reach(figure[paths.weight > 0], _quantile(figure, paths.weight, scenario.quantile))
    if figure.std() <= 1e-9 or np.sign(target - usual) != np.sign(scenario.quantile - 0.5):
        raise no_match(name, f"the published weather paths hardly differ in {_words(scenario)} (mean {usual:,.1f})")
    rule = (
        f"published draws re-weighted, as little as possible, until the mean of '{_words(scenario)}' is near the "
        f"{scenario.quantile:.0%} point of the published paths: {target:,.1f} {scenario.unit} instead of {usual:,.1f}"
    )
    return tilted(figure, target, paths.weight), rule


def no_match(name: str, why: str) -> ScenarioError:
    return ScenarioError(
        f"scenario {name}: no published draw matches: {why}",
        remedy=f"run 'crewcast forecast CITY --scenario {name}' first: its draws are used then",
        scenario=name,
    )


def tilted(figure: Floats, target: float, base: Floats) -> Floats:
    """Weights of least relative entropy to `base` under which the mean of `figure` is `target`."""
    z = (figure - figure.mean()) / figure.std()
    aim = (target - figure.mean()) / figure.std()

    def weights(strength: float) -> Floats:
        power = strength * z
        raw = base * np.exp(power - power.max())
        out: Floats = raw / raw.sum()
        return out

    def miss(strength: float) -> float:
        return float(weights(strength) @ z - aim)

    return weights(float(brentq(miss, -STEEPEST, STEEPEST, xtol=1e-10)))


def in_season(record: Weather | None, ahead: pd.DatetimeIndex, scenario: Scenario) -> bool:
    """Whether at least half of the days lie in the scenario's months; False where no record tells the months."""
    if scenario.months == "all":
        return True
    if record is None:
        return False
    by_month = pd.Series(mean_temperature(record.values), index=record.dates.month).groupby(level=0).mean()
    three = by_month.sort_values(ascending=scenario.months == "coldest", kind="stable").index[:3]
    return bool(np.mean(ahead.month.isin(three)) >= 0.5)


def _of_year(paths: WeatherPaths, year: str) -> tuple[Floats, str]:
    of_year = np.array([source.startswith(f"{year}-") for source in paths.source])
    if not (paths.weight * of_year).any():
        there = ", ".join(sorted({source[:4] for source in paths.source}))
        raise no_match(year, f"no path was taken from {year} (there are {there})")
    weight: Floats = of_year / of_year.sum()
    return weight, f"only the {int(of_year.sum())} published weather paths taken from {year} count"


def _words(scenario: Scenario) -> str:
    return scenario.words.replace("all days ahead", "the planned days").replace(
        " of the warmest months", ""
    ).replace(", summed over the coldest months", ", summed")  # fmt: skip


def _quantile(figure: Floats, weight: Floats, share: float) -> float:
    order = np.argsort(figure, kind="stable")
    at = np.searchsorted(np.cumsum(weight[order]), share * weight.sum() - 1e-12)
    return float(figure[order][min(int(at), len(figure) - 1)])
