"""Rules that a roster must keep and money it costs, beside wages: the section `rules` of a city's crews."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from domain.category import Amount, Figure, Share, Strict
from domain.season import Seasonal

MOST_CREWS = 100
"""Of one type at one yard; a roster is played crew by crew."""


class AbsenceSeason(Seasonal):
    """A part of the year in which more or fewer stay away: the mean is multiplied by `factor`."""

    factor: float = Field(gt=0)


class Absence(Strict):
    """Absence as a distribution: on each date and at each yard the chance to stay away is drawn from a Beta
    distribution, so that crews of one yard are missing together (beta-binomial).

    concentration: the sum of the Beta's two parameters: large, and every day is like the mean; 20 gives a share of
    mean 0.10 a standard deviation of 0.065.
    """

    mean: Amount
    concentration: float = Field(gt=0)
    seasons: tuple[AbsenceSeason, ...] = ()

    @field_validator("mean")
    @classmethod
    def _mean_is_a_share(cls, value: Figure) -> Figure:
        if not 0 <= value.value < 1:
            raise ValueError(f"absence: mean is {value.value:g}, give a share from 0 to below 1")
        return value


class PayRules(Strict):
    """minimum_call_out_minutes: paid for any overtime of a crew, however short. standby_per_crew_hour: money beside
    the level's own cost for each crew held on standby. holiday_factor: on overtime worked on a holiday, beside the crew
    type's overtime_factor. A regular shift on a holiday costs its wage: regular wages are paid whoever is rostered."""

    minimum_call_out_minutes: float = Field(default=0, ge=0, le=720)
    standby_per_crew_hour: float = Field(default=0, ge=0)
    holiday_factor: float = Field(default=1, ge=1)


class WorkingTime(Strict):
    """minimum_rest_hours: between the end of a shift, with all the overtime it allows, and the crew's next.
    longest_week_hours: of a crew, by the clock, with overtime, in any seven days in a row. Whole shifts of whole crews,
    shorter ones of a yard counted as its longest; overtime as crews who share it evenly need."""

    minimum_rest_hours: float = Field(default=0, ge=0, le=24)
    longest_week_hours: float | None = Field(default=None, gt=0)


class Equipment(Strict):
    """A machine that there are only so many of: at most `number` crews of these types, all yards together, a day."""

    name: str = Field(min_length=1)
    crew_types: tuple[str, ...] = Field(min_length=1)
    number: int = Field(ge=0)


class MinimumService(Strict):
    """At least `share` of the jobs of a category expected in each district over the plan are planned to be served."""

    category: str
    share: Share


class CrewRules(Strict):
    """most_unequal_late_days: how many more late days a job a district may be planned to have than the city."""

    absence: Absence | None = None
    pay: PayRules = PayRules()
    working_time: WorkingTime = WorkingTime()
    equipment: tuple[Equipment, ...] = ()
    minimum_service: tuple[MinimumService, ...] = ()
    most_unequal_late_days: float | None = Field(default=None, gt=0)

    @property
    def by_district(self) -> bool:
        """Whether any rule looks at districts."""
        return bool(self.minimum_service) or self.most_unequal_late_days is not None


class Contract(Seasonal):
    """What a contractor's crews cost and how they are ordered.

    notice_days: from the day the plan is made to the first day of work. price: money a job, or a tonne of
    `tonnes_per_job`. jobs_per_shift: jobs paid for each crew and shift ordered, and the most it does in one, over all
    its skills. minimum_order_jobs: the smallest order, once any is placed.
    """

    notice_days: int = Field(default=0, ge=0)
    mobilisation_fee: float = Field(default=0, ge=0)
    minimum_order_jobs: float = Field(default=0, ge=0)
    price: float = Field(ge=0)
    per: Literal["job", "tonne"] = "job"
    tonnes_per_job: Amount | None = None
    jobs_per_shift: Amount

    @model_validator(mode="after")
    def _tonnes_are_known(self) -> Contract:
        if self.jobs_per_shift.value <= 0:
            raise ValueError(f"jobs_per_shift is {self.jobs_per_shift.value:g}, give one above 0")
        if self.per == "tonne" and (self.tonnes_per_job is None or self.tonnes_per_job.value <= 0):
            raise ValueError("a price per tonne needs tonnes_per_job above 0")
        return self

    @property
    def price_per_job(self) -> float:
        tonnes = self.tonnes_per_job.value if self.per == "tonne" and self.tonnes_per_job else 1.0
        return self.price * tonnes

    @property
    def price_per_shift(self) -> float:
        """Money for each crew and shift ordered."""
        return self.price_per_job * self.jobs_per_shift.value


class Contractor(Contract):
    """A firm whose crews start from a yard. crews: the most it sends at a time. skills: as of a crew type."""

    name: str = Field(min_length=1)
    yard: str
    crews: int = Field(gt=0, le=MOST_CREWS)
    skills: dict[str, float | None] = Field(min_length=1)

    def contract(self) -> Contract:
        """The terms without who and where."""
        named = {"name", "yard", "crews", "skills"}
        return Contract.model_validate(self.model_dump(exclude=named, by_alias=True))
