"""A problem that reckons with the waits known when it was posed: stated, else fitted to the record, else none."""

from __future__ import annotations

from datetime import date

import numpy as np

from allocation.problem import Problem, WaitRule, WorkRule
from allocation.resolve import working_weekdays
from allocation.waits import waits_of
from domain.city import Crews
from domain.measured import FittedWaits
from domain.panel import Demand


def with_known_waits(problem: Problem, crews: Crews, fitted: FittedWaits | None, demand: Demand) -> Problem:
    """`problem` as the YAML states it, with fitted waits on work that none are stated for, and with the requests filed
    on days before it from which some may still wait. crews: whose weekdays count as working days."""
    days = fitted.days if fitted else {}
    last = fitted.last if fitted else None

    def known(work: WorkRule) -> WorkRule:
        rule = work.waits
        if rule is None and work.is_crewed and work.category in days:
            weekdays = working_weekdays(crews, work.skill)
            rule = WaitRule(days=days[work.category], basis="measured", weekdays=weekdays, last=last)
        if rule is None:
            return work
        return _with_filed(work.model_copy(update={"waits": rule}), problem.dates[0], demand)

    return problem.model_copy(update={"work": tuple(known(w) for w in problem.work)})


def _with_filed(work: WorkRule, first: date, demand: Demand) -> WorkRule:
    """Those of days from which some wait on the first date."""
    waits = waits_of([work])
    if waits is None or work.waits is None or work.category not in demand.categories:
        return work
    at = demand.categories.index(work.category)
    counts = demand.counts[at].sum(axis=0) + demand.unlocated[at]
    filed = np.array([day.toordinal() for day in demand.dates], dtype=np.int64)
    longest = waits.shares.shape[1] - 1
    recent = (filed < first.toordinal()) & (waits.age(0, filed, first.toordinal()) < longest) & (counts > 0)
    by_day = {
        date.fromordinal(int(day)): float(count) for day, count in zip(filed[recent], counts[recent], strict=True)
    }
    return work.model_copy(update={"waits": work.waits.model_copy(update={"filed": by_day})})
