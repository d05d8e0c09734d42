"""The even roster: the same crews at the same yards every day."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.evaluate.policy import Belief, Committed, View
from allocation.evaluate.rosters import even


@dataclass(frozen=True)
class Flat:
    name: str = "flat"
    title: str = "the even roster"
    needs: Belief = "none"
    calls_in_by_rain: bool = False

    def roster(self, view: View) -> Committed:
        return even(view)


POLICY = Flat()
