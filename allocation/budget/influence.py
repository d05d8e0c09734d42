"""How far the answer moves with each thing that is not known: weather, trend, minutes a job, absence, prices.

The answer is the money of the cheapest mix that meets the target with 80 % certainty, and the share in time of the
advised mix. Minutes and absence are moved in the queue; prices in the sums; for weather and trend the draws are split:
the work of a draw is regressed on figures of its weather path (rain, frost, warmth, snow days), the fitted part being
weather and the rest trend with chance, and the answer is read in the fifth of the draws with the least and the most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocation.budget.queue import TOGETHER, moved, run
from allocation.budget.roll import staffing
from allocation.budget.search import Case, Tried, cheapest, judge
from allocation.budget.service import in_time, mean, worst
from domain.panel import Floats, WeatherPaths
from domain.words import WEATHER_VARIABLES

CERTAINTY = 0.8
TAIL = 0.2
FROST_C = 0.0
SNOW_MM = 1.0


@dataclass(frozen=True)
class Reading:
    """One setting. money: of the cheapest mix tried that meets the target, None where none does. mix: that mix.
    share: mean share in time of the advised mix."""

    words: str
    money: float | None
    mix: tuple[int, ...] | None
    share: float


@dataclass(frozen=True)
class Influence:
    """One factor, moved down and up."""

    factor: str
    low: Reading
    high: Reading

    @property
    def span(self) -> float:
        """How far the share of the advised mix moves."""
        return abs(self.high.share - self.low.share)


def influences(
    case: Case, tried: Sequence[Tried], advised: Tried, weather: WeatherPaths | None, path: np.ndarray
) -> list[Influence]:
    """Every factor, the one that moves the money or the share most first. tried: mixes to choose from."""
    by = case.terms.section.sensitivity
    found = [
        _queue(case, tried, advised, "minutes a job", "minutes", by.minutes_share.value),
        _queue(case, tried, advised, "absence", "absence", by.absence_share.value),
        _prices(case, tried, advised, by.price_share.value),
        *_draws(case, tried, advised, weather, path),
    ]
    middle = read(case, tried, advised, "as stated")
    return sorted(found, key=lambda one: (-_reach(one, middle), one.factor))


def _reach(one: Influence, middle: Reading) -> float:
    """The larger of how far the money moves, as a share of it, and how far the share in time moves.

    A target that no mix tried reaches moves the money as far as the dearest mix would.
    """
    base = middle.money or 1.0
    money = [base * 2 if r.money is None else r.money for r in (one.low, one.high)]
    return max(abs(money[1] - money[0]) / base if middle.money else 0.0, one.span)


def read(case: Case, tried: Sequence[Tried], advised: Tried, words: str) -> Reading:
    best = cheapest(case, tried, CERTAINTY)
    share = in_time(advised.course.late, case.due, case.window.judged)
    money = None if best is None else case.mean_cost(best)
    return Reading(words, money, None if best is None else best.mix, mean(worst(share), case.weight))


def _queue(case: Case, tried: Sequence[Tried], advised: Tried, name: str, what: str, by: float) -> Influence:
    """Mixes played again with other minutes or absence."""
    ends = []
    for factor in (1 - by, 1 + by):
        again = _again(case, tried, advised, what, factor)
        ends.append(read(case, again, again[0], f"{factor - 1:+.0%}".replace("-", "−")))
    return Influence(name, ends[0], ends[1])


def _again(case: Case, tried: Sequence[Tried], advised: Tried, what: str, factor: float) -> list[Tried]:
    """The advised mix, then the others from the cheapest on until none that is left can cost less than one that meets
    the target: what does not hang on the work is the least that each costs."""
    others = sorted((t for t in tried if t.mix != advised.mix), key=lambda t: (_least(case, t), t.mix))
    found = _play(case, [advised], what, factor)
    for first in range(0, len(others), TOGETHER):
        best = cheapest(case, found, CERTAINTY)
        if best is not None and case.mean_cost(best) < _least(case, others[first]):
            break
        found += _play(case, others[first : first + TOGETHER], what, factor)
    return found


def _play(case: Case, tried: Sequence[Tried], what: str, factor: float) -> list[Tried]:
    crews = [moved(staffing(case.pool, case.terms, t.people), **{what: factor}) for t in tried]
    return [judge(case, t.people, c) for t, c in zip(tried, run(case.pool, crews), strict=True)]


def _least(case: Case, tried: Tried) -> float:
    """Wages, trucks and pay for readiness over the window: what a mix costs before any work."""
    return mean(tried.costs.before_work[list(case.window.within)].sum(axis=0), case.weight)


def _prices(case: Case, tried: Sequence[Tried], advised: Tried, by: float) -> Influence:
    """All prices together: the mix stays, the money moves."""
    middle = read(case, tried, advised, "")
    ends = [
        replace(
            middle, words=f"{f - 1:+.0%}".replace("-", "−"), money=None if middle.money is None else middle.money * f
        )
        for f in (1 - by, 1 + by)
    ]
    return Influence("prices", ends[0], ends[1])


def _draws(
    case: Case, tried: Sequence[Tried], advised: Tried, weather: WeatherPaths | None, path: np.ndarray
) -> list[Influence]:
    work = np.log1p(_minutes(case))
    of_weather = np.zeros_like(work) if weather is None else fitted(work, figures(weather, path), case.weight)
    found = []
    for factor, values in (("weather", of_weather), ("trend and chance", work - of_weather)):
        if np.ptp(values) > 1e-9:
            low, high = (_within(case, tried, advised, which) for which in _fifths(values, case.weight))
            found.append(Influence(factor, replace(low, words="least work"), replace(high, words="most work")))
    return found


def _minutes(case: Case) -> Floats:
    """Minutes of work that falls due over the judged quarters, (S,), at each category's first-job minutes."""
    service = np.where(case.pool.dense.skilled, case.pool.dense.service, np.nan)
    due = case.due[:, list(case.window.judged)].sum(axis=1)
    total: Floats = np.nanmin(service, axis=0) @ due
    return total


def figures(weather: WeatherPaths, path: np.ndarray) -> Floats:
    """Rain, nights of frost (degrees), mean high and snow days of each draw's path, standardised, (S, 4)."""
    at = {name: i for i, name in enumerate(WEATHER_VARIABLES)}
    values = np.nan_to_num(weather.values)
    columns = [
        values[:, :, at["precipitation_mm"]].sum(axis=1),
        np.maximum(FROST_C - values[:, :, at["temperature_min_c"]], 0).sum(axis=1),
        values[:, :, at["temperature_max_c"]].mean(axis=1),
        (values[:, :, at["snowfall_mm"]] >= SNOW_MM).sum(axis=1),
    ]
    table = np.stack(columns, axis=1)[np.maximum(path, 0)]
    spread = table.std(axis=0)
    standard: Floats = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return standard


def fitted(values: Floats, columns: Floats, weight: Floats) -> Floats:
    """What a weighted linear regression on the columns makes of the values, less their mean, (S,)."""
    root = np.sqrt(weight)
    design = np.column_stack([np.ones(len(values)), columns])
    found = np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0]
    part: Floats = columns @ found[1:]
    return part


def _fifths(values: Floats, weight: Floats) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    return order[reached <= TAIL + 1e-9], order[reached > 1 - TAIL + 1e-9]


def _within(case: Case, tried: Sequence[Tried], advised: Tried, which: np.ndarray) -> Reading:
    """The answer where only some draws count."""
    weight = np.zeros_like(case.weight)
    weight[which] = case.weight[which]
    some = replace(case, pool=replace(case.pool, weight=weight / weight.sum()))
    again = [judge(some, t.people, t.course) for t in tried]
    mine = next(t for t in again if t.mix == advised.mix)
    return read(some, again, mine, "")
