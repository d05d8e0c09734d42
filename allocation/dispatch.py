"""The dispatch rule, one for plan, replay and what-if: who serves what in each shift, looking only backwards.

At the start of a shift the crews see the jobs open then: those carried over and those filed in earlier shifts. Where
requests wait before crews can begin (`Dense.ready`), they see them from the morning on which they are ready, their due
date counted from filing.
Jobs rank by the apparent tardiness cost rule (Vepsalainen and Morton 1987, "Priority rules for job shops with
weighted tardiness costs"): cost of a late day ÷ minutes × exp(−days to the due date ÷ patience), so overdue
work comes first, then the oldest; at the same rank the nearest area comes first. Four rounds: jobs due by tomorrow
in a yard's own areas, then anywhere within reach, then the rest in the same two steps. Crews held ready for events
work last, on event jobs only, and alone may serve what is filed during their shift. A contractor's crews stop at the
jobs that they are paid for.

Jobs are divisible. Every step is an array operation over the draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from allocation.dense import Bools, Dense
from allocation.dispatch_rule import Crewing as Crewing
from allocation.dispatch_rule import Run, Slot
from allocation.waiting import Waiting, still_waiting
from allocation.work import OVERDUE_BUCKETS
from domain.panel import Floats


@dataclass(frozen=True)
class Outcome:
    """What the rule achieves; every array over draws keeps the draw axis last.

    minutes: (H, N, Y, K, J, S) worked. minutes_by_area, served_by_area: (H, N, Y, K, J, A) means over the draws'
    weights. open, late: (J, A, H, S) jobs open, and open past their due date, at the end of each day.
    served: (J, A, H, S). cost: (S,) money of late days. starts: (H, J, A, B, S) open jobs when each date begins, before
    what becomes ready on it, or None where not kept. area_minutes: (h, n, y, k) -> (J, A, S) for the slots asked for by
    name. turned_late: (J, H, S) jobs that passed their due date undone, on the date on which they did.
    ordered_done: (H, N, Y, K, S) where a contractor's crews did all that they are paid for.

    All of these are jobs that crews can begin on; waiting: those that they cannot, None where nothing waits. As they
    are the same for every roster they cost nothing here; `open_all`, `late_all` and `turned_late_all` hold both.
    """

    minutes: Floats
    minutes_by_area: Floats
    served_by_area: Floats
    open: Floats
    late: Floats
    served: Floats
    cost: Floats
    starts: Floats | None
    area_minutes: dict[Slot, Floats] = field(default_factory=dict)
    turned_late: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    waiting: Waiting | None = None
    ordered_done: Bools | None = None

    @property
    def open_all(self) -> Floats:
        return self.open if self.waiting is None else self.open + self.waiting.open

    @property
    def late_all(self) -> Floats:
        return self.late if self.waiting is None else self.late + self.waiting.late

    @property
    def turned_late_all(self) -> Floats:
        return self.turned_late if self.waiting is None else self.turned_late + self.waiting.turned_late


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

    opening: (J, A, B) or (J, A, B, S) jobs that crews can begin on; arrivals: (J, A, H, N, S) jobs as filed, which join
    when `Dense.ready` says so, due as from filing; weight: (S,), sums to 1.
    named_dates: for the slots of the first so many dates, minutes are kept by area and draw.
    """
    run = Run(dense, crewing, opening, arrivals, weight, named_dates, keep_starts)
    for h in range(arrivals.shape[2]):
        run.day(h)
    return Outcome(
        minutes=run.minutes,
        minutes_by_area=run.minutes_by_area,
        served_by_area=run.served_by_area,
        open=run.left,
        late=run.late,
        served=run.served,
        cost=run.cost,
        starts=run.starts,
        area_minutes=run.area_minutes,
        turned_late=run.turned_late,
        waiting=still_waiting(dense, arrivals),
        ordered_done=run.ordered_done,
    )


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
    run = Run(dense, crewing, opening, arrivals, None, 0, False)
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
    run = Run(dense, crewing, opening, arrivals, None, 0, True)
    for h in range(arrivals.shape[2]):
        run.day(h)
    assert run.starts is not None
    return run.starts


def left_open(dense: Dense, crewing: Crewing, opening: Floats, arrivals: Floats, first: int, until: int) -> Floats:
    """Jobs open when date `until` begins, (J, A, B, S), `opening` being those when date `first` does."""
    run = Run(dense, crewing, opening, arrivals, None, 0, False)
    for h in range(first, until):
        run.day(h)
    return run.open
