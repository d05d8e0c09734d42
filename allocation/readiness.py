"""Readiness for event work: how many crews stand ready for each district and date, chosen by expected cost.

The newsvendor problem (Arrow, Harris and Marschak 1951), solved by trying every level: a level costs what holding it
costs, plus `cost_per_missed_request` × the expected requests beyond what the district can answer that day. It can
answer its everyday load plus held crews × `requests_per_crew_day`, those crews counted that are there on the draw: not
away on snow duty, less the expected share of absences. The everyday load is regular work: what its `EVERYDAY` share of
days stays within, over the days and draws of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from allocation.absence import present_share
from allocation.capacity import SNOWFALL
from allocation.dense import Bools, Counts, Dense
from allocation.holding import Bench, Post, bench_of
from allocation.reasons import readiness_reason
from domain.category import EventWork
from domain.panel import Floats, WeatherPaths
from domain.words import WEATHER_VARIABLES

RAIN = WEATHER_VARIABLES.index("precipitation_mm")
LEVELS = ("normal", "standby", "call-in", "storm")
EVERYDAY = 0.75
"""The share of days that regular crews answer. At the median every other day would count as an event, and in a wet
season all crews would be held ready for two weeks on the strength of past years alone."""


@dataclass(frozen=True)
class Readiness:
    """table: columns of `domain.tables.READINESS` without vintage_id. held: (H, N, Y, K) crews held ready.

    level: (H, Y) index into LEVELS, the highest of a district that the yard serves. posts: where held crews stand.
    there: (H, K, S) share of a type's crews that are there. ruled_out: levels that would pay and that a rule on crews'
    time or machines kept from being held, in words.
    """

    table: pd.DataFrame
    held: Counts
    level: Counts
    expected_cost: float = 0.0
    """Money of holding all levels and of the requests expected beyond them, over all dates and districts."""
    posts: tuple[Post, ...] = ()
    there: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    ruled_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Choice:
    level: int
    expected_cost: float
    saving: float


def choose_readiness(
    dense: Dense,
    requests: dict[str, Floats],
    weight: Floats,
    weather: WeatherPaths | None,
    everyday: dict[str, Floats] | None = None,
    lost: Floats | None = None,
    duty: Bools | None = None,
) -> Readiness:
    """Levels for every event category of ours. requests: category -> (A, H, S) requests a day.

    everyday: category -> (D,) requests a district's regular crews answer a day; None takes it from `requests`.
    lost: (H, Y) money of other work that a crew held there leaves undone (`allocation.other_work`), by default none.
    duty: (H, K, S) whether a type is there, by default always.

    On a date the districts with most to save choose first; held crews come from the nearest yard that has the
    skill and works that day, limited by what it has left, and are taken off its regular crews: types that are likeliest
    to be there first.
    """
    problem = dense.problem
    held = np.zeros((*dense.worked.shape, dense.available.shape[2]), dtype=np.int64)
    highest = np.zeros((len(problem.dates), len(problem.yards)), dtype=np.int64)
    rain = _mean_weather(dense, weather, RAIN)
    snow = _mean_weather(dense, weather, SNOWFALL)
    undone = np.zeros(highest.shape) if lost is None else lost
    there = share_there(dense, duty, len(weight))
    rows: list[dict[str, object]] = []
    posts: list[Post] = []
    ruled: list[str] = []
    for j, work in enumerate(dense.work):
        if work.event is None:
            continue
        daily = by_district(dense, requests[work.category])
        for h in range(len(problem.dates)):
            told = (rain[h], snow[h])
            usual = None if everyday is None else everyday[work.category]
            away = None if duty is None else ~duty[h]
            found, taken, barred = _one_date(
                dense, j, h, daily, weight, held, highest, told, undone[h], there[h], away, usual
            )
            rows, posts, ruled = rows + found, posts + taken, ruled + barred
    table = pd.DataFrame(rows, columns=[*COLUMNS, EXPECTED]).sort_values(
        ["date", "district", "category"], ignore_index=True
    )
    expected = float(table[EXPECTED].sum())
    return Readiness(table.drop(columns=EXPECTED), held, highest, expected, tuple(posts), there, tuple(ruled))


def share_there(dense: Dense, duty: Bools | None, draws: int) -> Floats:
    """Share of a type's crews at work, (H, K, S): none on snow duty, else all but those who stay away."""
    come = np.repeat(present_share(dense)[..., None], draws, axis=-1)
    return come if duty is None else come * duty


NAMED = 3
"""Levels told of those that rules kept from being held."""
EXPECTED = "expected_cost"
COLUMNS = [
    "date",
    "district",
    "category",
    "level",
    "crews",
    "yard",
    "expected_requests",
    "chance_of_exceeding",
    "cost",
    "reason",
]


def districts(dense: Dense) -> list[str]:
    """District names, sorted: the order of every district axis."""
    return sorted({a.district for a in dense.problem.areas})


def best_level(
    rule: EventWork,
    requests: Floats,
    weight: Floats,
    everyday: float,
    crews: int,
    lost: float = 0.0,
    come: Floats | None = None,
) -> _Choice:
    """The level of least expected cost among those that `crews` allow; the lower of two equals. requests: (S,).

    come: (M + 1, S) how many of the first m crews held are there, by default all. lost: money of other work that each
    crew held leaves undone; it weighs in the choice and in what is saved, and is no part of expected_cost. A level that
    saves less than the rule's minimum_gain is not worth calling people for.
    """
    costs = [
        _expected_cost(rule, level.crews if come is None else come[level.crews], level.cost, requests, weight, everyday)
        for level in rule.levels
        if level.crews <= crews or level.crews == 0
    ]
    if not costs:
        costs = [_expected_cost(rule, 0, rule.levels[0].cost, requests, weight, everyday)]
    whole = [cost + lost * rule.levels[i].crews for i, cost in enumerate(costs)]
    best = int(np.argmin(np.round(whole, 6)))
    if whole[0] - whole[best] < rule.minimum_gain:
        best = 0
    return _Choice(best, costs[best], whole[0] - whole[best])


def _expected_cost(
    rule: EventWork, crews: int | Floats, cost: float, requests: Floats, weight: Floats, everyday: float
) -> float:
    excess = np.maximum(requests - everyday - crews * rule.requests_per_crew_day.value, 0.0)
    return cost + rule.cost_per_missed_request * float(excess @ weight)


def _one_date(
    dense: Dense,
    j: int,
    h: int,
    daily: Floats,
    weight: Floats,
    held: Counts,
    highest: Counts,
    told: tuple[float | None, float | None],
    lost: Floats,
    there: Floats,
    away: Bools | None,
    usual: Floats | None = None,
) -> tuple[list[dict[str, object]], list[Post], list[str]]:
    """Rows, posts and levels ruled out of one category and date; `held` and `highest` are filled in place. there:
    (K, S). away: (K, S) where a type is on snow duty, None where none ever is."""
    rule, names = dense.work[j].event, districts(dense)
    assert rule is not None
    everyday = np.quantile(daily, EVERYDAY, axis=(1, 2)) if usual is None else usual
    most = max(level.crews for level in rule.levels)

    def bench(d: int) -> Bench:
        return bench_of(dense, j, h, names[d], held, there, weight)

    def chosen(d: int, at: Bench, crews: int) -> _Choice:
        return best_level(rule, daily[d, h], weight, everyday[d], crews, undone[d], at.come(most))

    first = [bench(d) for d in range(len(names))]
    undone = [0.0 if at.yard is None else float(lost[at.yard]) for at in first]
    wish = [chosen(d, at, 10**6) for d, at in enumerate(first)]
    rows, posts, barred = [], [], []
    for d in sorted(range(len(names)), key=lambda d: (-wish[d].saving, names[d])):
        at = bench(d)
        choice = chosen(d, at, at.left)
        level = rule.levels[choice.level]
        wished, taken = rule.levels[wish[d].level], min(level.crews, at.left)
        rules = at.rules if rule.levels[chosen(d, at, at.idle).level].crews > level.crews else ()
        if rules:
            barred.append(f"{wished.name} in {names[d]} on {dense.problem.dates[h]} for {' and '.join(rules)}")
        yard = None if at.yard is None or not taken else at.yard
        come, on_duty = at.come(most)[taken], 0.0
        if yard is not None:
            posts.append(Post(j, h, d, yard, at.hold(taken, held)))
            on_duty = 0.0 if away is None else float(posts[-1].crews @ away @ weight) / taken
            highest[h, yard] = max(highest[h, yard], LEVELS.index(level.name))
        reach = everyday[d] + come * rule.requests_per_crew_day.value
        rows.append(
            {
                "date": pd.Timestamp(dense.problem.dates[h]),
                "district": names[d],
                "category": dense.work[j].category,
                "level": level.name,
                "crews": taken,
                "yard": "" if yard is None else dense.problem.yards[yard].name,
                "expected_requests": float(daily[d, h] @ weight),
                "chance_of_exceeding": float(np.clip((daily[d, h] > reach) @ weight, 0, 1)),
                "cost": level.cost,
                EXPECTED: choice.expected_cost,
                "reason": readiness_reason(
                    work=dense.work[j],
                    expected=float(daily[d, h] @ weight),
                    everyday=float(everyday[d]),
                    level=level,
                    saving=choice.saving,
                    wished=wished,
                    left_undone=undone[d] * level.crews,
                    rain_mm=told[0],
                    snow_mm=told[1],
                    currency=dense.problem.currency,
                    on_duty=on_duty,
                    rules=rules,
                ),
            }
        )
    return rows, posts, barred


def by_district(dense: Dense, requests: Floats) -> Floats:
    """Sum areas to districts: (D, H, S)."""
    of_area = np.array([a.district for a in dense.problem.areas])
    return np.stack([requests[of_area == name].sum(axis=0) for name in districts(dense)]).astype(float)


def _mean_weather(dense: Dense, weather: WeatherPaths | None, variable: int) -> list[float | None]:
    """Expected value on each planned date; None where nothing is known."""
    if weather is None:
        return [None] * len(dense.problem.dates)
    at = weather.dates.get_indexer(_days(dense.problem.dates))
    values = weather.values[:, :, variable]
    known = ~np.isnan(values)
    sums = np.einsum("p,ph->h", weather.weight, np.nan_to_num(values))
    weights = np.einsum("p,ph->h", weather.weight, known)
    mean = np.divide(sums, weights, out=np.full(len(sums), np.nan), where=weights > 0)
    return [float(mean[i]) if i >= 0 and not np.isnan(mean[i]) else None for i in at]


def _days(dates: tuple[date, ...]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([pd.Timestamp(d) for d in dates])


def ruled_out(ready: Readiness) -> str:
    """Levels that rules kept from being held, the first of many by name."""
    more = len(ready.ruled_out) - NAMED
    named = f"{'; '.join(ready.ruled_out[:NAMED])}{f' and {more} more' if more > 0 else ''}"
    return f"levels of readiness that would pay and that rules let nobody hold: {named}"
