"""Crews by each yard's share of the last 28 days' work."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import by_past_work

DAYS = 28


@dataclass(frozen=True)
class Last28DaysShare:
    name: str = "last-28-days-share"
    title: str = "crews by the last 28 days' share of work"
    needs: Belief = "none"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return by_past_work(view, view.history.jobs[..., -DAYS:].mean(axis=2))


POLICY = Last28DaysShare()
