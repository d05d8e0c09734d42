"""Why no roster exists: which constraints are in conflict, and the smallest relaxation that makes one possible.

Conflict: the deletion filter over groups of rows (Chinneck and Dravnieks 1991, "Locating minimal infeasible constraint
sets in linear programs"): each constraint is dropped in turn, and stays dropped where no roster exists without it
either. What is left contradicts itself, and no part of it does. Relaxation: every row of a constraint that may be
loosened gets a slack, and the sum of slacks, each relative to its bound, is made as small as it goes. Each lock is a
constraint of its own, and gives way before any rule as far as that helps: a planner can take it back, a law or a
contract not.
Solved by HiGHS as scipy ships it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import coo_array, csr_array, hstack

from allocation.constraints import Rows
from allocation.dense import Bools
from allocation.lock_constraints import LOCK
from allocation.surrogate import Index
from domain.errors import NoRosterError
from domain.panel import Floats

STRUCTURE = frozenset(
    {
        "open_jobs_carry_over",
        "overdue_jobs_are_late",
        "minutes_within_roster",
        "minutes_within_readiness",
        "weather_stops_work",
        "overtime_in_paid_blocks",
        "contractors_as_ordered",
        "jobs_within_order",
        "changes_are_counted",
    }
)
"""Constraints that say what the variables mean: never loosened."""

NODES = 200
SPECK = 1e-6
LOCK_WEIGHT = 0.01
"""Of a lock's slack against a rule's: however little the rule would have to give."""

NAMED = 3
"""Rows told of one constraint."""


@dataclass(frozen=True)
class Space:
    """Bounds of the variables and which are whole, (columns,) each."""

    lower: Floats
    upper: Floats
    whole: Bools


@dataclass(frozen=True)
class Relaxation:
    """A constraint loosened: by how much in all, in its own unit (rows that are shares: in all they are shares of), and
    for what. is_share: `about` gives each row's new share."""

    constraint: str
    by: float
    about: tuple[str, ...]
    is_share: bool = False

    def __str__(self) -> str:
        if self.is_share:
            return f"{in_words(self.constraint)}: {self.told}"
        return f"{in_words(self.constraint)} by {self.by:.3g}{f' ({self.told})' if self.told else ''}"

    @property
    def told(self) -> str:
        named = [name for name in self.about if name]
        return f"{'; '.join(named[:NAMED])}{' and more' if len(named) > NAMED else ''}"


@dataclass(frozen=True)
class Conflict:
    """constraints: the names of those in conflict. smallest: the relaxation of least sum. alternatives: the smallest
    of each constraint alone, for those that suffice alone."""

    constraints: tuple[str, ...]
    smallest: tuple[Relaxation, ...]
    alternatives: tuple[Relaxation, ...]


def in_words(constraint: str) -> str:
    return constraint if is_lock(constraint) else constraint.replace("_", " ")


def is_lock(constraint: str) -> bool:
    """Whether a block is a planner's lock, as `allocation.lock_constraints` names them."""
    return constraint.startswith(LOCK)


def diagnose(blocks: Mapping[str, Rows], space: Space, *, in_whole: bool = False) -> Conflict | None:
    """The conflict among named constraints; None where they can all be kept after all. in_whole: told in whole numbers
    too, where these alone are in the way, which takes long with many columns."""
    loose = [name for name, rows in blocks.items() if name not in STRUCTURE and len(rows.lower)]
    smallest = relaxed(blocks, space, loose)
    if not smallest:
        return None
    found = _in_conflict(blocks, space, loose, in_whole) or [r.constraint for r in smallest]
    alone = [relaxed(blocks, space, [name]) for name in found]
    alternatives = tuple(one[0] for one in alone if one)
    return Conflict(tuple(found), smallest, alternatives)


def relaxed(blocks: Mapping[str, Rows], space: Space, loose: list[str]) -> tuple[Relaxation, ...] | None:
    """The least loosening of the constraints named, largest first; () where none is needed, None where all together do
    not suffice."""
    rows = list(blocks.values())
    of_row = np.repeat(np.arange(len(rows)), [len(r.lower) for r in rows])
    slack = np.flatnonzero(np.isin(of_row, [i for i, name in enumerate(blocks) if name in loose]))
    matrix, lower, upper = _stacked(rows, len(space.lower))
    down, up = slack[np.isfinite(upper[slack])], slack[np.isfinite(lower[slack])]
    wide = hstack([matrix, _unit(down, len(lower), -1.0), _unit(up, len(lower), 1.0)])
    lightness = np.array([LOCK_WEIGHT if is_lock(name) else 1.0 for name in blocks])[of_row]
    scale = lightness[down] / _size(upper[down]), lightness[up] / _size(lower[up])
    extra = len(down) + len(up)
    result = _solved(np.concatenate([np.zeros(matrix.shape[1]), *scale]), wide, lower, upper, space, extra)
    if result.x is None:
        return None
    row, amount = np.concatenate([down, up]), result.x[matrix.shape[1] :]
    first = np.cumsum([0, *(len(r.lower) for r in rows)])
    found = []
    for i, (name, block) in enumerate(blocks.items()):
        at = np.flatnonzero((of_row[row] == i) & (amount > SPECK))
        if len(at):
            found.append(_loosened(name, block, row[at] - first[i], amount[at]))
    return tuple(sorted(found, key=lambda r: (-r.by, r.constraint)))


def _loosened(name: str, rows: Rows, at: Index, amount: Floats) -> Relaxation:
    """A constraint of which some rows give way, each by its amount. Shares are rounded down to what can be kept."""
    labels = [rows.labels[r] if rows.labels else "" for r in at]
    if rows.of is not None:
        before = rows.lower[at] / rows.of[at]
        after = np.floor(np.maximum(rows.lower[at] - amount, 0.0) / rows.of[at] * 100) / 100
        each = zip(labels, before, after, strict=True)
        labels = [f"{label} to a share of {new:.2f}, now {old:g}" for label, old, new in each]
    return Relaxation(name, float(amount.sum()), tuple(dict.fromkeys(labels)), rows.of is not None)


def refuse(conflict: Conflict) -> NoRosterError:
    """The error that names the constraints and what would have to give, the smallest relaxation first."""
    where = {r.constraint: r.told for r in (*conflict.smallest, *conflict.alternatives) if not r.is_share}
    quoted = {name: in_words(name) if is_lock(name) else f"'{in_words(name)}'" for name in conflict.constraints}
    names = [f"{told} ({where[name]})" if where.get(name) else told for name, told in quoted.items()]
    smallest = " and ".join(str(r) for r in conflict.smallest)
    every = dict.fromkeys((smallest, *(str(r) for r in conflict.alternatives)))
    said = f"none can keep {names[0]}"
    if names[1:]:
        said = f"{', '.join(names[:-1])} and {names[-1]} contradict each other"
    return NoRosterError(
        f"no roster keeps all constraints: {said}",
        remedy=f"loosen {'; or '.join(every)}",
        constraints=list(conflict.constraints),
        relaxation={r.constraint: round(r.by, 6) for r in conflict.smallest},
    )


def _in_conflict(blocks: Mapping[str, Rows], space: Space, loose: list[str], in_whole: bool) -> list[str]:
    """The deletion filter, on the relaxation without whole numbers; where only these are in the way, on the whole
    numbers themselves if `in_whole`, else empty."""
    kept = dict(blocks)
    parts = Space(space.lower, space.upper, np.zeros(len(space.whole), dtype=bool))
    asked = parts
    if relaxed(kept, parts, []) is not None:
        if not in_whole:
            return []
        asked = space
    locks = [name for name in loose if is_lock(name)]
    for names in (locks, *([name] for name in loose)):  # all locks at once: there may be many, and seldom to blame
        without = {other: rows for other, rows in kept.items() if other not in names}
        if len(without) < len(kept) and relaxed(without, asked, []) is None:
            kept = without
    return [name for name in kept if name in loose]


def _stacked(rows: list[Rows], columns: int) -> tuple[csr_array, Floats, Floats]:
    shift = np.cumsum([0, *(len(r.lower) for r in rows)])
    at = np.concatenate([r.row + first for r, first in zip(rows, shift[:-1], strict=True)])
    entries = (np.concatenate([r.value for r in rows]), (at, np.concatenate([r.column for r in rows])))
    matrix = coo_array(entries, shape=(int(shift[-1]), columns)).tocsr()
    return matrix, np.concatenate([r.lower for r in rows]), np.concatenate([r.upper for r in rows])


def _unit(rows: Index, height: int, sign: float) -> csr_array:
    entries = (np.full(len(rows), sign), (rows, np.arange(len(rows))))
    return coo_array(entries, shape=(height, len(rows))).tocsr()


def _size(bound: Floats) -> Floats:
    """What a slack is measured by: its bound, at least 1."""
    size: Floats = np.maximum(np.abs(bound), 1.0)
    return size


def _solved(cost: Floats, matrix: csr_array, lower: Floats, upper: Floats, space: Space, extra: int) -> OptimizeResult:
    slack = np.zeros(extra)
    return milp(
        cost,
        constraints=LinearConstraint(matrix, lower, upper),
        bounds=Bounds(np.concatenate([space.lower, slack]), np.concatenate([space.upper, np.full(extra, np.inf)])),
        integrality=np.concatenate([space.whole.astype(int), slack.astype(int)]),
        options={"node_limit": NODES, "mip_rel_gap": 1e-5},
    )
