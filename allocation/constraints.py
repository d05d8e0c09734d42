"""The constraints of the roster, one named function each: rows of `lower ≤ A x ≤ upper` over `Columns`.

A constraint is added by writing such a function and naming it in `allocation.solve.CONSTRAINTS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from allocation.surrogate import Index, Surrogate
from domain.panel import Floats


def _none() -> Index:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Columns:
    """Where each variable lies. crews, overtime: (R,); jobs: (W, L); open: (W, Z, J, P); late: (W, Z, J, H).

    called: (R,) crews called in for overtime, where overtime has a paid minimum, else (0,). hired: one a contractor.
    changed: one for each of `Surrogate.priced`, crews by which it differs from the last roster.
    """

    crews: Index
    overtime: Index
    jobs: Index
    open: Index
    late: Index
    called: Index = field(default_factory=_none)
    hired: Index = field(default_factory=_none)
    changed: Index = field(default_factory=_none)

    @property
    def size(self) -> int:
        return int(sum(getattr(self, block.name).size for block in fields(self)))


@dataclass(frozen=True)
class Rows:
    """Sparse rows: entries (row, column, value) and bounds (rows,). labels: what each row is about, where told. of:
    (rows,) what `lower` is a share of, where a rule states a share."""

    row: Index
    column: Index
    value: Floats
    lower: Floats
    upper: Floats
    labels: tuple[str, ...] = ()
    of: Floats | None = None


def columns(s: Surrogate) -> Columns:
    """Columns in a fixed order."""
    w, z, j, p = s.sizes
    shapes = [(len(s.source),), (len(s.source),), (w, len(s.link)), (w, z, j, p), (w, z, j, s.day_added.shape[3])]
    shapes += [(len(s.source) if s.dense.problem.rules.pay.minimum_call_out_minutes else 0,), (len(s.hired),)]
    shapes += [(len(s.priced),)]
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    blocks = [np.arange(a, b).reshape(shape) for a, b, shape in zip(ends[:-1], ends[1:], shapes, strict=True)]
    return Columns(*blocks)


def _rows(parts: list[tuple[Index, Index, Floats]], lower: Floats, upper: Floats) -> Rows:
    row, column, value = (np.concatenate([np.ravel(part[i]) for part in parts]) for i in range(3))
    return Rows(row.astype(np.int64), column.astype(np.int64), value.astype(float), np.ravel(lower), np.ravel(upper))


def _minutes_of(s: Surrogate, links: Index) -> Floats:
    """Minutes a job on some links in each scenario's weather, (W, len(links))."""
    pace = s.link_pace[:, links]
    minutes: Floats = s.link_minutes[links] / np.where(pace > 0, pace, 1.0)
    return minutes


def place(s: Surrogate, h: int, y: int, k: int) -> str:
    """Crew type, yard and date in words."""
    problem = s.dense.problem
    return f"{problem.crew_types[k].name} at {problem.yards[y].name} on {problem.dates[h]}"


def crews_within_availability(s: Surrogate, c: Columns) -> Rows:
    """A crew works one shift a day: a yard's crews of a type over its shifts are at most those not held ready."""
    _, h, y, k = s.source.T
    keys, row = np.unique(np.column_stack([h, y, k]), axis=0, return_inverse=True)
    upper = s.crews_left[tuple(keys.T)].astype(float)
    rows = _rows([(row.ravel(), c.crews, np.ones(len(row)))], np.zeros(len(keys)), upper)
    return replace(rows, labels=tuple(place(s, *key) for key in keys))


def overtime_within_limit(s: Surrogate, c: Columns) -> Rows:
    """Overtime hours are at most the shift's limit for each rostered crew."""
    row = np.arange(len(s.source))
    parts = [(row, c.overtime, np.ones(len(row))), (row, c.crews, -s.over / 60)]
    rows = _rows(parts, np.full(len(row), -np.inf), np.zeros(len(row)))
    return replace(rows, labels=tuple(place(s, *key) for key in s.source[:, 1:4]))


def minutes_within_roster(s: Surrogate, c: Columns) -> Rows:
    """In each scenario regular crews work no more minutes than the rostered ones who are there have."""
    w, sources = s.there.shape
    regular = np.flatnonzero(~s.is_held_link)
    row = np.arange(w)[:, None] * sources + s.link[regular, 0][None, :]
    every = np.arange(w * sources).reshape(w, sources)
    parts = [
        (row, c.jobs[:, regular], _minutes_of(s, regular)),
        (every, np.broadcast_to(c.crews, every.shape), -s.there * s.net),
        (every, np.broadcast_to(c.overtime, every.shape), -60.0 * s.there),
    ]
    return _rows(parts, np.full(every.size, -np.inf), np.zeros(every.size))


def minutes_within_readiness(s: Surrogate, c: Columns) -> Rows:
    """In each scenario crews held ready work no more minutes than those who are there have, on event work alone."""
    w = s.there.shape[0]
    sources = np.flatnonzero(s.held > 0)
    links = np.flatnonzero(s.is_held_link)
    place = np.searchsorted(sources, s.link[links, 0])
    row = np.arange(w)[:, None] * len(sources) + place[None, :]
    upper = s.there[:, sources] * (s.net * s.held)[sources]
    return _rows([(row, c.jobs[:, links], _minutes_of(s, links))], np.full(upper.size, -np.inf), upper)


def weather_stops_work(s: Surrogate, c: Columns) -> Rows:
    """No job is served on a link whose work the scenario's weather stops."""
    stopped = c.jobs[s.link_pace == 0]
    upper = np.zeros(stopped.size)
    return _rows([(np.arange(stopped.size), stopped, np.ones(stopped.size))], upper, upper)


def open_jobs_carry_over(s: Surrogate, c: Columns) -> Rows:
    """Open jobs after a period = open before + filed since − served; the opening backlog is in the first, whole."""
    w, z, j, p = s.sizes
    every = np.arange(w * z * j * p).reshape(w, z, j, p)
    period = s.source[s.link[:, 0], 0]
    served = every[:, s.link[:, 1], s.link[:, 2], period]
    parts = [
        (every, c.open, np.ones(every.shape)),
        (every[..., 1:], c.open[..., :-1], -np.ones(every[..., 1:].shape)),
        (served, c.jobs, np.ones(served.shape)),
    ]
    return _rows(parts, s.added, s.added)


def overdue_jobs_are_late(s: Surrogate, c: Columns) -> Rows:
    """Late at the end of a date ≥ open then − those not yet due: exact where the earliest due is served first."""
    seen = np.flatnonzero(s.last_period >= 0)
    every = np.arange(c.late[..., seen].size).reshape(c.late[..., seen].shape)
    parts = [
        (every, c.late[..., seen], np.ones(every.shape)),
        (every, c.open[..., s.last_period[seen]], -np.ones(every.shape)),
    ]
    lower = (s.day_added - s.not_due)[..., seen]
    return _rows(parts, lower, np.full(lower.size, np.inf))


def changes_are_counted(s: Surrogate, c: Columns) -> Rows:
    """Changed ≥ crews − those of the last roster, and ≥ the reverse; crews held ready count as being there."""
    at = s.priced
    row, ones = np.arange(len(at)), np.ones(len(at))
    apart = s.posted[at] - s.held[at]
    parts = [
        (row, c.changed, ones), (row, c.crews[at], -ones),
        (row + len(at), c.changed, ones), (row + len(at), c.crews[at], ones),
    ]  # fmt: skip
    lower = np.concatenate([-apart, apart])
    return _rows(parts, lower, np.full(lower.size, np.inf))
