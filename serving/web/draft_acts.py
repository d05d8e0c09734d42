"""What a button of a draft does to its changes: a pure function of the draft, its publication and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allocation.locks import check_locks
from allocation.moved_crews import with_moves
from domain.draft import Changes, Draft
from domain.errors import WhatIfError
from serving.web import changing
from serving.web.changing import Place
from serving.web.drafted import roster_of
from serving.web.plan_grid import SLOT, Slot, at_slot, slot_of
from serving.web.publication import Publication


@dataclass(frozen=True)
class Act:
    """kind: lock, forbid, free, move, crews, absence, weather, remove or carry; the rest is what that one needs.

    absence: percent. what: the key of a change to take back. to: yard and shift, of a move. scenarios: those there are.
    """

    kind: str
    slot: Slot
    number: int
    target: str
    absence: float
    what: str
    to: Place
    scenarios: tuple[str, ...] = ()


def changed(draft: Draft, base: Publication, told: Mapping[str, Any] | None, act: Act) -> Changes:
    """The draft's changes once the button was pressed. base: what it starts from, or is carried over to. told: the
    draft solved, None where it was not. Raises WhatIfError, LockError."""
    if act.kind == "move":
        after = changing.moved(draft.changes, act.slot, act.to, act.number, *_crews(draft, base, told, act))
    else:
        after = _acted(draft.changes, act)
    if after.locks and not after.crews:  # with other crews, only solving can tell
        check_locks(with_moves(base.problem, after.moves), after.locks)
    return after


def _acted(before: Changes, act: Act) -> Changes:
    """All that needs no look at the plan."""
    match act.kind:
        case "lock":
            return changing.fixed(before, act.slot, max(act.number, 0))
        case "forbid":
            return changing.fixed(before, act.slot, 0)
        case "free":
            return changing.freed(before, act.slot)
        case "crews":
            return changing.more_crews(before, act.target, act.number)
        case "absence":
            return changing.absent(before, act.absence)
        case "weather":
            return changing.under(before, act.target, act.scenarios)
        case "remove":
            return changing.without(before, act.what)
        case "carry":
            return before
        case _:
            raise WhatIfError(f"'{act.kind[:40]}' is nothing that can be done to a draft", remedy="use the buttons")


def _crews(draft: Draft, base: Publication, told: Mapping[str, Any] | None, act: Act) -> tuple[int, int]:
    """Crews on regular work now, on the shift and on the other one; none at a yard that has no such crews."""
    roster, (day, _, yard, crew_type) = roster_of(base, told), act.slot
    held = {lock.slot: lock.low for lock in draft.changes.locks if lock.crews is not None or lock.forbidden}
    found = []
    for slot in (act.slot, (day, act.to[1], act.to[0], crew_type)):
        rows = at_slot(roster, dict(zip(SLOT, slot, strict=True)))
        if rows.empty and slot is act.slot:
            raise WhatIfError(f"there is no such shift at {yard} on {day}", remedy="use the calendar of the draft")
        known = {slot_of(*key): crews for key, crews in held.items()}
        found.append(known.get(slot, 0 if rows.empty else int(rows["crews"].iloc[0])))
    return found[0], found[1]
