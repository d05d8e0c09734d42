"""The planner on the joint sample paths: what crewcast publishes."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import planned


@dataclass(frozen=True)
class SamplePathsPlan:
    name: str = "sample-paths"
    title: str = "this plan"
    needs: Belief = "paths"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return planned(view)


POLICY = SamplePathsPlan()
