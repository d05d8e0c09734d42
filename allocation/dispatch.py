"""The dispatch rule, one for plan, replay and what-if: who serves what in each shift, looking only backwards.

At the start of a shift the crews see the jobs open then: those carried over and those filed in earlier shifts.
Jobs rank by the apparent tardiness cost rule (Vepsalainen and Morton 1987, "Priority rules for job shops with
weighted tardiness costs"): cost of a late day ÷ minutes × exp(−days to the due date ÷ patience), so overdue
work comes first, then the oldest; at the same rank the nearest area comes first. Four rounds: jobs due by tomorrow
in a yard's own areas, then anywhere within reach, then the rest in the same two steps. Crews held ready for events
work last, on event jobs only, and alone may serve what is filed during their shift.

Jobs are divisible. Every step is an array operation over the draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from allocation.dense import Dense
from allocation.turns import Turn, minutes_each, tiers, turns
from allocation.work import OVERDUE_BUCKETS, buckets
from domain.panel import Floats

SPECK = 1e-9
"""Fewer jobs than this are rounding, and gone."""


@dataclass(frozen=True)
class Crewing:
    """Minutes that crews can serve and drive, by slot and draw: regular and held ready, both (H, N, Y, K, S).

    pace: (H, K, J, S) as from `allocation.work_weather.work_pace`; None: every day is fair.
    """

    regular: Floats
    held: Floats
    pace: Floats | None = None


@dataclass(frozen=True)
class Outcome:
    """What the rule achieves; every array over draws keeps the draw axis last.

    minutes: (H, N, Y, K, J, S) worked. minutes_by_area, served_by_area: (H, N, Y, K, J, A) means over the draws'
    weights. open, late: (J, A, H, S) jobs open, and open past their due date, at the end of each day.
    served: (J, A, H, S). cost: (S,) money of late days. starts: (H, J, A, B, S) open jobs when each date begins,
    or None where not kept. area_minutes: (h, n, y, k) -> (J, A, S) for the slots asked for by name. turned_late:
    (J, H, S) jobs that passed their due date undone, on the date on which they did.
    """

    minutes: Floats
    minutes_by_area: Floats
    served_by_area: Floats
    open: Floats
    late: Floats
    served: Floats
    cost: Floats
    starts: Floats | None
    area_minutes: dict[tuple[int, int, int, int], Floats] = field(default_factory=dict)
    turned_late: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))


def simulate(
    dense: Dense,
    crewing: Crewing,
    opening: Floats,
    arrivals: Floats,
    weight: Floats,
    *,
    named_dates: int = 0,
    keep_starts: bool = False,
) -> Outcome:
    """Run the rule over every draw.

    opening: (J, A, B) or (J, A, B, S) jobs; arrivals: (J, A, H, N, S) jobs; weight: (S,), sums to 1.
    named_dates: for the slots of the first so many dates, minutes are kept by area and draw.
    """
    run = _Run(dense, crewing, opening, arrivals, weight, named_dates, keep_starts)
    for h in range(arrivals.shape[2]):
        run.day(h)
    return run.outcome()


@dataclass(frozen=True)
class Tally:
    """What of a simulation few rosters need and many can afford. cost: (S,) money of late days. late_days, late, open:
    (J, A, S) jobs × days late, and jobs late and open when the last date ends. turned_late: (J, S) jobs that passed
    their due date undone."""

    cost: Floats
    late_days: Floats
    late: Floats
    open: Floats
    turned_late: Floats


def tally(
    dense: Dense,
    crewing: Crewing,
    opening: Floats,
    arrivals: Floats,
    first: int = 0,
    *,
    is_closed: bool = False,
    is_weighed: bool = False,
) -> Tally:
    """Sums from date `first` on, `opening` being the jobs open when that date begins.

    is_closed: what is late at the end is charged `Dense.closing_days` more. is_weighed: a late job counts by its
    area's weight, as a roster is judged under a fairness rule.
    """
    run = _Run(dense, crewing, opening, arrivals, None, 0, False)
    if is_weighed:
        run.price = dense.late_cost[:, None] * dense.area_weight
    for h in range(first, arrivals.shape[2]):
        run.day(h)
    late = run.open[:, :, : OVERDUE_BUCKETS + arrivals.shape[2]].sum(axis=2)
    left = run.open.sum(axis=2)
    if is_closed:
        run.cost = run.cost + dense.closing_days * run.money(late)
    return Tally(run.cost, run.late_days, late, left, run.turned_late[:, first:].sum(axis=1))


def late_cost(
    dense: Dense,
    crewing: Crewing,
    opening: Floats,
    arrivals: Floats,
    first: int,
    *,
    is_closed: bool = False,
    is_weighed: bool = False,
) -> Floats:
    """The money of `tally`, (S,)."""
    found = tally(dense, crewing, opening, arrivals, first, is_closed=is_closed, is_weighed=is_weighed)
    return found.cost


def evenings(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats) -> Floats:
    """Open jobs when each date begins, (H, J, A, B, S); arguments as of `late_cost`."""
    run = _Run(dense, crewing, opening, arrivals, None, 0, True)
    for h in range(arrivals.shape[2]):
        run.day(h)
    assert run.starts is not None
    return run.starts


class _Run:
    """The moving state of one simulation; without weights only the cost is kept."""

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
        j, a, h, n, s = arrivals.shape
        y, k = dense.available.shape[1:]
        self.dense, self.crewing, self.arrivals, self.weight = dense, crewing, arrivals, weight
        self.named_dates = named_dates
        spread = opening if opening.ndim == 4 else opening[..., None]
        self.open: Floats = np.array(np.broadcast_to(spread, (j, a, buckets(dense), s)), dtype=float)
        self.is_event = np.array([w.kind == "event" for w in dense.work], dtype=bool)
        self.price: Floats | None = None
        self.cost: Floats = np.zeros(s)
        self.late_days: Floats = np.zeros((j, a, s))
        self.turned_late: Floats = np.zeros((j, h, s))
        self.starts = np.zeros((h, *self.open.shape)) if keep_starts else None
        self.area_minutes: dict[tuple[int, int, int, int], Floats] = {}
        self.tiers = tiers(dense)
        if self.weight is not None:
            self.minutes: Floats = np.zeros((h, n, y, k, j, s))
            self.minutes_by_area: Floats = np.zeros((h, n, y, k, j, a))
            self.served_by_area: Floats = np.zeros((h, n, y, k, j, a))
            self.left, self.late, self.served = (np.zeros((j, a, h, s)) for _ in range(3))

    def day(self, h: int) -> None:
        if self.starts is not None:
            self.starts[h] = self.open
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
            self.open[j, :, bucket] += self.arrivals[j, :, h, n]
        self._work(h, n, self.crewing.held[h, n], held=True)

    def _work(self, h: int, n: int, minutes: Floats, *, held: bool) -> None:
        if not minutes.any():
            return
        remaining = minutes.copy()
        seen = self.open.sum(axis=2)
        active = self.open.max(axis=3) > 0
        if held:
            active &= self.is_event[:, None, None]
        crews = [(int(y), int(k)) for y, k in np.argwhere(minutes.any(axis=2))]
        per_job = {(y, k): minutes_each(self.dense, y, k, seen) for y, k in crews}
        for turn in turns(self.dense, self.tiers[h], crews, active):
            self._serve(h, n, turn, per_job[turn.y, turn.k], remaining[turn.y, turn.k])

    def _serve(self, h: int, n: int, turn: Turn, per_job: Floats, remaining: Floats) -> None:
        """Spend `remaining` (S,) down the ranked cells; changed in place."""
        j, a, b = turn.cells
        each = per_job[j, a]
        jobs = self.open[j, a, b]
        need = jobs * each
        if self.crewing.pace is not None:
            pace = self.crewing.pace[h, turn.k, j]
            each = each / np.where(pace > 0, pace, 1.0)
            need = np.where(pace > 0, jobs * each, 0.0)
        before = np.cumsum(need, axis=0) - need
        used = np.clip(remaining[None, :] - before, 0.0, need)
        served = np.minimum(used / each, jobs)
        left = jobs - served
        self.open[j, a, b] = np.where(left > SPECK, left, 0.0)
        remaining -= np.minimum(used.sum(axis=0), remaining)
        if self.weight is not None:
            self._note(h, n, turn, used, served, self.weight)

    def _note(self, h: int, n: int, turn: Turn, used: Floats, served: Floats, weight: Floats) -> None:
        j, a, _ = turn.cells
        slot = (h, n, turn.y, turn.k)
        np.add.at(self.minutes_by_area[slot], (j, a), used @ weight)
        np.add.at(self.served_by_area[slot], (j, a), served @ weight)
        for one in np.unique(j):
            self.minutes[(*slot, int(one))] += used[j == one].sum(axis=0)
        np.add.at(self.served[:, :, h], (j, a), served)
        if h < self.named_dates:
            shape = (*self.served.shape[:2], used.shape[1])
            np.add.at(self.area_minutes.setdefault(slot, np.zeros(shape)), (j, a), used)

    def outcome(self) -> Outcome:
        return Outcome(
            minutes=self.minutes,
            minutes_by_area=self.minutes_by_area,
            served_by_area=self.served_by_area,
            open=self.left,
            late=self.late,
            served=self.served,
            cost=self.cost,
            starts=self.starts,
            area_minutes=self.area_minutes,
            turned_late=self.turned_late,
        )
