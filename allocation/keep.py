"""The last vintage's roster on today's crews, its overtime and its new days solved anew."""

from __future__ import annotations

from dataclasses import replace

from allocation.dense import Counts, Dense
from allocation.posted import is_calm, kept_bounds
from allocation.solve import Roster, solve
from allocation.surrogate import Surrogate
from domain.errors import SolveFailedError


def last_roster(dense: Dense, s: Surrogate, held: Counts) -> Roster | None:
    """None where there is no last roster that costs something to leave, or none can be kept under today's rules. held:
    (H, N, Y, K) crews held ready."""
    if not is_calm(dense):
        return None
    low, high = kept_bounds(dense, held)
    _, h, y, k = s.source.T
    try:
        return solve(dense, replace(s, low=low[h, s.shift, y, k], high=high[h, s.shift, y, k]))
    except SolveFailedError:  # bounds that hold it may leave no roster, and are no rule to be named
        return None
