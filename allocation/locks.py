"""Locks on the roster: checked against the problem before anything is solved, then bounds on crews by slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from allocation.orders import firm_slots
from allocation.problem import Problem
from domain.errors import LockError
from domain.lock import Lock

Counts = NDArray[np.int64]


def with_locks(problem: Problem, locks: Iterable[Lock]) -> Problem:
    """The problem with these locks; one on a slot that the problem has locked takes that lock's place.

    Raises LockError naming the entry and the remedy.
    """
    new = tuple(locks)
    slots = {lock.slot for lock in new}
    every = (*(lock for lock in problem.locks if lock.slot not in slots), *new)
    check_locks(problem, every)
    return problem.model_copy(update={"locks": every})


def check_locks(problem: Problem, locks: Iterable[Lock]) -> None:
    """Every lock names a slot that is worked, none is locked twice, and no yard needs more crews than it has."""
    taken: dict[tuple[object, ...], Lock] = {}
    needed: dict[tuple[object, ...], list[Lock]] = defaultdict(list)
    for lock in locks:
        _slot_is_worked(problem, lock)
        if lock.slot in taken:
            raise _error(lock, f"the slot is locked twice, also by {_entry(taken[lock.slot])}", "keep one of the two")
        taken[lock.slot] = lock
        needed[lock.date, lock.yard, lock.crew_type].append(lock)
        _crews_suffice(problem, needed[lock.date, lock.yard, lock.crew_type])


def _slot_is_worked(problem: Problem, lock: Lock) -> None:
    yards, shifts = {y.name: y for y in problem.yards}, {s.name: s for s in problem.shifts}
    _known(lock, "yard", lock.yard, list(yards))
    _known(lock, "shift", lock.shift, list(shifts))
    _known(lock, "crew type", lock.crew_type, [e.crew_type for e in problem.stationed if e.yard == lock.yard])
    if lock.date not in problem.dates:
        raise _error(lock, f"{lock.date} is not planned", f"lock a day from {problem.dates[0]} to {problem.dates[-1]}")
    worked = [s for s in yards[lock.yard].shifts if lock.date in shifts[s].dates]
    if lock.shift not in worked:
        known = ", ".join(worked) or "none"
        what = f"'{lock.yard}' does not work the shift '{lock.shift}' on {lock.date:%A}, {lock.date}"
        raise _error(lock, what, f"lock a shift it works that day ({known}), or change the city YAML")


def _crews_suffice(problem: Problem, locks: list[Lock]) -> None:
    lock = locks[-1]
    of_type = next(e for e in problem.stationed if (e.yard, e.crew_type) == (lock.yard, lock.crew_type))
    there = of_type.crews[problem.dates.index(lock.date)]
    asked = sum(one.low for one in locks)
    if asked > there:
        also = f" together with {', '.join(_entry(one) for one in locks[:-1])}" if len(locks) > 1 else ""
        crews = f"{asked} {'crew' if asked == 1 else 'crews'} of '{lock.crew_type}'"
        what = f"{crews} asked{also}, but '{lock.yard}' has {there} on {lock.date}"
        less = f"ask for at most {there} over all its shifts that day"
        raise _error(lock, what, f"{less}, or {_more_crews(problem, lock.crew_type)}")


def _more_crews(problem: Problem, crew_type: str) -> str:
    """What would let a lock have more crews."""
    contract = next(t.contract for t in problem.crew_types if t.name == crew_type)
    if contract is None:
        return "base more crews there"
    return f"look at the contractor's crews and season, and at its notice of {contract.notice_days} days"


def _known(lock: Lock, kind: str, name: str, there: list[str]) -> None:
    if name not in there:
        where = f" at '{lock.yard}'" if kind == "crew type" else ""
        raise _error(lock, f"there is no {kind} '{name}'{where}", f"use one of: {', '.join(there) or 'none there'}")


def _entry(lock: Lock) -> str:
    return f"{lock.entry} ({lock})" if lock.entry and str(lock) not in lock.entry else lock.entry or f"lock {lock}"


def _error(lock: Lock, what: str, remedy: str) -> LockError:
    return LockError(f"{_entry(lock)}: {what}", remedy=remedy, lock=str(lock), entry=lock.entry)


def lock_bounds(problem: Problem, available: Counts) -> tuple[Counts, Counts]:
    """Fewest and most crews on regular work by locks and firm orders, (H, N, Y, K) each. available: (H, Y, K). Raises
    LockError."""
    check_locks(problem, problem.locks)
    shifts, yards = [s.name for s in problem.shifts], [y.name for y in problem.yards]
    types = [t.name for t in problem.crew_types]
    shape = (len(problem.dates), len(shifts), len(yards), len(types))
    low = np.zeros(shape, dtype=np.int64)
    high = np.array(np.broadcast_to(available[:, None], shape))
    for (day, shift, yard, crew_type), crews in firm_slots(problem).items():
        low[problem.dates.index(day), shifts.index(shift), yards.index(yard), types.index(crew_type)] = crews
    for lock in problem.locks:
        slot = (
            problem.dates.index(lock.date), shifts.index(lock.shift), yards.index(lock.yard),
            types.index(lock.crew_type),
        )  # fmt: skip
        low[slot] = lock.low
        high[slot] = high[slot] if lock.high is None else min(lock.high, int(high[slot]))
    return low, high
