"""Whether any roster keeps rules, contracts and locks, whatever work there is: asked before anything is trained, and
first where the solver finds no roster."""

from __future__ import annotations

import numpy as np

from allocation.constraints import Columns, columns
from allocation.dense import Bools, dense
from allocation.infeasible import Conflict, Space, diagnose, refuse
from allocation.lock_constraints import locks_kept
from allocation.problem import Problem
from allocation.roster_checks import ON_THE_ROSTER
from allocation.surrogate import Surrogate
from allocation.without_work import without_work


def check_possible(problem: Problem) -> None:
    """Raises NoRosterError, as planning would, where locks, or orders that run on, contradict each other through a rule
    or a contract."""
    if any(lock.low > 0 for lock in problem.locks) or any(order.firm for order in problem.orders):
        s = without_work(dense(problem))
        if conflict := conflict_of_crews(s, columns(s)):
            raise refuse(conflict)


def conflict_of_crews(s: Surrogate, c: Columns) -> Conflict | None:
    """The conflict among the constraints on crews and overtime alone; None where they leave a roster. Limits and locks
    are rows here, not bounds, so that they can be named and loosened."""
    blocks = {rule.__name__: rule(s, c) for rule in ON_THE_ROSTER} | locks_kept(s, c)
    upper = np.full(c.size, np.inf)
    upper[c.hired] = 1.0
    return diagnose(blocks, Space(np.zeros(c.size), upper, whole_columns(c)), in_whole=True)


def whole_columns(c: Columns) -> Bools:
    """Which variables are whole numbers, (columns,)."""
    whole = np.zeros(c.size, dtype=bool)
    for block in (c.crews, c.called, c.hired):
        whole[block] = True
    return whole
