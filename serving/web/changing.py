"""What a planner does to a draft's changes: pure functions from changes to changes, and their words."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from domain.draft import Changes, CrewAsk
from domain.errors import WhatIfError
from domain.lock import Lock
from serving.web.plan_grid import Slot, slot_of
from serving.words import plural, short_day


def fixed(changes: Changes, slot: Slot, crews: int) -> Changes:
    """The slot held at so many crews on regular work; none is "forbidden". A lock that was there is replaced."""
    try:
        day = date.fromisoformat(slot[0])
        number = {"forbidden": True} if crews == 0 else {"crews": crews}
        lock = Lock.model_validate({"date": day, "shift": slot[1], "yard": slot[2], "crew_type": slot[3], **number})
    except (ValueError, ValidationError) as error:
        raise WhatIfError(f"{', '.join(slot)}: no such shift", remedy="use the calendar of the draft") from error
    others = tuple(one for one in changes.locks if one.slot != lock.slot)
    return changes.model_copy(update={"locks": (*others, lock)})


def freed(changes: Changes, slot: Slot) -> Changes:
    """The slot left to the plan, also where the publication holds it fixed: at least no crew, which binds nothing."""
    held = fixed(changes, slot, 1)
    free = held.locks[-1].model_copy(update={"crews": None, "at_least": 0})
    return held.model_copy(update={"locks": (*held.locks[:-1], free)})


def moved(changes: Changes, slot: Slot, to: str, number: int, here: int, there: int) -> Changes:
    """So many crews from a shift to another one of the same yard and day: both held at what comes of it. here, there:
    crews on regular work now."""
    if not 1 <= number <= here or to == slot[1]:
        raise WhatIfError(
            f"{number} crews cannot be moved from {slot[1]} to {to}: there are {here}",
            remedy="move at most as many as there are, to another shift",
        )
    left = fixed(changes, slot, here - number)
    return fixed(left, (slot[0], to, slot[2], slot[3]), there + number)


def more_crews(changes: Changes, target: str, number: int) -> Changes:
    """So many crews more at a yard or for a category, beside what was asked for it before."""
    before = sum(one.number for one in changes.crews if one.target == target)
    others = tuple(one for one in changes.crews if one.target != target)
    total = before + number
    asked = (CrewAsk(target=target, number=total),) if total else ()
    return changes.model_copy(update={"crews": (*others, *asked)})


def absent(changes: Changes, percent: float) -> Changes:
    if not 0 <= percent <= 100:
        raise WhatIfError(f"{percent:g} percent of crews cannot stay away", remedy="give 0 to 100")
    return changes.model_copy(update={"absence": percent / 100})


def without(changes: Changes, key: str) -> Changes:
    """The changes without the one that `listed` gave this key; as they are where there is none."""
    return changes.model_copy(
        update={
            "locks": tuple(one for one in changes.locks if _lock_key(one) != key),
            "crews": tuple(one for one in changes.crews if f"crews|{one.target}" != key),
            "absence": None if key == "absence" else changes.absence,
        }
    )


def listed(changes: Changes) -> list[dict[str, str]]:
    """Each change with a key and in words."""
    locks = [{"key": _lock_key(one), "words": lock_words(one)} for one in changes.locks]
    crews = [
        {"key": f"crews|{one.target}", "words": f"{one.target}: {plural(abs(one.number), 'crew')} {_sign(one.number)}"}
        for one in changes.crews
    ]
    absence = (
        [] if changes.absence is None else [{"key": "absence", "words": f"{changes.absence:.0%} of crews stay away"}]
    )
    return [*crews, *absence, *locks]


def lock_words(lock: Lock) -> str:
    """Tue 3 Mar, day, Landing Yard, patching: fixed at 2 crews."""
    where = f"{short_day(lock.date)}, {lock.shift}, {lock.yard}, {lock.crew_type}"
    if lock.high == 0:
        return f"{where}: no crew"
    if lock.low == 0 and lock.high is None:
        return f"{where}: left to the plan"
    if lock.crews is not None:
        return f"{where}: fixed at {plural(lock.crews, 'crew')}"
    most = "" if lock.high is None else f", at most {lock.high}"
    return f"{where}: at least {lock.low}{most}"


def marks(changes: Changes) -> dict[Slot, str]:
    """What a calendar says of each slot that the draft holds."""
    return {slot_of(*one.slot): _mark(one) for one in changes.locks}


def _mark(lock: Lock) -> str:
    if lock.high == 0:
        return "none"
    return "free" if lock.low == 0 and lock.high is None else "fixed"


def _lock_key(lock: Lock) -> str:
    return "|".join(("lock", *slot_of(*lock.slot)))


def _sign(number: int) -> str:
    return "more" if number > 0 else "fewer"
