"""The `budget:` section of a city YAML: what crews cost, how many there may be, and what could take their place.

Every figure may be a number or {value, basis}; a bare number says nothing of how it was come by, so it counts as
assumed, and so does every default.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from domain.category import Amount, Figure, Strict

MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
LEAP_YEAR = 2000


def _not_negative(figure: Figure) -> Figure:
    if not 0 <= figure.value < float("inf"):
        raise ValueError(f"{figure.value} is not possible: give 0 or more")
    return figure


def _a_share(figure: Figure) -> Figure:
    if not 0 <= figure.value <= 1:
        raise ValueError(f"{figure.value} is not a share: give a number from 0 to 1")
    return figure


def _month_day(value: str) -> str:
    if not re.match(MONTH_DAY, value):
        raise ValueError(f"'{value}' is not a day of the year such as 07-01")
    date.fromisoformat(f"{LEAP_YEAR}-{value}")
    return value


MonthDay = Annotated[str, Field(pattern=MONTH_DAY)]


def assumed(value: float) -> Figure:
    return Figure(value=value, basis="assumed")


class CrewTerms(Strict):
    """What a crew of one type costs and how many there may be. A wage is that of the whole crew.

    Left out, wage_per_hour is the crew type's cost_per_hour with fringe in it, paid hours are those from the shift's
    start to its end, and every crew at a yard is authorised.
    """

    wage_per_hour: Amount | None = None
    fringe_share: Amount = assumed(0)
    truck_per_day: Amount = assumed(0)
    material_per_job: Amount = assumed(0)
    paid_hours_per_shift: Amount | None = None
    authorised: int | None = Field(default=None, ge=0, description="crews that the council has approved")
    vacant: int = Field(default=0, ge=0, description="approved crews without people; not among those at the yards")
    hiring_lead_days: Amount = assumed(90)
    cost_code: str = ""

    @field_validator("wage_per_hour", "truck_per_day", "material_per_job", "paid_hours_per_shift", "hiring_lead_days")
    @classmethod
    def _not_below_zero(cls, value: Figure | None) -> Figure | None:
        return None if value is None else _not_negative(value)

    @field_validator("fringe_share")
    @classmethod
    def _fringe_is_not_negative(cls, value: Figure) -> Figure:
        return _not_negative(value)


class SeasonalHire(Strict):
    """Crews that come every year from one day to another, both included; a season may run over the new year."""

    name: str
    crew_type: str
    crews: int = Field(gt=0)
    from_: MonthDay = Field(alias="from")
    until: MonthDay
    wage_per_hour: Amount | None = None
    """Left out: that of the crew type."""
    cost_code: str = ""

    _days_exist = field_validator("from_", "until")(_month_day)


class Contractor(Strict):
    """price_per_job: category -> money. mobilisation_fee: once a month with any job. The least is paid a month."""

    name: str
    price_per_job: dict[str, Amount] = Field(min_length=1)
    mobilisation_fee: Amount = assumed(0)
    minimum_order_jobs: int = Field(default=0, ge=0)
    jobs_per_day: Amount = assumed(10)
    from_: MonthDay = Field(default="01-01", alias="from")
    until: MonthDay = "12-31"
    cost_code: str = ""

    _days_exist = field_validator("from_", "until")(_month_day)

    @field_validator("price_per_job")
    @classmethod
    def _prices_are_not_negative(cls, value: dict[str, Figure]) -> dict[str, Figure]:
        return {name: _not_negative(figure) for name, figure in value.items()}

    @field_validator("mobilisation_fee", "jobs_per_day")
    @classmethod
    def _not_below_zero(cls, value: Figure) -> Figure:
        return _not_negative(value)


class Spent(Strict):
    """Money of the fiscal year that holds `through`: adopted for the year, spent from its start to that day."""

    adopted: Amount
    amount: Amount
    through: date

    @field_validator("through", mode="before")
    @classmethod
    def _a_day(cls, value: object) -> object:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Sensitivity(Strict):
    """How far each input is moved, both ways, to see how far the answer moves."""

    minutes_share: Amount = assumed(0.3)
    absence_share: Amount = assumed(0.5)
    price_share: Amount = assumed(0.1)

    @field_validator("minutes_share", "absence_share", "price_share")
    @classmethod
    def _shares(cls, value: Figure) -> Figure:
        return _a_share(value)


class Budget(Strict):
    """is_invented: said wherever a sum is shown. crews: crew type -> terms. snow_cost_code: pays snow duty."""

    is_invented: bool = False
    fiscal_year_start: MonthDay = "01-01"
    crews: dict[str, CrewTerms] = Field(default_factory=dict)
    seasonal: tuple[SeasonalHire, ...] = ()
    contractors: tuple[Contractor, ...] = ()
    snow_cost_code: str = "snow"
    spent: Spent | None = None
    sensitivity: Sensitivity = Sensitivity()

    @field_validator("fiscal_year_start")
    @classmethod
    def _a_first_day(cls, value: str) -> str:
        if int(value[3:]) > 28:
            raise ValueError(f"'{value}' is not in every year: start on the 1st to the 28th of a month")
        return value

    @model_validator(mode="after")
    def _names_differ(self) -> Budget:
        named = {"seasonal": [s.name for s in self.seasonal], "contractor": [c.name for c in self.contractors]}
        for kind, names in named.items():
            if double := sorted({n for n in names if names.count(n) > 1}):
                raise ValueError(f"{kind} named twice: {double}")
        return self
