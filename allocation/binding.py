"""What binds a plan: where crews are used up, for how many of the draws, and which locks hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from domain.panel import Floats

if TYPE_CHECKING:
    from allocation.dense import Dense
    from allocation.plan import Decision

USED_UP = 0.99
"""A crew's minutes are used up from this share of them on."""


LEAST = 0.005
"""Minutes that are used up less often, 0 % of the cases, bind nothing."""
NOTHING = "nothing: every crew has minutes left in nearly every case"
NOBODY = "nothing: no crew is on any shift"


def used_up(decision: Decision) -> Floats:
    """Share of the draws, by weight, in which a slot's minutes are used up, or a contractor's jobs ordered done,
    (H, N, Y, K); 0 without any."""
    have = decision.chosen.crewing.regular + decision.chosen.crewing.held
    spent = decision.outcome.minutes.sum(axis=4)
    full = (have > 0) & (spent >= USED_UP * have)
    if decision.outcome.ordered_done is not None:
        full |= decision.outcome.ordered_done
    share: Floats = full @ decision.weight
    return share


def spent_words(dense: Dense, k: int) -> str:
    """What of a crew type is used up: a contractor's crews may be done with what they are paid for sooner."""
    own = dense.problem.crew_types[k].contract is None
    return "minutes used up" if own else "jobs ordered done or minutes used up"


def binding_words(decision: Decision) -> tuple[str, ...]:
    """One sentence a yard and crew type whose minutes are ever used up, with its shifts that usually have some left;
    one a lock that holds; or that nothing binds, or nobody is there."""
    dense, roster = decision.dense, decision.chosen.roster
    problem, share = dense.problem, used_up(decision)
    told = []
    for y, k in np.argwhere(dense.available.any(axis=0)):
        manned = (roster.crews + decision.ready.held)[:, :, y, k] > 0
        if manned.any():
            full = share[:, :, y, k][manned]
            if full.mean() < LEAST:
                continue
            idle = int((full < 0.5).sum())
            more = " at every slot" if not idle else f"; {idle} of {full.size} shifts usually have minutes left"
            told.append(
                f"{problem.crew_types[k].name} at {problem.yards[y].name}: {spent_words(dense, int(k))} in "
                f"{full.mean():.0%} of the cases{more}"
            )
    told += [f"lock {lock}" for lock in problem.locks if lock.binds]
    is_manned = bool((roster.crews + decision.ready.held).any())
    return tuple(told) or (NOTHING if is_manned else NOBODY,)
