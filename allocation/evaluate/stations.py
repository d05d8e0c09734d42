"""How many crews of each type stand at each yard for a roster's days.

Two ways. By share: the largest remainders of each yard's part of the work. By expected cost: a yard's late work is
convex in its crews (every day's overdue work is the part of the work due by then that its minutes do not reach), so
giving the next crew where it saves most is optimal for one skill (Fox 1966, "Discrete optimization via marginal
analysis"); types with fewer skills are placed first, and what they cover is taken from what the next type sees.
"""

from __future__ import annotations

import numpy as np

from allocation.absence import present_share
from allocation.dense import Counts, Dense
from allocation.evaluate.window import Stations
from allocation.evaluate.workload import by_skills, mean_minutes, yard_of
from allocation.roster_cost import is_hired
from allocation.work import OVERDUE_BUCKETS
from domain.panel import Floats


def by_share(dense: Dense, stations: Stations, minutes: Floats) -> Stations:
    """Crews placed by each yard's share of the work their skills can do. minutes: (J, A) of work a day, on average."""
    crews = np.array(stations)
    yard = yard_of(dense)
    placed = _hired_where_they_start(dense, crews)
    for k in np.flatnonzero(~is_hired(dense)):
        here = np.array([minutes[dense.skilled[k]][:, yard == y].sum() for y in range(len(crews))])
        share = here / here.sum() if here.sum() > 0 else crews[:, k] / max(crews[:, k].sum(), 1)
        placed[:, k] = largest_remainders(share, int(crews[:, k].sum()))
    return as_stations(placed)


def _hired_where_they_start(dense: Dense, crews: Counts) -> Counts:
    """Contractors' crews at the yards they start from, (Y, K); own crews nowhere yet."""
    return np.where(is_hired(dense)[None, :], crews, 0)


def largest_remainders(share: Floats, total: int) -> Counts:
    """Whole numbers near share × total that add up to `total`; equal remainders go to the first."""
    exact = share * total
    whole = np.floor(exact + 1e-9).astype(np.int64)
    rest = total - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:rest]] += 1
    return whole


def by_expected_cost(dense: Dense, stations: Stations, opening: Floats, arrivals: Floats, weight: Floats) -> Stations:
    """Crews placed where they save most expected lateness. opening: (J, A, B), arrivals: (J, A, H, N, S) jobs."""
    crews = np.array(stations)
    due = due_minutes(dense, opening, arrivals)
    placed = _hired_where_they_start(dense, crews)
    for k in by_skills(dense):
        for _ in range(int(crews[:, k].sum())):
            left, price = _ahead(dense, due, k)
            one = _daily_minutes(dense, k)
            saved = _late(left, weight) - _late(np.maximum(left - one.cumsum(axis=1)[..., None], 0.0), weight)
            y = int(np.argmax(np.round(saved * price, 6)))
            placed[y, k] += 1
            due = _covered(dense, due, k, y, one[y])
    return as_stations(placed)


def due_minutes(dense: Dense, opening: Floats, arrivals: Floats) -> Floats:
    """Minutes of work in each yard's own areas that fall due by the end of each date, (J, Y, H, S): overdue ones at
    once. Areas belong to the nearest yard with crews of any type."""
    j_axis, _, h_axis, n_axis, draws = arrivals.shape
    each = mean_minutes(dense, opening.sum(axis=2) + 2 * arrivals.sum(axis=3).mean(axis=(2, 3)))
    due = np.zeros((j_axis, arrivals.shape[1], h_axis, draws))
    due += opening[:, :, OVERDUE_BUCKETS : OVERDUE_BUCKETS + h_axis, None]
    due[:, :, 0] += opening[:, :, :OVERDUE_BUCKETS].sum(axis=2)[..., None]
    for j in range(j_axis):
        for n in range(n_axis):
            shift = int(dense.due_days[j, n])
            if shift < h_axis:
                due[j, :, shift:] += arrivals[j, :, : h_axis - shift, n]
    work = due * each[:, :, None, None]
    yard = yard_of(dense)
    of_yard = np.stack([work[:, yard == y].sum(axis=1) for y in range(len(dense.drive))], axis=1)
    cumulative: Floats = of_yard.cumsum(axis=2)
    return cumulative


def _ahead(dense: Dense, due: Floats, k: int) -> tuple[Floats, Floats]:
    """Uncovered due minutes a crew of type k could work at each yard, (Y, H, S), and their price, (Y,)."""
    able = np.flatnonzero(dense.skilled[k])
    left: Floats = due[able].sum(axis=0)
    price = dense.late_cost[able] / np.maximum(dense.further[k, able], 1.0)
    weight = due[able, :, -1].mean(axis=-1) + 1e-9
    mixed: Floats = (price[:, None] * weight).sum(axis=0) / weight.sum(axis=0)
    return left, mixed


def _daily_minutes(dense: Dense, k: int) -> Floats:
    """Minutes one crew of type k has at each yard and date, (Y, H): its longest shift's, less absence."""
    net = np.where(dense.worked, dense.net_minutes[None, :, k, None], 0.0).max(axis=1)
    minutes: Floats = net.T * present_share(dense)[:, k]
    return minutes


def _late(left: Floats, weight: Floats) -> Floats:
    """Expected minutes overdue summed over the dates, (Y,)."""
    late: Floats = left.sum(axis=1) @ weight
    return late


def _covered(dense: Dense, due: Floats, k: int, y: int, minutes: Floats) -> Floats:
    """Due minutes after one crew of type k works at yard y; the dearest work first."""
    out = due.copy()
    able = [int(j) for j in np.flatnonzero(dense.skilled[k])]
    have = np.broadcast_to(minutes.cumsum()[:, None], due.shape[2:]).copy()
    for j in sorted(able, key=lambda j: -float(dense.late_cost[j] / max(dense.further[k, j], 1.0))):
        used = np.minimum(out[j, y], have)
        out[j, y] -= used
        have -= used
    return out


def as_stations(crews: Counts) -> Stations:
    return tuple(tuple(int(c) for c in row) for row in crews)
