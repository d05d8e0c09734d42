"""Crews by each yard's share of last year's work."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import by_past_work

DAYS = 365


@dataclass(frozen=True)
class LastYearShare:
    name: str = "last-year-share"
    title: str = "crews by last year's share of work"
    needs: Belief = "none"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return by_past_work(view, view.history.jobs[..., -DAYS:].mean(axis=2))


POLICY = LastYearShare()
