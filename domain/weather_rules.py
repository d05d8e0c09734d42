"""What weather and season do to crews: work that cannot be done, work that takes longer, crews away ploughing.

The sections `weather_rules` and `snow_duty` of a city's crews. A rule holds on a day of its season on which every
condition it gives is met; a value that a weather path does not know meets no condition.
"""

from __future__ import annotations

from pydantic import Field, model_validator

from domain.category import Amount
from domain.season import Seasonal

CONDITIONS = {
    "rain_from_mm": ("precipitation_mm", True),
    "snowfall_from_mm": ("snowfall_mm", True),
    "snow_depth_from_mm": ("snow_depth_mm", True),
    "maximum_below_c": ("temperature_max_c", False),
    "minimum_below_c": ("temperature_min_c", False),
}
"""Condition -> the weather variable it looks at, and whether it is met from its limit upwards (else below it)."""


class WeatherRule(Seasonal):
    """One rule for one skill. crew_types: whom it concerns (empty: all with the skill).

    Either `cannot_be_done`, or `minutes_factor`, by which the minutes a job are multiplied. Factors of several rules
    that hold at once multiply.
    """

    name: str = Field(min_length=1)
    skill: str
    crew_types: tuple[str, ...] = ()
    rain_from_mm: float | None = Field(default=None, gt=0, description="mm of water that day, or more")
    snowfall_from_mm: float | None = Field(default=None, gt=0, description="mm of new snow that day, or more")
    snow_depth_from_mm: float | None = Field(default=None, gt=0, description="mm of snow lying, or more")
    maximum_below_c: float | None = Field(default=None, description="the day's highest temperature stays below")
    minimum_below_c: float | None = Field(default=None, description="the day's lowest temperature falls below")
    cannot_be_done: bool = False
    minutes_factor: Amount | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> WeatherRule:
        if self.cannot_be_done == (self.minutes_factor is not None):
            raise ValueError(f"rule '{self.name}' needs either 'cannot_be_done: true' or a 'minutes_factor', not both")
        if self.minutes_factor is not None and self.minutes_factor.value <= 0:
            raise ValueError(f"rule '{self.name}': minutes_factor is {self.minutes_factor.value:g}, give one above 0")
        return self

    @property
    def limits(self) -> dict[str, float]:
        """The conditions given, with their limits."""
        found = {name: getattr(self, name) for name in CONDITIONS}
        return {name: float(limit) for name, limit in found.items() if limit is not None}


class SnowDuty(Seasonal):
    """A season of snow duty: crews of the types with `snow_duty` leave on days of `from_mm` of new snow or more,
    and on the `after_days` that follow (clearing, salting, mending ploughs)."""

    from_mm: float = Field(gt=0, description="mm of new snow a day from which crews leave")
    after_days: int = Field(default=0, ge=0, le=14, description="further days on which crews stay away")
