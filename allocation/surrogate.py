"""What the solver is given instead of the whole problem: areas pooled to zones, draws reduced to scenarios.

A zone holds the areas whose nearest yard is the same. A source is one yard's crews of one type in one slot (date and
shift); a link is a source, a zone within its reach and a category within its skill, with the mean minutes of a job
there. Time runs over periods: the slots in which any yard works.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.absence import present_share
from allocation.dense import Bools, Counts, Dense
from allocation.reduction import Reduced, reduce
from allocation.roster_cost import is_hired, overtime_rate, shift_cost, unworked_hours
from allocation.waiting import ready_not_due, workable
from allocation.work import OVERDUE_BUCKETS, minutes_per_job
from allocation.work_weather import usable_share
from domain.panel import Floats

Index = NDArray[np.int64]

COLUMNS = 13_000
"""Size at which HiGHS reaches its gap in seconds on one core."""

FEWEST_SCENARIOS, MOST_SCENARIOS = 6, 20


@dataclass(frozen=True)
class Surrogate:
    """Arrays of the pooled problem. W scenarios, Z zones, J categories, P periods, R sources, L links, H dates. Filed
    here means that crews can begin.

    weight: (W,). added: (W, Z, J, P) jobs filed from the previous period's slot up to just before this one; the
    first holds the opening backlog and all filed before it. day_added: (W, Z, J, H) filed from the last period's
    slot to the end of the date; not_due: (W, Z, J, H) filed by the end of the date and due later. last_period: (H,)
    last period up to the end of a date, −1 before the first.
    source: (R, 4) period, date, yard, type; shift: (R,). crews_left: (H, Y, K) crews not held ready.
    net, over: (R,) minutes a crew regular and in overtime. there: (W, R) share of rostered crews at work.
    over_cost: (R,) money an overtime hour. crew_cost: (R,) money a crew-shift: wage or price.
    held: (R,) crews held ready in the slot. link: (L, 3) source, zone, category; link_minutes: (L,);
    is_held_link: (L,) worked by the held crews of that source, on event work. link_pace: (W, L) jobs done in the
    minutes of one on a fair day, 0 where weather stops the work.
    late_cost: (J,) money a job and day. low, high: (R,) regular crews that locks allow. posted: (R,) crews of the last
    roster, held ones included, NaN where unknown; change_price: (R,) money a crew that differs from it.
    call_out_cost: (R,) money for each crew called in beyond the hours it works.
    hired: crew types of contractors with crews on any date. zone: (A,) of each area.
    """

    weight: Floats
    added: Floats
    day_added: Floats
    not_due: Floats
    last_period: Index
    source: Index
    shift: Index
    crews_left: Counts
    net: Floats
    over: Floats
    there: Floats
    over_cost: Floats
    crew_cost: Floats
    held: Counts
    link: Index
    link_minutes: Floats
    is_held_link: Bools
    link_pace: Floats
    late_cost: Floats
    low: Counts
    high: Counts
    posted: Floats
    change_price: Floats
    reduced: Reduced
    zones: int
    dense: Dense
    zone: Index
    call_out_cost: Floats
    hired: Index

    @property
    def priced(self) -> Index:
        """Sources whose change against the last roster costs something."""
        return np.flatnonzero(~np.isnan(self.posted) & (self.change_price > 0))

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """W, Z, J, P."""
        w, z, j, p = self.added.shape
        return w, z, j, p


def pool(
    dense: Dense,
    opening: Floats,
    arrivals: Floats,
    duty: Bools,
    held: Counts,
    weight: Floats,
    scenarios: int | None = None,
    pace: Floats | None = None,
    zone: Index | None = None,
) -> Surrogate:
    """The surrogate of the whole problem.

    opening: (J, A, B) or (J, A, B, S); arrivals: (J, A, H, N, S) jobs; duty: (H, K, S) whether a type is there;
    held: (H, N, Y, K) crews held ready; weight: (S,). scenarios: how many draws to keep; by default as many as
    keep the surrogate near COLUMNS columns. pace: (H, K, J, S) what weather lets a type do, by default all. zone: (A,)
    zone of each area, by default that of its nearest yard; one zone an area and all draws are the extensive form.
    """
    zone = zones(dense) if zone is None else zone
    open_jobs = opening if opening.ndim == 4 else opening[..., None]
    mean_open = open_jobs.sum(axis=2).mean(axis=-1) + 2 * _mean_day(arrivals, weight)
    source, slots = _sources(dense)
    links, link_minutes, is_held = _links(dense, zone, source, mean_open, held)
    size = scenarios or _affordable(dense, zone, len(slots), len(links))
    reduced = _scenarios(dense, zone, arrivals, open_jobs, usable_share(dense, duty, pace), weight, size)
    chosen = arrivals[..., reduced.index]
    start = open_jobs[..., reduced.index] if open_jobs.shape[-1] > 1 else open_jobs
    added, day_added, not_due, last = _timeline(dense, zone, start, chosen, slots)
    _, h, y, k, n = source.T
    over_rate = overtime_rate(dense)[h, k]
    return Surrogate(
        weight=reduced.weight,
        added=added,
        day_added=day_added,
        not_due=not_due,
        last_period=last,
        source=source[:, :4],
        shift=n,
        crews_left=np.maximum(dense.available - held.sum(axis=1), 0),
        net=dense.net_minutes[n, k],
        over=dense.overtime_by_type[n, k],
        there=duty[h, k][:, reduced.index].T * present_share(dense)[h, k],
        over_cost=over_rate,
        crew_cost=shift_cost(dense)[n, k],
        held=held[h, n, y, k],
        link=links,
        link_minutes=link_minutes,
        is_held_link=is_held,
        link_pace=_link_pace(source, links, pace, reduced.index),
        late_cost=dense.late_cost,
        low=dense.low[h, n, y, k],
        high=dense.high[h, n, y, k],
        posted=dense.posted[h, n, y, k],
        change_price=dense.change_price[h],
        reduced=reduced,
        zones=int(zone.max(initial=-1)) + 1,
        dense=dense,
        zone=zone,
        call_out_cost=over_rate * unworked_hours(dense)[n],
        hired=np.flatnonzero(is_hired(dense) & dense.available.any(axis=(0, 1))),
    )


def zones(dense: Dense) -> Index:
    """Zone of each area, (A,): areas with the same nearest yard among those with crews; parted by district where a
    rule looks at districts."""
    staffed = np.asarray(dense.available.any(axis=(0, 2)))
    drive = np.where(staffed[:, None], dense.drive, np.inf) if staffed.any() else dense.drive
    nearest = drive.argmin(axis=0)
    if dense.problem.rules.by_district:
        _, district = np.unique([a.district for a in dense.problem.areas], return_inverse=True)
        nearest = nearest * (district.max() + 1) + district
    _, zone = np.unique(nearest, return_inverse=True)
    return zone.astype(np.int64)


def _affordable(dense: Dense, zone: Index, periods: int, links: int) -> int:
    """How many scenarios keep the surrogate near COLUMNS columns."""
    pools = (int(zone.max(initial=0)) + 1) * max(len(dense.work), 1)
    each = links + pools * (periods + len(dense.problem.dates))
    return int(np.clip(COLUMNS // max(each, 1), FEWEST_SCENARIOS, MOST_SCENARIOS))


def _mean_day(arrivals: Floats, weight: Floats) -> Floats:
    """Mean jobs a day, (J, A)."""
    mean: Floats = (arrivals.sum(axis=3) @ weight).mean(axis=2)
    return mean


def _pooled(values: Floats, zone: Index) -> Floats:
    """Sum over areas (axis 1) into zones."""
    out = np.zeros((values.shape[0], int(zone.max()) + 1, *values.shape[2:]))
    for z in range(out.shape[1]):
        out[:, z] = values[:, zone == z].sum(axis=1)
    return out


def _scenarios(
    dense: Dense, zone: Index, arrivals: Floats, opening: Floats, able: Floats, weight: Floats, size: int
) -> Reduced:
    """Draws ranked by minutes of work and lost to weather; alike in work by zone and third of the horizon."""
    service = np.array([w.service_minutes.value for w in dense.work])
    work = np.einsum("jzhs,j->zhs", _pooled(arrivals.sum(axis=3), zone), service)
    work[:, 0] += np.einsum("jzbs,j->zs", _pooled(opening, zone), service)
    lost = np.einsum("hyk,hks->hs", dense.available * float(dense.minutes.max(initial=0.0)), 1.0 - able)
    thirds = np.array_split(np.arange(work.shape[1]), min(3, work.shape[1]))
    parts = [work[:, part].sum(axis=1) for part in thirds] + [lost[part].sum(axis=0)[None] for part in thirds]
    return reduce(work.sum(axis=(0, 1)) + lost.sum(axis=0), np.concatenate(parts).T, weight, size)


def _link_pace(source: Index, links: Index, pace: Floats | None, draws: Index) -> Floats:
    """Pace of each link in each kept draw, (W, L)."""
    if pace is None:
        return np.ones((len(draws), len(links)))
    day, crew_type = source[links[:, 0], 1], source[links[:, 0], 3]
    by_link: Floats = pace[day, crew_type, links[:, 2]][:, draws].T
    return by_link


def _sources(dense: Dense) -> tuple[Index, list[tuple[int, int]]]:
    """Rows period, date, yard, type, shift of every slot in which a yard with crews works; and the slots in order."""
    can = dense.worked[:, :, :, None] & np.asarray(dense.available > 0)[:, None, :, :]
    slots = [(int(h), int(n)) for h, n in np.argwhere(can.any(axis=(2, 3)))]
    rows = [(p, h, y, k, n) for p, (h, n) in enumerate(slots) for y, k in np.argwhere(can[h, n])]
    return np.array(rows, dtype=np.int64).reshape(-1, 5), slots


def _links(dense: Dense, zone: Index, source: Index, mean_open: Floats, held: Counts) -> tuple[Index, Floats, Bools]:
    """Every source × zone within reach × category within skill, with mean minutes a job; those of held crews last."""
    cells = {(y, k): _zone_minutes(dense, zone, y, k, mean_open) for y, k in {(int(r[2]), int(r[3])) for r in source}}
    event = np.array([w.kind == "event" for w in dense.work], dtype=bool)
    rows, minutes, is_held = [], [], []
    for ready in (False, True):
        for r, (_, h, y, k, n) in enumerate(source):
            if ready and held[h, n, y, k] == 0:
                continue
            for z, j, each in cells[int(y), int(k)]:
                if event[j] or not ready:
                    rows.append((r, z, j))
                    minutes.append(each)
                    is_held.append(ready)
    return np.array(rows, dtype=np.int64).reshape(-1, 3), np.array(minutes), np.array(is_held, dtype=bool)


def _zone_minutes(dense: Dense, zone: Index, y: int, k: int, mean_open: Floats) -> list[tuple[int, int, float]]:
    """(zone, category, minutes a job) where the yard's crews reach half of the zone's work, or are the nearest."""
    found = []
    for j in np.flatnonzero(dense.skilled[k]):
        load = mean_open[j] + 1e-6
        areas = np.arange(len(zone))
        each = minutes_per_job(dense, y, k, int(j), mean_open[j][:, None], areas)[:, 0]
        for z in range(int(zone.max()) + 1):
            inside = zone == z
            reached = load[inside & dense.reach[k, y]].sum() >= load[inside].sum() / 2
            if reached or (inside & dense.own[k, y]).any():
                found.append((z, int(j), float(np.average(each[inside], weights=load[inside]))))
    return found


def _timeline(
    dense: Dense, zone: Index, opening: Floats, arrivals: Floats, slots: list[tuple[int, int]]
) -> tuple[Floats, Floats, Floats, Index]:
    """added, day_added, not_due and last_period as in Surrogate, from jobs pooled to zones."""
    reported = _pooled(arrivals, zone)
    pooled = _zoned(dense, zone)
    filed = workable(pooled, reported)
    j, z, h, n, w = filed.shape
    start = np.broadcast_to(_pooled(opening.sum(axis=2), zone), (j, z, w))
    total = np.concatenate(
        [start[:, :, None], start[:, :, None] + filed.reshape(j, z, h * n, w).cumsum(axis=2)], axis=2
    )
    at = np.array([day * n + shift for day, shift in slots], dtype=np.int64)
    seen = total[:, :, at]
    added = np.maximum(np.round(np.diff(seen, axis=2, prepend=0.0), 9), 0.0)  # no specks of rounding for the solver
    ends = (np.arange(h) + 1) * n
    last = np.searchsorted(at, ends, side="left") - 1
    before = np.where(last[None, None, :, None] >= 0, total[:, :, at[np.maximum(last, 0)]] if len(at) else 0.0, 0.0)
    day_added = total[:, :, ends] - before
    return (
        *(np.transpose(x, (3, 1, 0, 2)) for x in (added, day_added, _not_due(pooled, zone, opening, reported))),
        last,
    )


def _zoned(dense: Dense, zone: Index) -> Dense:
    """What waits pooled to zones."""
    if dense.ready is None or dense.ready.waiting is None:
        return dense
    return replace(dense, ready=replace(dense.ready, waiting=_pooled(dense.ready.waiting, zone)))


def _not_due(dense: Dense, zone: Index, opening: Floats, filed: Floats) -> Floats:
    """Jobs filed by the end of a date that fall due on a later one, (J, Z, H, W)."""
    j, z, h, n, w = filed.shape
    start = np.broadcast_to(_pooled(opening, zone), (j, z, opening.shape[2], w))
    if dense.ready is not None:
        return ready_not_due(dense, start, filed)
    later = np.zeros((j, z, h, w))
    for day in range(h):
        later[:, :, day] = start[:, :, OVERDUE_BUCKETS + day + 1 :].sum(axis=2)
    for one in range(j):
        for shift in range(n):
            for day in range(h):
                until = min(day + int(dense.due_by_date[day, one, shift]), h)
                later[one, :, day:until] += filed[one, :, day, shift][:, None, :]
    return later
