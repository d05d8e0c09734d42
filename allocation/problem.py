"""The resolved planning problem: everything a plan rests on but the work itself. Published as `problem.json`.

Conventions that every later step relies on:
- a crew works one shift a day: `crews` are a yard's total for the day, to be spread over its shifts;
- a night shift belongs to the day it starts;
- the order of `shifts` is the city YAML's, which is also the shift axis of every array.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from allocation.fairness_rule import FairnessRule
from domain.category import Basis, Conversion, EventWork, Figure, PerishableWork, QueueWork, Strict
from domain.crew_rules import Contract, CrewRules
from domain.lock import Lock
from domain.measured import MeasuredFigure
from domain.weather_rules import SnowDuty, WeatherRule
from domain.words import WorkKind

REACH_EXTRA_MINUTES = 10.0
"""A yard reaches an area where its drive is at most this much longer than that of the nearest yard."""


class WaitRule(Strict):
    """How long requests of a category wait before crews can begin.

    days: working days -> share of the requests. weekdays: those on which the category's crews work, Monday first.
    last: of a fit, the last day of its evidence. filed: requests by the day filed, of days before the plan from which
    some may still wait, as known when the plan was made; open requests of other days are ready or wait as their age
    says.
    """

    days: dict[int, float]
    basis: Basis
    weekdays: tuple[bool, ...] = Field(min_length=7, max_length=7)
    last: date | None = None
    filed: dict[date, float] = Field(default_factory=dict)

    @property
    def mean_days(self) -> float:
        return sum(day * share for day, share in self.days.items())

    def times(self, factor: float) -> WaitRule:
        """Every wait so many times as long; parts of a day are shared out between the days around them."""
        longer: dict[int, float] = {}
        for day, share in self.days.items():
            whole = int(day * factor)
            part = day * factor - whole
            for on, of_share in ((whole, 1 - part), (whole + 1, part)):
                if of_share > 0:
                    longer[on] = longer.get(on, 0.0) + share * of_share
        return self.model_copy(update={"days": longer})


class WorkRule(Strict):
    """How one category is worked, with every figure's basis. minutes: crew type -> minutes a job."""

    category: str
    title: str
    noun: str
    kind: WorkKind
    owner: str
    skill: str
    service_minutes: Figure
    conversion: Conversion
    queue: QueueWork | None
    event: EventWork | None
    perishable: PerishableWork | None
    minutes: dict[str, float]
    waits: WaitRule | None = None

    @property
    def is_crewed(self) -> bool:
        """True for work that our crews do: queue and event work of public works."""
        return self.owner == "public works" and self.kind in ("queue", "event")

    @property
    def due_hours(self) -> float | None:
        rule = self.queue or self.event
        return rule.due_hours if rule else None

    @property
    def cost_per_late_day(self) -> float:
        """Money a request and day late."""
        rule = self.queue or self.event
        return rule.cost_per_late_day if rule else 0.0


class ShiftRule(Strict):
    """A shift with its calendar resolved. minutes: what a crew can work or drive in it."""

    name: str
    start_minute: int = Field(ge=0, lt=1440)
    clock_minutes: float = Field(gt=0, description="from its start to its end by the clock")
    minutes: float = Field(gt=0)
    overtime_minutes: float = Field(ge=0)
    dates: tuple[date, ...]


class CrewRule(Strict):
    """A crew type: what it costs, and whether snow takes it away. contract: of a contractor's crews."""

    name: str
    skills: tuple[str, ...]
    cost_per_hour: float = Field(ge=0)
    overtime_factor: float = Field(ge=1)
    snow_duty: bool
    contract: Contract | None = None


class YardSite(Strict):
    """drive: minutes one way to each area, in the order of `areas`; null where a coordinate is missing."""

    name: str
    lat: float | None
    lon: float | None
    shifts: tuple[str, ...]
    drive: tuple[float | None, ...]


class Stationed(Strict):
    """Crews of one type at one yard, one number a date: 0 where the yard works no shift that day."""

    yard: str
    crew_type: str
    crews: tuple[int, ...]


class Posted(Strict):
    """The last vintage's crews of one type at one yard and shift, held ready or not; null where it had no such slot."""

    yard: str
    shift: str
    crew_type: str
    crews: tuple[int | None, ...]


class WorkedShift(Strict):
    """Crews of one type on a shift before the plan's first date, held ready or not, and overtime of all together."""

    date: date
    yard: str
    shift: str
    crew_type: str
    crews: int = Field(gt=0)
    overtime_hours: float = Field(ge=0)


class OrderedShift(Strict):
    """Crews of a contractor that an earlier plan ordered for a shift."""

    date: date
    yard: str
    shift: str
    crews: int = Field(gt=0)


class Order(Strict):
    """A contractor's order of an earlier plan that is not done yet. jobs: ordered for days before the first date. firm:
    on dates for which nothing can be ordered anew."""

    crew_type: str
    jobs: float = Field(ge=0)
    firm: tuple[OrderedShift, ...] = ()


class ChangeRule(Strict):
    """What a change against `posted` costs: money a crew and slot that differs, `POSTED_FACTOR` times as much within
    the posting days. gain: money a changed roster must save beyond that."""

    posting_days: int = Field(default=7, ge=0)
    cost: float = Field(default=0, ge=0)
    gain: float = Field(default=0, ge=0)


class AreaSite(Strict):
    area: str
    district: str


class TravelRule(Strict):
    minutes_within_area: float
    minutes_unknown: float
    reach_extra_minutes: float = REACH_EXTRA_MINUTES


class Problem(Strict):
    """One city's planning problem over consecutive `dates`; JSON both ways by pydantic."""

    schema_version: Literal[1] = 1
    city: str
    timezone: str
    currency: str
    is_invented: bool
    dates: tuple[date, ...]
    areas: tuple[AreaSite, ...]
    work: tuple[WorkRule, ...]
    shifts: tuple[ShiftRule, ...]
    crew_types: tuple[CrewRule, ...]
    yards: tuple[YardSite, ...]
    stationed: tuple[Stationed, ...]
    travel: TravelRule
    absence_share: float = Field(ge=0, le=1)
    snow_duty_from_mm: float = Field(gt=0)
    snow_duty: tuple[SnowDuty, ...] = ()
    weather_rules: tuple[WeatherRule, ...] = ()
    rules: CrewRules = CrewRules()
    holidays: tuple[date, ...] = ()
    recent_snowfall_mm: dict[date, float] = Field(
        default_factory=dict, description="as observed on days before the plan, for the days of clearing up after them"
    )
    locks: tuple[Lock, ...] = ()
    posted: tuple[Posted, ...] = ()
    worked_before: tuple[WorkedShift, ...] = Field(default=(), exclude_if=lambda shifts: not shifts)
    """As rostered for the seven days before the first date, where rest or the longest week looks back at them."""
    orders: tuple[Order, ...] = Field(default=(), exclude_if=lambda orders: not orders)
    """Of contractors, still running from earlier plans (`allocation.orders`)."""
    change: ChangeRule = ChangeRule()
    measured: tuple[MeasuredFigure, ...] = ()
    """Figures above that were measured from what was really done, with what the YAML states and how sure they are."""
    fairness: FairnessRule | None = None

    @model_validator(mode="after")
    def _lists_fit(self) -> Problem:
        for entry in self.stationed:
            if len(entry.crews) != len(self.dates):
                raise ValueError(f"crews of '{entry.crew_type}' at '{entry.yard}' need one entry a date")
        for before in self.posted:
            if len(before.crews) != len(self.dates):
                raise ValueError(f"posted crews of '{before.crew_type}' at '{before.yard}' need one entry a date")
        for yard in self.yards:
            if len(yard.drive) != len(self.areas):
                raise ValueError(f"drives from '{yard.name}' need one entry an area")
        return self

    def work_on(self, category: str) -> WorkRule:
        return next(w for w in self.work if w.category == category)
