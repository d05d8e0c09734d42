"""What a button of a draft does to its changes: a pure function of the draft, its publication and what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allocation.locks import check_locks
from domain.draft import Changes, Draft
from domain.errors import WhatIfError
from serving.web import changing
from serving.web.drafted import roster_of
from serving.web.plan_grid import SLOT, Slot, at_slot
from serving.web.publication import Publication


@dataclass(frozen=True)
class Act:
    """kind: lock, forbid, free, move, crews, absence, remove or carry; the rest is what that one needs.

    absence: percent. what: the key of a change to take back. to: another shift.
    """

    kind: str
    slot: Slot
    number: int
    target: str
    absence: float
    what: str
    to: str


def changed(draft: Draft, base: Publication, told: Mapping[str, Any] | None, act: Act) -> Changes:
    """The draft's changes once the button was pressed. base: what it starts from, or is carried over to. told: the
    draft solved, None where it was not. Raises WhatIfError, LockError."""
    before = draft.changes
    match act.kind:
        case "lock":
            after = changing.fixed(before, act.slot, max(act.number, 0))
        case "forbid":
            after = changing.fixed(before, act.slot, 0)
        case "free":
            after = changing.freed(before, act.slot)
        case "move":
            after = changing.moved(before, act.slot, act.to, act.number, *_crews(draft, base, told, act))
        case "crews":
            after = changing.more_crews(before, act.target, act.number)
        case "absence":
            after = changing.absent(before, act.absence)
        case "remove":
            after = changing.without(before, act.what)
        case "carry":
            after = before
        case _:
            raise WhatIfError(f"'{act.kind[:40]}' is nothing that can be done to a draft", remedy="use the buttons")
    if after.locks and not after.crews:  # with other crews, only solving can tell
        check_locks(base.problem, after.locks)
    return after


def _crews(draft: Draft, base: Publication, told: Mapping[str, Any] | None, act: Act) -> tuple[int, int]:
    """Crews on regular work now, on the shift and on the other one."""
    roster, (day, _, yard, crew_type) = roster_of(base, told), act.slot
    held = {lock.slot: lock.low for lock in draft.changes.locks if lock.crews is not None or lock.forbidden}
    found = []
    for slot in (act.slot, (day, act.to, yard, crew_type)):
        rows = at_slot(roster, dict(zip(SLOT, slot, strict=True)))
        if rows.empty:
            raise WhatIfError(f"there is no such shift at {yard} on {day}", remedy="use the calendar of the draft")
        row = rows.iloc[0]
        key = (row["date"].date(), row["shift"], row["yard"], row["crew_type"])
        found.append(held.get(key, int(row["crews"])))
    return found[0], found[1]
