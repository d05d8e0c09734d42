"""The study's numbers as rows of text and figures: the workbook and the page show the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.budget.inputs import Input
from allocation.budget.money import Costs
from allocation.budget.needs import Need
from allocation.budget.roll import Mix, says
from allocation.budget.search import Case, Tried
from allocation.budget.service import mean, quantiles, worst
from allocation.budget.study import Study
from domain.panel import Floats
from serving.budget.shares import done


@dataclass(frozen=True)
class Line:
    """One mix in a table, over the draws. money, done: over the window, done being the share in time of all jobs due.
    share: in time over the judged quarters, of the kind that does worst. low, high: 80 %; lowest, highest: 95 %."""

    mix: str
    crews: int
    money: float
    money_low: float
    money_high: float
    done: float
    done_low: float
    done_high: float
    share: float
    lowest: float
    low: float
    high: float
    highest: float
    chance: float
    by_work: tuple[float, ...]
    is_now: bool
    is_advised: bool


@dataclass(frozen=True)
class More:
    """What a mix does beyond today's crews. done: share in time of all jobs due in the window; share: of the kind that
    does worst, in the judged quarters. late: jobs; days: job-days late; avoided: money of lateness."""

    name: str
    money: float
    done: float
    done_low: float
    done_high: float
    share: float
    share_low: float
    share_high: float
    late: float
    late_low: float
    late_high: float
    days: float
    avoided: float
    each: float | None
    in_post: str


def mix_words(study: Study, mix: Mix | None) -> str:
    """The mix as 2 patching, 1 drainage; or that none was found."""
    return "none of those tried" if mix is None else says(study.case.pool, mix)


def line(study: Study, tried: Tried) -> Line:
    case, weight = study.case, study.case.weight
    money = case.cost(tried)
    share, every = worst(tried.share), done(study, tried)
    d_low, d_high = quantiles(every, weight, (0.1, 0.9))
    lowest, low, _, high, highest = quantiles(share, weight)
    m_low, m_high = quantiles(money, weight, (0.1, 0.9))
    return Line(
        says(case.pool, tried.mix), tried.size, mean(money, weight), m_low, m_high, mean(every, weight), d_low, d_high,
        mean(share, weight), lowest, low, high, highest, tried.chance, tuple(float(s @ weight) for s in tried.share),
        tried.mix == study.now.mix, tried.mix == study.advised.mix,
    )  # fmt: skip


def shown_frontier(study: Study, most: int = 24) -> list[Tried]:
    """The frontier thinned evenly, today's and the advised mix always in it, cheapest first."""
    front = study.frontier
    at = np.unique(np.linspace(0, len(front) - 1, min(most, len(front))).round().astype(int))
    chosen = {front[i].mix: front[i] for i in at} | {t.mix: t for t in (study.now, study.advised)}
    return sorted(chosen.values(), key=lambda t: study.case.mean_cost(t))


def more(study: Study, name: str, tried: Tried, in_post: str) -> More:
    case, weight, base = study.case, study.case.weight, study.now
    gain, every = worst(tried.share) - worst(base.share), done(study, tried) - done(study, base)
    d_low, d_high = quantiles(every, weight, (0.1, 0.9))
    late = _late(case, base) - _late(case, tried)
    g_low, g_high = quantiles(gain, weight, (0.1, 0.9))
    l_low, l_high = quantiles(late, weight, (0.1, 0.9))
    days = _late_days(case, base) - _late_days(case, tried)
    money = case.mean_cost(tried) - case.mean_cost(base)
    fewer = mean(late, weight)
    return More(
        name, money, mean(every, weight), d_low, d_high, mean(gain, weight), g_low, g_high, fewer, l_low, l_high,
        mean(days.sum(axis=0), weight), mean(case.pool.dense.late_cost @ days, weight),
        money / fewer if fewer >= 0.5 else None, in_post,
    )  # fmt: skip


def _late(case: Case, tried: Tried) -> Floats:
    jobs: Floats = tried.course.late[:, list(case.window.within)].sum(axis=(0, 1))
    return jobs


def _late_days(case: Case, tried: Tried) -> Floats:
    days: Floats = tried.course.late_days[:, list(case.window.within)].sum(axis=1)
    return days


def mean_of(values: Floats, weight: Floats) -> Floats:
    """(..., S) -> (...)."""
    out: Floats = values @ weight / weight.sum()
    return out


def overtime_hours(study: Study, tried: Tried) -> Floats:
    """Mean hours (K, P)."""
    return mean_of(tried.course.overtime, study.case.weight)


def jobs_served(study: Study, tried: Tried) -> Floats:
    """Mean jobs by crew type (K, P)."""
    return mean_of(tried.course.served, study.case.weight)


def contractor_money(study: Study, costs: Costs) -> Floats:
    """Mean money (P,)."""
    return mean_of(costs.contractors, study.case.weight)


def standby_money(study: Study, costs: Costs) -> Floats:
    """Mean money of readiness (P,)."""
    return mean_of(costs.standby, study.case.weight)


def unit_words(study: Study, one: Input) -> str:
    """What an input is counted in; money a unit with its currency."""
    return f"{study.case.terms.currency} {one.unit}" if one.unit.startswith("a ") else one.unit


def need_words(study: Study, need: Need, tried: Tried | None) -> str:
    """The mix that meets a need; or that none tried does, or that no number of crews could."""
    return mix_words(study, tried.mix) if tried else mix_words(study, None) if need.can_be else "no number of crews"
