"""Constraints that look after districts: a least service, and lateness that is not too unequal.

Both hold for the surrogate's expected values over its scenarios, in which each scenario is served knowing it; what
dispatch achieves is published beside.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.constraints import Columns, Rows
from allocation.single_rows import stacked
from allocation.surrogate import Index, Surrogate


def least_service_by_district(s: Surrogate, c: Columns) -> Rows:
    """Of a category's jobs expected in a district by the last shift, at least the stated share is served."""
    rows, labels, every = [], [], []
    categories = [w.category for w in s.dense.work]
    for rule in s.dense.problem.rules.minimum_service:
        j = categories.index(rule.category)
        for name, inside in _districts(s):
            links = np.flatnonzero(np.isin(s.link[:, 1], inside) & (s.link[:, 2] == j))
            jobs = float(s.weight @ s.added[:, inside, j].sum(axis=(1, 2)))
            value = np.broadcast_to(s.weight[:, None], (len(s.weight), len(links)))
            rows.append((c.jobs[:, links].ravel(), value.ravel(), rule.share * jobs, np.inf))
            labels.append(f"{rule.category} in {name}")
            every.append(max(jobs, 1e-9))
    return replace(stacked(rows, tuple(labels)), of=np.array(every))


def lateness_alike_by_district(s: Surrogate, c: Columns) -> Rows:
    """No district has more late days a job than the city and the stated number; and no more is late than is open."""
    most = s.dense.problem.rules.most_unequal_late_days
    if most is None:
        return stacked([])
    jobs = s.weight @ (s.added.sum(axis=(2, 3)) + s.day_added[..., -1].sum(axis=2))
    rows, labels = [], []
    for name, inside in _districts(s):
        if jobs[inside].sum() > 0:
            own = np.isin(np.arange(s.zones), inside) / jobs[inside].sum()
            value = s.weight[:, None] * (own - 1 / jobs.sum())[None, :]
            spread = np.broadcast_to(value[..., None, None], c.late.shape)
            rows.append((c.late.ravel(), spread.ravel(), -np.inf, most))
            labels.append(f"late days a job in {name}")
    return _joined(stacked(rows, tuple(labels)), _late_within_open(s, c))


def _late_within_open(s: Surrogate, c: Columns) -> Rows:
    """late ≤ open at the end of the date: lateness must not be put elsewhere to look alike."""
    every = np.arange(c.late.size).reshape(c.late.shape)
    seen = np.flatnonzero(s.last_period >= 0)
    left = c.open[..., s.last_period[seen]].ravel()
    return Rows(
        row=np.concatenate([every.ravel(), every[..., seen].ravel()]),
        column=np.concatenate([c.late.ravel(), left]),
        value=np.concatenate([np.ones(every.size), -np.ones(left.size)]),
        lower=np.full(every.size, -np.inf),
        upper=np.ravel(np.maximum(s.day_added, 0.0)),
    )


def _joined(one: Rows, other: Rows) -> Rows:
    labels = one.labels + ("",) * len(other.lower)
    return Rows(
        row=np.concatenate([one.row, other.row + len(one.lower)]),
        column=np.concatenate([one.column, other.column]),
        value=np.concatenate([one.value, other.value]),
        lower=np.concatenate([one.lower, other.lower]),
        upper=np.concatenate([one.upper, other.upper]),
        labels=labels,
    )


def _districts(s: Surrogate) -> list[tuple[str, Index]]:
    """Each district with its zones; zones are parted by district where a rule looks at districts."""
    of_area = np.array([a.district for a in s.dense.problem.areas])
    return [(str(name), np.unique(s.zone[of_area == name])) for name in np.unique(of_area)]
