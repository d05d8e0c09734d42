"""The dispatch rule at work, as `allocation.dispatch` states it: one simulation, moved on shift by shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.dense import Bools, Counts, Dense
from allocation.turns import Cells, Turn, ranking
from allocation.waiting import becoming_ready, filed_together
from allocation.work import OVERDUE_BUCKETS, buckets, minutes_per_job
from domain.panel import Floats

Slot = tuple[int, int, int, int]
"""Date, shift, yard and crew type."""

SPECK = 1e-9
"""Fewer jobs than this are rounding, and gone."""
SURELY = 1e-6
"""Minutes asked for beyond those left, above which no rounding can leave any for the next cell."""
PART = 32_768
"""Cells × draws served at a time: what crews do not reach is not looked at, the rest lies in the processor's cache."""
TOGETHER = 4
"""Cells are served in multiples of this: sums over draws are then the same to the bit however many are reached."""


@dataclass(frozen=True)
class Crewing:
    """Minutes that crews can serve and drive, by slot and draw: regular and held ready, both (H, N, Y, K, S).

    pace: (H, K, J, S) as from `allocation.work_weather.work_pace`; None: every day is fair.
    """

    regular: Floats
    held: Floats
    pace: Floats | None = None


class Run:
    """The moving state of one simulation; without weights only the cost is kept. Crews may come in several blocks of
    the draws of `arrivals`, side by side: each is a roster of its own."""

    def __init__(
        self,
        dense: Dense,
        crewing: Crewing,
        opening: Floats,
        arrivals: Floats,
        weight: Floats | None,
        named_dates: int,
        keep_starts: bool,
    ) -> None:
        (j, a, h, n), s = arrivals.shape[:4], crewing.regular.shape[-1]
        y, k = dense.available.shape[1:]
        self.dense, self.crewing, self.arrivals, self.weight = dense, crewing, arrivals, weight
        self.named_dates = named_dates
        self.times = s // arrivals.shape[-1]
        spread = np.tile(opening, self.times) if opening.ndim == 4 else opening[..., None]
        self.open: Floats = np.array(np.broadcast_to(spread, (j, a, buckets(dense), s)), dtype=float)
        self.is_event = np.array([w.kind == "event" for w in dense.work], dtype=bool)
        self.price: Floats | None = None
        self.filed = [] if dense.ready is None else filed_together(dense, arrivals)
        self.cost: Floats = np.zeros(s)
        self.late_days: Floats = np.zeros((j, a, s))
        self.turned_late: Floats = np.zeros((j, h, s))
        self.starts = np.zeros((h, *self.open.shape)) if keep_starts else None
        self.area_minutes: dict[Slot, Floats] = {}
        self.active = self.open.max(axis=3) > 0
        self.seen: Floats = np.empty((j, a, s))
        self.is_seen = np.zeros((j, a), dtype=bool)
        self.each: dict[tuple[int, int], Floats] = {}
        self.is_reckoned = np.zeros((y, k, j, a), dtype=bool)
        self.rows = max(PART // max(s, 1) // TOGETHER, 1) * TOGETHER
        if self.weight is not None:
            self.minutes: Floats = np.zeros((h, n, y, k, j, s))
            self.minutes_by_area: Floats = np.zeros((h, n, y, k, j, a))
            self.served_by_area: Floats = np.zeros((h, n, y, k, j, a))
            self.left, self.late, self.served = (np.zeros((j, a, h, s)) for _ in range(3))
            self.ordered_done: Bools = np.zeros(crewing.regular.shape, dtype=bool)

    def day(self, h: int) -> None:
        if self.starts is not None:
            self.starts[h] = self.open
        for j, bucket, jobs in becoming_ready(self.dense, self.filed, h):
            self._admit(j, bucket, jobs)
        for n in range(self.arrivals.shape[3]):
            self._shift(h, n)
        late = self.open[:, :, : OVERDUE_BUCKETS + h + 1].sum(axis=2)
        self.cost = self.cost + self.money(late)
        self.late_days += late
        self.turned_late[:, h] = self.open[:, :, OVERDUE_BUCKETS + h].sum(axis=1)
        if self.weight is not None:
            self.late[:, :, h] = late
            self.left[:, :, h] = self.open.sum(axis=2)

    def money(self, late: Floats) -> Floats:
        """Of one day of late jobs (J, A, S), (S,)."""
        each = self.dense.late_cost if self.price is None else self.price
        day: Floats = np.einsum("j,jas->s" if self.price is None else "ja,jas->s", each, late)
        return day

    def _shift(self, h: int, n: int) -> None:
        self._work(h, n, self.crewing.regular[h, n], held=False)
        horizon = self.arrivals.shape[2]
        for j in range(len(self.dense.work)):
            bucket = OVERDUE_BUCKETS + min(h + int(self.dense.due_by_date[h, j, n]), horizon)
            jobs = self.arrivals[j, :, h, n]
            self._admit(j, bucket, jobs if self.dense.ready is None else jobs * self.dense.ready.share[j, h, h])
        self._work(h, n, self.crewing.held[h, n], held=True)

    def _admit(self, j: int, bucket: int, jobs: Floats) -> None:
        """Jobs (A, S) that crews can work on from now, in every block of draws."""
        own = self.open[j, :, bucket]
        own.reshape(len(own), self.times, -1, copy=False)[:] += jobs[:, None]
        self.active[j, :, bucket] |= (jobs > 0).any(axis=1)

    def _work(self, h: int, n: int, minutes: Floats, *, held: bool) -> None:
        if not minutes.any():
            return
        remaining = minutes.copy()
        crews = [(int(y), int(k)) for y, k in np.argwhere(minutes.any(axis=2))]
        active = self.active & self.is_event[:, None, None] if held else self.active
        if self.weight is not None or minutes.shape[2] == 1:
            active = active.copy()  # cells that this shift empties keep their places, for sums equal to the bit
        self.is_seen[:] = False
        self.is_reckoned[:] = False
        ordered = {
            at: self._ordered(n, at[1], minutes[at]) for at in crews if np.isfinite(self.dense.jobs_a_shift[at[1]])
        }
        for turn in ranking(self.dense).turns(h, crews, active, remaining):
            self._serve(h, n, turn, remaining[turn.y, turn.k], ordered.get((turn.y, turn.k)))
        if self.weight is not None:
            for at, left in ordered.items():
                self.ordered_done[(h, n, *at)] = (minutes[at] > 0) & (left <= SPECK)

    def _ordered(self, n: int, k: int, minutes: Floats) -> Floats:
        """Jobs that a contractor's crews are paid for, (S,), told from their minutes: they work no overtime."""
        each = max(float(self.dense.net_minutes[n, k]), SPECK)
        ordered: Floats = minutes / each * self.dense.jobs_a_shift[k]
        return ordered

    def _serve(self, h: int, n: int, turn: Turn, remaining: Floats, ordered: Floats | None) -> None:
        """Spend `remaining` minutes, and of `ordered` jobs as many as are served, (S,) each, down the ranked cells, as
        far as both reach; changed in place."""
        idle, asked = self._idle(h, turn.k, remaining), np.zeros_like(remaining)
        parts: list[tuple[Cells, Floats, Floats]] = []
        for at in range(0, len(turn.cells[0]), self.rows):
            cells = turn.part(at, at + self.rows)
            used, served, asked = self._part(h, turn, cells, remaining, asked, ordered)
            parts.append((cells, used, served))
            is_done = idle | (asked > remaining + SURELY)
            if (is_done if ordered is None else is_done | (ordered <= SPECK)).all():
                break
        used = np.concatenate([part[1] for part in parts])
        remaining -= np.minimum(used.sum(axis=0), remaining)
        if ordered is not None:
            remaining[ordered <= SPECK] = 0.0
        if self.weight is not None:
            j, a = (np.concatenate([part[0][axis] for part in parts]) for axis in (0, 1))
            served = np.concatenate([part[2] for part in parts])
            self._note((h, n, turn.y, turn.k), j, a, used, served, self.weight)

    def _idle(self, h: int, k: int, remaining: Floats) -> Bools:
        """Draws in which a type serves nothing: its minutes are spent, or the weather stops all its work, (S,)."""
        idle: Bools = remaining <= 0
        if self.crewing.pace is not None:
            idle |= (self.crewing.pace[h, k, self.dense.skilled[k]] <= 0).all(axis=0)
        return idle

    def _part(
        self, h: int, turn: Turn, cells: Cells, remaining: Floats, asked: Floats, ordered: Floats | None
    ) -> tuple[Floats, Floats, Floats]:
        """Minutes used and jobs served in some cells (n, S), before which `asked` (S,) minutes were needed; and the
        minutes needed up to their end."""
        j, a, b = cells
        each = self._each(turn.y, turn.k, j, a)
        jobs = self.open[j, a, b]
        need = jobs * each
        if self.crewing.pace is not None:
            pace = self.crewing.pace[h, turn.k, j]
            each = each / np.where(pace > 0, pace, 1.0)
            need = np.where(pace > 0, jobs * each, 0.0)
        until = need.copy()
        until[0] += asked
        np.cumsum(until, axis=0, out=until)
        before = until - need
        used = np.subtract(remaining, before, out=before)
        np.clip(used, 0.0, need, out=used)
        served = np.minimum(used / each, jobs)
        if ordered is not None:
            used, served = _within(ordered, used, served, each)
        left = np.subtract(jobs, served, out=jobs)
        left[left <= SPECK] = 0.0
        self.open[j, a, b] = left
        self.active[j, a, b] = left.any(axis=1)
        return used, served, until[-1]

    def _each(self, y: int, k: int, j: Counts, a: Counts) -> Floats:
        """Minutes a job in these categories and areas for a yard's crews of a type, (n, S), as their shift began."""
        if (y, k) not in self.each:
            self.each[y, k] = np.empty_like(self.seen)
        each, known = self.each[y, k], self.is_reckoned[y, k]
        if new := _new(known, j, a):
            each[new] = minutes_per_job(self.dense, y, k, new[0], self._seen(*new), new[1])
        return each[j, a]

    def _seen(self, j: Counts, a: Counts) -> Floats:
        """Jobs open in these categories and areas when the crews' shift began, (n, S): summed when first asked for,
        which is before any of them is served."""
        if new := _new(self.is_seen, j, a):
            self.seen[new] = self.open[new].sum(axis=1)
        return self.seen[j, a]

    def _note(self, slot: Slot, j: Counts, a: Counts, used: Floats, served: Floats, weight: Floats) -> None:
        np.add.at(self.minutes_by_area[slot], (j, a), used @ weight)
        np.add.at(self.served_by_area[slot], (j, a), served @ weight)
        for one in np.unique(j):
            self.minutes[(*slot, int(one))] += used[j == one].sum(axis=0)
        np.add.at(self.served[:, :, slot[0]], (j, a), served)
        if slot[0] < self.named_dates:
            shape = (*self.served.shape[:2], used.shape[1])
            np.add.at(self.area_minutes.setdefault(slot, np.zeros(shape)), (j, a), used)


def _within(ordered: Floats, used: Floats, served: Floats, each: Floats) -> tuple[Floats, Floats]:
    """Minutes and jobs in ranked cells, (n, S), up to the last of the jobs ordered, (S,); these are taken off."""
    before = served.cumsum(axis=0) - served
    paid = np.clip(ordered - before, 0.0, served)
    ordered -= np.minimum(paid.sum(axis=0), ordered)
    return np.where(paid < served, paid * each, used), paid


def _new(known: Bools, j: Counts, a: Counts) -> tuple[Counts, Counts] | None:
    """Of categories and areas those not `known` (J, A), each once; from now on they are. None where there are none."""
    new = np.unique(np.ravel_multi_index((j, a), known.shape)[~known[j, a]])
    if not new.size:
        return None
    which, where = np.unravel_index(new, known.shape)
    known[which, where] = True
    return which, where
