"""A part of the year by month and day: when a rule, a duty or a contract holds."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from domain.category import Strict

LEAP_YEAR = 2024


def _month_day(value: str) -> str:
    try:
        month, day = (int(part) for part in value.split("-"))
        return date(LEAP_YEAR, month, day).strftime("%m-%d")
    except ValueError as error:
        raise ValueError(f"'{value}' is not a month and day such as \"11-15\"") from error


MonthDay = Annotated[str, AfterValidator(_month_day)]


class Seasonal(Strict):
    """from, until: "MM-DD", both included; a season whose end lies before its start runs over New Year.

    Without both the whole year is meant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    from_: MonthDay | None = Field(default=None, alias="from")
    until: MonthDay | None = None

    @model_validator(mode="after")
    def _both_ends(self) -> Seasonal:
        if (self.from_ is None) != (self.until is None):
            raise ValueError("a season needs both 'from' and 'until' (month and day), or neither for the whole year")
        return self

    @property
    def has_season(self) -> bool:
        return self.from_ is not None

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies in the season."""
        if self.from_ is None or self.until is None:
            return True
        here = day.strftime("%m-%d")
        if self.from_ <= self.until:
            return self.from_ <= here <= self.until
        return here >= self.from_ or here <= self.until

    def days(self) -> frozenset[int]:
        """Days of a leap year (1 is 1 January) that the season holds."""
        every = range(date(LEAP_YEAR, 1, 1).toordinal(), date(LEAP_YEAR + 1, 1, 1).toordinal())
        first = every[0] - 1
        return frozenset(day - first for day in every if self.holds_on(date.fromordinal(day)))
