"""A city of one yard whose roster is ruled, and whether rows of a rule hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocation.constraints import Columns, Rows
from allocation.dense import dense
from allocation.surrogate import Surrogate, pool
from allocation.work import buckets


def ruled(
    build: Any,
    *,
    days: int = 3,
    crews: int = 2,
    open_jobs: float = 40,
    cost: float = 1000,
    held: int = 0,
    areas: int = 1,
    share: float = 1.0,
    **section: Any,
) -> Surrogate:
    """One yard with patching crews on a day (07-15, 120 min overtime) and an evening shift (15-23); one scenario.

    share: of the open jobs that lie in the first district.
    """
    plan = build.city_plan(
        categories=[build.pothole | {"queue": {"due_hours": 24, "cost_per_late_day": cost}}],
        types=build.types[:1],
        **{
            "yards": [{"name": "y", "lat": 40.0, "lon": -90.0, "crews": {"patching": crews}}],
            "shifts": [build.shifts[0] | {"overtime_minutes": 120}, build.shifts[1] | {"overtime_minutes": 0}],
        }
        | section,
    )
    d = dense(build.problem_of(plan, build.area_map(areas), days))
    opening = np.zeros((1, areas, buckets(d)))
    opening[0, 0, 0] += open_jobs * share
    opening[0, -1, 0] += open_jobs * (1 - share)
    k = len(d.problem.crew_types)
    standing = np.zeros((days, 2, len(d.problem.yards), k), dtype=np.int64)
    standing[:, 0, 0, 0] = held
    shape = (1, areas, days, 2, 1)
    return pool(d, opening, np.zeros(shape), np.ones((days, k, 1), dtype=bool), standing, np.ones(1))


def holds(rows: Rows, c: Columns, **blocks: Any) -> np.ndarray:
    values = np.zeros(c.size)
    for name, given in blocks.items():
        values[getattr(c, name)] = given
    total = np.bincount(rows.row, rows.value * values[rows.column], minlength=len(rows.lower))
    return np.asarray((total >= rows.lower - 1e-9) & (total <= rows.upper + 1e-9))
