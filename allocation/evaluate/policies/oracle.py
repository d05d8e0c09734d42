"""The planner that knows what will be filed: the best a forecast could do for a roster. Its dispatch sees no more."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import planned


@dataclass(frozen=True)
class Oracle:
    name: str = "oracle"
    title: str = "a plan that knows the requests"
    needs: Belief = "arrivals"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return planned(view)


POLICY = Oracle()
