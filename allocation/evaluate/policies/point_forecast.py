"""The planner on the mean of the forecast, as one certain future."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import planned


@dataclass(frozen=True)
class PointForecast:
    name: str = "point-forecast"
    title: str = "the plan for the mean forecast"
    needs: Belief = "mean"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return planned(view)


POLICY = PointForecast()
