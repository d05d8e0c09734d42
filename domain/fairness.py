"""Whether and how the plan makes up for areas that report less. Off until a named person switches it on."""

from __future__ import annotations

from datetime import date as day
from typing import Literal

from pydantic import Field, model_validator

from domain.category import Share, Strict

FairnessMode = Literal["off", "weight", "floor"]


class Fairness(Strict):
    """`crews.fairness` of a city YAML. Demand as reported stays the published number in every mode.

    weight: a late job in an area that reports less counts for more when crews are rostered and sent.
    floor: an area is planned for at least `floor` × the demand it would report if it reported like the median area;
    what that adds is work that crews find there, and its jobs count for as much more.
    """

    mode: FairnessMode = "off"
    switched_on_by: str = Field(default="", description="the person who answers for it")
    date: day | None = Field(default=None, description="since when")
    floor: Share = 0.8

    @model_validator(mode="after")
    def _somebody_answers_for_it(self) -> Fairness:
        if self.mode != "off" and not (self.switched_on_by.strip() and self.date):
            raise ValueError(
                f"mode '{self.mode}' needs `switched_on_by` (a person's name) and `date`: nobody switched it on"
            )
        return self


class FairnessEntry(Strict):
    """What a published plan says of it: who switched it on, and its price on the plan's own draws.

    cost_with, cost_without: money of late days of reported work and of overtime, over the plan's dates.
    late_with, late_without: late job-days of reported work, what crews cannot begin yet included, of the areas that
    report less of that kind of work than the median. pairs: how many pairs of area and work these are, 0 where an
    earlier release did not say; areas: in how many areas; surely: in how many of the pairs the whole interval lies
    below the median, None where an earlier release did not say.
    """

    mode: FairnessMode
    switched_on_by: str
    date: day
    floor: float
    cost_with: float
    cost_without: float
    late_with: float
    late_without: float
    areas: int
    pairs: int = 0
    surely: int | None = None

    @property
    def price(self) -> float:
        """Money that it costs over the plan's dates; negative where the plan became cheaper by chance of the draws."""
        return self.cost_with - self.cost_without

    def sentence(self, currency: str) -> str:
        """The price in words."""
        few = f"the {self.pairs} pairs of area and work" if self.pairs else f"the {self.areas} areas"
        floor = f" of {self.floor:.0%}" if self.mode == "floor" else ""
        price = f"{self.price:,.0f} {currency}" if self.price >= 0.5 else "nothing that can be measured"
        sure = "" if self.surely is None else f" ({self.surely or 'none'} surely)"
        return (
            f"fairness {self.mode}{floor}, switched on by {self.switched_on_by} on {self.date}: costs "
            f"{price} over the plan ({self.cost_with:,.0f} with, {self.cost_without:,.0f} "
            f"without, on the same draws); late job-days of {few} that are taken to report less{sure}, "
            f"waiting jobs included: "
            f"{self.late_with:,.1f} with, {self.late_without:,.1f} without"
        )
