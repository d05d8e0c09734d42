"""Constraint rows written one by one, where there are few and each is its own case."""

from __future__ import annotations

import numpy as np

from allocation.constraints import Rows
from allocation.surrogate import Index
from domain.panel import Floats

Row = tuple[Index, Floats, float, float]
"""Columns, their values, lower and upper bound of one row."""


def stacked(rows: list[Row], labels: tuple[str, ...] = ()) -> Rows:
    """Single rows as one block."""
    none = np.zeros(0, dtype=np.int64)
    at = [np.full(len(columns), i, dtype=np.int64) for i, (columns, _, _, _) in enumerate(rows)]
    return Rows(
        row=np.concatenate([*at, none]),
        column=np.concatenate([*(r[0] for r in rows), none]),
        value=np.concatenate([*(r[1] for r in rows), np.zeros(0)]),
        lower=np.array([r[2] for r in rows], dtype=float),
        upper=np.array([r[3] for r in rows], dtype=float),
        labels=labels,
    )
