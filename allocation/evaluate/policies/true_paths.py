"""The planner on the simulator's own paths: the best that planning on honest draws could do. Simulated cities only."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import planned


@dataclass(frozen=True)
class TruePaths:
    name: str = "true-paths"
    title: str = "the plan on the true paths"
    needs: Belief = "truth"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return planned(view)


POLICY = TruePaths()
