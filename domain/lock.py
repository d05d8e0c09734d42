"""A planner's lock: how many crews of a type work one yard's shift on one day, whatever the solver would choose."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, model_validator

from domain.category import Strict


class Lock(Strict):
    """Crews on regular work: exactly `crews`, or from `at_least` to `at_most`; `forbidden` is exactly none.

    entry: where it was written, for messages; no part of what it says.
    """

    date: dt.date
    shift: str
    yard: str
    crew_type: str
    crews: int | None = Field(default=None, ge=0)
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    forbidden: bool = False
    entry: str = Field(default="", exclude=True)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Lock:
        bounded = self.at_least is not None or self.at_most is not None
        if (self.crews is not None) + bounded + self.forbidden != 1:
            raise ValueError("give one of: crews, at_least and/or at_most, forbidden: true")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at least {self.at_least} and at most {self.at_most} crews contradict each other")
        return self

    @property
    def low(self) -> int:
        return self.crews if self.crews is not None else self.at_least or 0

    @property
    def high(self) -> int | None:
        """None: no upper bound."""
        if self.forbidden:
            return 0
        return self.crews if self.crews is not None else self.at_most

    @property
    def binds(self) -> bool:
        """Whether it holds anything: at least no crew lifts a lock of the same slot."""
        return self.low > 0 or self.high is not None

    def implies(self, other: Lock) -> bool:
        """Whether every number of crews that it allows is one that the other allows, on the same slot."""
        below = other.high is None or (self.high is not None and self.high <= other.high)
        return self.slot == other.slot and self.low >= other.low and below

    @property
    def slot(self) -> tuple[dt.date, str, str, str]:
        return self.date, self.shift, self.yard, self.crew_type

    def __str__(self) -> str:
        """As one writes it inline: "2025-03-18 day 'Landing Yard' patching=1"."""
        where = f"{self.date} {self.shift} '{self.yard}' {self.crew_type}"
        if self.crews is not None or self.forbidden:
            return f"{where}={self.low}"
        parts = [f">={self.at_least}" if self.at_least is not None else ""]
        parts += [f"<={self.at_most}" if self.at_most is not None else ""]
        return where + "".join(parts)


SHOWN = 3


class LocksEntry(Strict):
    """What the locks of a published plan cost: simulated money over its dates with them, and of the plan decided
    without them on the same draws. locks: as one writes them inline."""

    locks: tuple[str, ...]
    cost_with: float
    cost_without: float

    def sentence(self, currency: str) -> str:
        """The locks and their price in words."""
        count = len(self.locks)
        more = f" and {count - SHOWN} more" if count > SHOWN else ""
        what = f"{count} lock{'' if count == 1 else 's'} kept ({'; '.join(self.locks[:SHOWN])}{more})"
        both = f"{self.cost_with:,.0f} with, {self.cost_without:,.0f} without, on the same draws"
        return f"{what}: {price_words(self.cost_with - self.cost_without, currency)} over the plan ({both})"


def price_words(price: float, currency: str) -> str:
    """What locks cost, whole units of money."""
    whole = round(price)
    if whole == 0:
        return f"price 0 {currency} of simulated cost"
    why = "; below zero, as the roster without them was found within the solver's gap, or kept for calm"
    return f"price {whole:+,} {currency} of simulated cost{why if whole < 0 else ''}"
