"""One city: where its data come from, its clock, its yards and crews. The frozen form of a city YAML."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, Field, JsonValue, field_validator, model_validator

from domain.budget import Budget
from domain.category import Category, Share, Strict
from domain.crew_rules import MOST_CREWS, Contractor, CrewRules
from domain.fairness import Fairness
from domain.lock import Lock
from domain.redrawing import Redrawing
from domain.weather_rules import SnowDuty, WeatherRule


class Section(Strict):
    """A part of the YAML that the plug-in named by `kind` validates."""

    model_config = ConfigDict(frozen=True, extra="allow")
    kind: str

    @property
    def settings(self) -> dict[str, object]:
        return dict(self.model_extra or {})


class HolidayRule(Strict):
    """closures: ICS files beside the YAML whose whole-day events are days off, as holidays are. events: ICS files of
    what brings requests but is no day off (a marathon, a festival). school_terms: a file beside the YAML, CSV with
    start, end, name or ICS."""

    country: str
    subdivision: str | None = None
    closures: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    school_terms: str | None = None


class Shift(Strict):
    """Local wall-clock times as "HH:MM". A shift whose end is not after its start runs past midnight
    and belongs to the day it starts."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    start: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    end: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    minutes: float = Field(gt=0, le=1440, description="minutes a crew can work or drive in it")
    weekdays: tuple[int, ...] = Field(default=(0, 1, 2, 3, 4), description="0 is Monday")
    on_holidays: bool = False
    overtime_minutes: float = Field(default=0, ge=0, le=720)

    @field_validator("weekdays")
    @classmethod
    def _weekdays_exist(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if odd := [day for day in value if not 0 <= day <= 6]:
            raise ValueError(f"there is no weekday {', '.join(map(str, odd))}; give 0 (Monday) to 6 (Sunday)")
        if double := sorted({day for day in value if value.count(day) > 1}):
            raise ValueError(f"weekday {', '.join(map(str, double))} stands twice; name each once")
        return value

    @model_validator(mode="after")
    def _minutes_fit_the_clock(self) -> Shift:
        if self.minutes > self.clock_minutes:
            raise ValueError(
                f"shift '{self.name}': {self.minutes:g} minutes do not fit into {self.start}-{self.end}, which has "
                f"{self.clock_minutes:g}; give what a crew can work or drive in it, without breaks and overtime"
            )
        return self

    @property
    def start_minute(self) -> int:
        return int(self.start[:2]) * 60 + int(self.start[3:])

    @property
    def clock_minutes(self) -> float:
        """From its start to its end by the clock."""
        end = int(self.end[:2]) * 60 + int(self.end[3:])
        return float((end - self.start_minute - 1) % 1440 + 1)


class CrewType(Strict):
    """What a crew can do. skills: skill -> service minutes, or null for the category's own figure."""

    name: str
    skills: dict[str, float | None] = Field(min_length=1)
    cost_per_hour: float = Field(ge=0)
    overtime_factor: float = Field(default=1.5, ge=1)
    snow_duty: bool = False
    """True: leaves for snow duty on days with snow."""

    @field_validator("skills")
    @classmethod
    def _minutes_are_positive(cls, value: dict[str, float | None]) -> dict[str, float | None]:
        for skill, minutes in value.items():
            if minutes is not None and minutes <= 0:
                raise ValueError(f"skill '{skill}': {minutes} minutes a job is not possible")
        return value


class Yard(Strict):
    """crews: crew type -> number of crews based here. shifts: which shifts it staffs (empty: all)."""

    name: str = Field(min_length=1, max_length=28, pattern=r"^[^\[\]:*?/\\]+$")
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    crews: dict[str, int]
    shifts: tuple[str, ...] = ()

    @field_validator("crews")
    @classmethod
    def _crews_are_counts(cls, value: dict[str, int]) -> dict[str, int]:
        for name, crews in value.items():
            if crews < 0:
                raise ValueError(f"crews of '{name}' cannot be {crews}")
            if crews > MOST_CREWS:
                raise ValueError(
                    f"{crews} crews of '{name}' at one yard; give at most {MOST_CREWS}, or divide the yard into several"
                )
        return value


class TravelMatrix(Strict):
    """Drives as measured. path: a CSV with the columns yard, area, minutes (one way), beside the YAML.

    minutes: yard -> area -> minutes; the loader fills it from `path`. Pairs it lacks are taken from distances.
    """

    path: str | None = None
    minutes: dict[str, dict[str, float]] = Field(default_factory=dict)


class Travel(Strict):
    speed_kmh: float = Field(default=30, gt=0)
    detour: float = Field(default=1.3, ge=1, description="road distance ÷ straight line")
    minutes_within_area: float = Field(default=8, ge=0, description="between two jobs of one area")
    minutes_unknown: float = Field(default=20, ge=0, description="yard to area where coordinates are missing")
    matrix: TravelMatrix | None = None


class Crews(Strict):
    """Everything the allocation needs. is_invented: said in every plan."""

    is_invented: bool = False
    currency: str = "USD"
    shifts: tuple[Shift, ...] = Field(min_length=1)
    types: tuple[CrewType, ...] = Field(min_length=1)
    yards: tuple[Yard, ...] = Field(min_length=1)
    travel: Travel = Travel()
    absence_share: Share = 0.0
    snow_duty_from_mm: float = Field(default=25, gt=0, description="snowfall a day from which crews leave")
    snow_duty: tuple[SnowDuty, ...] = Field(default=(), description="seasons; empty: all year, from snow_duty_from_mm")
    weather_rules: tuple[WeatherRule, ...] = ()
    rules: CrewRules = CrewRules()
    contractors: tuple[Contractor, ...] = ()
    posting_days: int = Field(default=7, ge=0, description="days from the first planned one whose roster is posted")
    change_cost: float = Field(default=20, ge=0, description="money a crew-shift that differs from the last roster")
    change_gain: float = Field(default=0, ge=0, description="money a changed roster must save beyond its changes' cost")
    locks: tuple[Lock, ...] = Field(default=(), description="assignments a planner fixes; past days are ignored")
    fairness: Fairness = Fairness()
    repeat_when_doubted: bool = Field(
        default=True, description="each run repeats its plan at ± 30 % of unmeasured figures; else only plan --doubts"
    )

    @model_validator(mode="after")
    def _names_meet(self) -> Crews:
        types, shifts = {t.name for t in self.types}, {s.name for s in self.shifts}
        for kind, names in (
            ("shift", [s.name for s in self.shifts]),
            ("crew type", [t.name for t in self.types]),
            ("yard", [y.name for y in self.yards]),
        ):
            if double := {n for n in names if names.count(n) > 1}:
                raise ValueError(f"{kind} named twice: {sorted(double)}")
        for yard in self.yards:
            if odd := set(yard.crews) - types:
                raise ValueError(f"yard '{yard.name}': no crew type {sorted(odd)}; there are {sorted(types)}")
            if odd := set(yard.shifts) - shifts:
                raise ValueError(f"yard '{yard.name}': no shift {sorted(odd)}; there are {sorted(shifts)}")
        return self


class Quality(Strict):
    """When a run stops rather than publish."""

    max_quarantined_share: Share = 0.10
    max_unlocated_share: Share = Field(default=0.5, description="of a category's requests that name no area")
    max_demand_age_days: int = Field(default=7, ge=0)
    max_weather_age_days: int = Field(default=3, ge=0)
    earliest: str = Field(default="2000-01-01", description="requests created before are impossible")
    gap_days: int = Field(default=21, gt=0, description="days without any request that count as a gap")

    @field_validator("earliest")
    @classmethod
    def _earliest_is_a_day(cls, value: str) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise ValueError(f"'{value}' is not a day such as 2000-01-01") from error


class Models(Strict):
    """draws: sample paths published. weather_paths: size of the weather ensemble.

    parameters: forecaster -> its own parameters that are not the default.
    threads: of one forecaster. Categories already run side by side, and threads that outnumber the cores wait by
    spinning: two fits of two threads each on two busy cores took eight times the processor time of one thread each.
    """

    horizon_days: int = Field(default=14, ge=1, le=60)
    draws: int = Field(default=400, ge=300, le=2000)
    weather_paths: int = Field(default=300, ge=10, le=1000)
    forecasters: tuple[str, ...] = Field(
        default=("exponential_smoothing", "recent_weekdays", "glm_poisson", "lightgbm_poisson", "blend"), min_length=1
    )
    parameters: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
    selection_folds: int = Field(default=8, ge=2)
    reselect_after_days: int = Field(default=28, ge=1)
    threads: int = Field(default=1, ge=1, le=256)

    @field_validator("forecasters")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if double := sorted({name for name in value if value.count(name) > 1}):
            raise ValueError(f"named twice: {', '.join(double)}; name each once")
        return value


class City(Strict):
    """One `configs/cities/*.yaml`, with `base_dir` (where it lies) and `file` (for messages) added by the loader."""

    schema_: Literal[1] = Field(alias="schema")
    city: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str
    label: str = Field(default="", description="said on every page, e.g. that data or crews are invented")
    is_simulated: bool = False
    timezone: str
    holidays: HolidayRule
    requests: Section
    areas: Section
    weather: Section | None = None
    open_work: Section | None = Field(default=None, description="open work orders in place of 311's open rows")
    crosswalk: tuple[Redrawing, ...] = Field(default=(), description="areas redrawn or renamed, by date")
    categories: tuple[str, ...] = Field(min_length=1)
    crews: Crews
    budget: Budget = Budget()
    quality: Quality = Quality()
    models: Models = Models()
    retention_days: int | None = Field(default=None, ge=30, description="after which a request's place is forgotten")
    seed: int = 7
    base_dir: Path = Path()
    file: Path = Field(default=Path(), exclude=True)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"'{value}' is not an IANA time zone such as America/Chicago") from error
        return value


class CityPlan(Strict):
    """A city with its categories resolved: what every step is given."""

    city: City
    categories: tuple[Category, ...]

    def category(self, name: str) -> Category:
        return next(c for c in self.categories if c.category == name)
