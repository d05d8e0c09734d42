"""Rules on districts, judged by what dispatch makes of a roster: the same rules that the solver keeps for its recourse
(`allocation.district_constraints`).

Each rule and district is a row; what a row is short by is 0 where the rule is kept. A simulation knows no scenario
ahead, so even the solver's roster may be short where its recourse is not. A roster is no choice where it is shorter
than the solver's roster is.
"""

from __future__ import annotations

import numpy as np

from allocation.dense import Bools, Dense
from allocation.dispatch import Tally
from allocation.problem import Problem
from allocation.waiting import workable
from domain.panel import Floats

TOLERANCE = 1e-3
"""Of a share, or days late a job, within which a row counts as kept."""


def without_district_rules(problem: Problem) -> Problem:
    """The same problem with no rule on districts, to tell what they cost."""
    rules = problem.rules.model_copy(update={"minimum_service": (), "most_unequal_late_days": None})
    return problem.model_copy(update={"rules": rules})


def rows_told(dense: Dense) -> tuple[str, ...]:
    """What each row is about, in the order of `short_by`."""
    rules = dense.problem.rules
    told = [f"{rule.category} served in {name}" for rule in rules.minimum_service for name in _names(dense)]
    if rules.most_unequal_late_days is not None:
        told += [f"late days a job in {name}" for name in _names(dense)]
    return tuple(told)


def short_by(dense: Dense, found: Tally, opening: Floats, arrivals: Floats, weight: Floats) -> Floats:
    """By how much each row is short, (R,): share of the jobs not served, or late days a job too many; at least 0.

    found: of the whole plan, over the draws of `arrivals`, (J, A, H, N, S); opening: (J, A, B) or (J, A, B, S).
    """
    return np.maximum(excess(dense, found, opening, arrivals, weight), 0.0)


def excess(dense: Dense, found: Tally, opening: Floats, arrivals: Floats, weight: Floats) -> Floats:
    """As `short_by`, negative where there is room. A Tally from a later date on leaves out the late days before it, the
    same for all rosters that agree until then. Jobs are those that crews can begin on."""
    if not dense.problem.rules.by_district:
        return np.zeros(0)
    rules, categories = dense.problem.rules, [w.category for w in dense.work]
    start, arrivals = _expected(opening.sum(axis=2), weight), workable(dense, arrivals)
    filed, left = _expected(arrivals.sum(axis=(2, 3)), weight), _expected(found.open, weight)
    by_slot = arrivals.reshape(*arrivals.shape[:2], int(np.prod(arrivals.shape[2:4])), len(weight))
    seen = start + _expected(by_slot[:, :, : _last_slot(dense)], weight)
    parts: list[float] = []
    for rule in rules.minimum_service:
        j = categories.index(rule.category)
        for inside in _inside(dense):
            jobs = float(seen[j, inside].sum())
            served = float((start + filed - left)[j, inside].sum())
            parts.append(rule.share - served / jobs if jobs > 0 else 0.0)
    if rules.most_unequal_late_days is not None:
        late, jobs_of = _expected(found.late_days, weight).sum(axis=0), (start + filed).sum(axis=0)
        city = late.sum() / max(jobs_of.sum(), 1e-9)
        for inside in _inside(dense):
            jobs = float(jobs_of[inside].sum())
            own = late[inside].sum() / jobs if jobs > 0 else 0.0
            parts.append(float(own - city - rules.most_unequal_late_days) if jobs > 0 else 0.0)
    return np.array(parts)


def told_short(dense: Dense, short: Floats) -> str:
    """In words: which rows a roster leaves short when dispatch is simulated; empty where the city has no such rule."""
    rows = rows_told(dense)
    if not rows:
        return ""
    broken = [f"{row} by {by:.2f}" for row, by in zip(rows, short, strict=True) if by > TOLERANCE]
    if not broken:
        return "rules on districts are kept when dispatch is simulated"
    return f"rules on districts, simulated, short in {len(broken)} of {len(rows)}: {', '.join(broken)}"


def _expected(values: Floats, weight: Floats) -> Floats:
    """Mean over draws by area, (J, A); axes between area and draw are summed."""
    if values.ndim == 2:
        return values
    mean: Floats = values.sum(axis=tuple(range(2, values.ndim - 1))) @ weight
    return mean


def _last_slot(dense: Dense) -> int:
    """Slots before the last that anybody works: what is filed later no roster can serve."""
    can = (dense.worked[..., None] & (dense.available > 0)[:, None]).any(axis=(2, 3)).ravel()
    return int(np.flatnonzero(can)[-1]) if can.any() else 0


def _names(dense: Dense) -> list[str]:
    return sorted({a.district for a in dense.problem.areas})


def _inside(dense: Dense) -> list[Bools]:
    of_area = np.array([a.district for a in dense.problem.areas])
    return [of_area == name for name in _names(dense)]
