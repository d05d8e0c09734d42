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
