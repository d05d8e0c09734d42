"""What a planner does to a draft's changes: pure functions from changes to changes, and their words."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from domain.draft import Changes, CrewAsk, Move
from domain.errors import WhatIfError
from domain.lock import Lock
from serving.web.plan_grid import Slot, slot_of
from serving.words import plural, short_day

Place = tuple[str, str]
"""Yard, shift."""


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


def moved(changes: Changes, slot: Slot, to: Place, number: int, here: int, there: int) -> Changes:
    """So many crews from a shift to another one of that day, of the same yard or another: both held at what comes of
    it. here, there: crews on regular work now."""
    day, shift, yard, crew_type = slot
    if not 1 <= number <= here or to == (yard, shift):
        raise WhatIfError(
            f"{number} crews cannot be moved from {yard}, {shift} to {', '.join(to)}: there are {here}",
            remedy="move at most as many as there are, to another shift",
        )
    left = fixed(changes, slot, here - number)
    held = fixed(left, (day, to[1], to[0], crew_type), there + number)
    move = Move(
        date=date.fromisoformat(day), crew_type=crew_type, yard=yard, shift=shift, to_yard=to[0], to_shift=to[1],
        number=number,
    )  # fmt: skip
    return held.model_copy(update={"moves": (*held.moves, move)})


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


def under(changes: Changes, scenario: str, known: tuple[str, ...]) -> Changes:
    """Under other weather; "" is the weather as forecast."""
    if scenario and scenario not in known:
        raise WhatIfError(f"there is no scenario '{scenario[:60]}'", remedy=f"use one of: {', '.join(known)}")
    return changes.model_copy(update={"scenario": scenario or None})


def without(changes: Changes, key: str) -> Changes:
    """The changes without the one that `listed` gave this key; as they are where there is none. A move takes what
    holds its two shifts with it."""
    back = [move for at, move in enumerate(changes.moves) if f"move|{at}" == key]
    slots = {slot for move in back for slot in _slots(move)}
    return changes.model_copy(
        update={
            "locks": tuple(one for one in changes.locks if _lock_key(one) != key and one.slot not in slots),
            "moves": tuple(move for move in changes.moves if move not in back),
            "scenario": None if key == "scenario" else changes.scenario,
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
    moves = [{"key": f"move|{at}", "words": _move_words(one)} for at, one in enumerate(changes.moves)]
    weather = [] if changes.scenario is None else [{"key": "scenario", "words": scenario_words(changes.scenario)}]
    absence = (
        [] if changes.absence is None else [{"key": "absence", "words": f"{changes.absence:.0%} of crews stay away"}]
    )
    return [*crews, *absence, *weather, *moves, *locks]


def scenario_words(name: str) -> str:
    """Weather: wet year."""
    return f"Weather: {name.replace('-', ' ')}"


def _move_words(move: Move) -> str:
    """Tue 18 Mar: 1 patching crew from Landing Yard, day to Quarry Yard, evening."""
    crews = plural(move.number, f"{move.crew_type} crew")
    return f"{short_day(move.date)}: {crews} from {move.yard}, {move.shift} to {move.to_yard}, {move.to_shift}"


def _slots(move: Move) -> tuple[tuple[date, str, str, str], tuple[date, str, str, str]]:
    return (
        (move.date, move.shift, move.yard, move.crew_type),
        (move.date, move.to_shift, move.to_yard, move.crew_type),
    )


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
