"""The policies of a replay, in the order of the report."""

from __future__ import annotations

from allocation.evaluate.policies import (
    flat,
    last_28_days_share,
    last_year_share,
    oracle,
    point_forecast,
    sample_paths,
    supervisor,
    true_paths,
)
from allocation.evaluate.policy import Policy

SIMPLE = ("flat", "supervisor", "last-year-share", "last-28-days-share")
"""What can be done without a forecast: the best of them is the bar."""
OURS = "sample-paths"
BEST = "oracle"

POLICIES: tuple[Policy, ...] = (
    flat.POLICY,
    supervisor.POLICY,
    last_year_share.POLICY,
    last_28_days_share.POLICY,
    point_forecast.POLICY,
    sample_paths.POLICY,
    oracle.POLICY,
)
WITH_TRUTH: tuple[Policy, ...] = (*POLICIES, true_paths.POLICY)
"""And planning on the simulator's own paths, where there is a simulator."""
