"""The two shares in time of a budget, and their words.

Jobs due in time: of all jobs that fall due in the budget's quarters, the days that the money is of. The kind that does
worst: what the target is set on, over the quarters that crews hired now can change; being the worst kind of each draw,
its mean lies below every kind's own.
"""

from __future__ import annotations

from allocation.budget.search import Tried
from allocation.budget.service import all_in_time, mean, quantiles, worst
from allocation.budget.study import Study
from domain.panel import Floats
from serving.words import percent

WORST = "the kind of work that does worst"


def done(study: Study, tried: Tried) -> Floats:
    """Share of all jobs due in the budget's quarters that a mix does in time, (S,)."""
    return all_in_time(tried.course.late, study.case.due, study.case.window.within)


def jobs_due(study: Study) -> float:
    """Mean jobs that fall due in the budget's quarters."""
    return mean(study.case.due[:, list(study.case.window.within)].sum(axis=(0, 1)), study.case.weight)


def judged_quarters(study: Study) -> list[str]:
    """Names of the quarters that mixes are compared on."""
    case = study.case
    return list(dict.fromkeys(case.pool.periods[i].quarter for i in case.window.judged))


def span(names: list[str]) -> str:
    """FY2026 Q1 to FY2026 Q4."""
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def whole_span(study: Study) -> str:
    return span([q.name for q in study.quarters])


def judged_words(study: Study) -> str:
    """ " in FY2026 Q2 to FY2026 Q4", the quarters of the kind that does worst, and of the target; empty where these are
    all."""
    judged = judged_quarters(study)
    return "" if len(judged) == len(study.quarters) else f" in {span(judged)}"


def target_words(study: Study) -> str:
    """90 % of each kind of work in time in FY2026 Q2 to FY2026 Q4."""
    return f"{percent(study.case.window.target)} of each kind of work in time{judged_words(study)}"


def done_words(study: Study, tried: Tried) -> str:
    """71 % of all jobs due in time (80 %: 66 % to 76 %)."""
    share = done(study, tried)
    low, high = quantiles(share, study.case.weight, (0.1, 0.9))
    return (
        f"{percent(mean(share, study.case.weight))} of all jobs due in time (80 %: {percent(low)} to {percent(high)})"
    )


def worst_words(study: Study, tried: Tried) -> str:
    """48 % of the kind of work that does worst in FY2026 Q2 to FY2026 Q4."""
    return f"{percent(mean(worst(tried.share), study.case.weight))} of {WORST}{judged_words(study)}"


def both_words(study: Study, tried: Tried) -> str:
    """84 % of all jobs due in time on average, 91 % of the kind of work that does worst in …"""
    share = percent(mean(done(study, tried), study.case.weight))
    return f"{share} of all jobs due in time on average, {worst_words(study, tried)}"
