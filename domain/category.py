"""One category: how it is worked, by whom, in how many minutes. Nothing downstream asks for its name."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from domain.words import WorkKind

Basis = Literal["measured", "expert", "assumed"]


class Strict(BaseModel):
    """Frozen configuration that rejects unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(Strict):
    """A number a plan rests on, marked by how it was come by."""

    value: float
    basis: Basis


def _as_figure(value: object) -> object:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return {"value": value, "basis": "assumed"} if plain else value


Amount = Annotated[Figure, BeforeValidator(_as_figure)]
"""A figure that may be written as a bare number: that says nothing of how it was come by, so it counts as assumed."""

Share = Annotated[float, Field(ge=0, le=1)]


class Conversion(Strict):
    """How requests become work.

    jobs = requests × job_share ÷ requests_per_job × (1 + self_found_share);
    minutes = jobs × service_minutes × (nearby_factor where several jobs lie in one area).
    """

    job_share: Figure = Figure(value=1.0, basis="assumed")
    requests_per_job: Figure = Figure(value=1.0, basis="assumed")
    self_found_share: Figure = Figure(value=0.0, basis="assumed")
    setup_minutes_per_shift: Figure = Figure(value=0.0, basis="assumed")
    nearby_factor: Figure = Figure(value=1.0, basis="assumed")
    """Minutes of every further job in the same area and shift, relative to the first."""


LONGEST_WAIT_DAYS = 365
SUMS_TO_ONE = 1e-3


class WaitTable(Strict):
    """How long requests wait before crews can begin (inspection, scheduling, parts), marked by how it was come by.

    days: working days of the category's crews -> share of its requests; the shares sum to 1.
    """

    days: dict[int, float] = Field(min_length=1)
    basis: Basis

    @field_validator("days")
    @classmethod
    def _is_a_distribution(cls, value: dict[int, float]) -> dict[int, float]:
        if odd := [d for d in value if not 0 <= d <= LONGEST_WAIT_DAYS]:
            raise ValueError(f"{odd[0]} working days is no wait; write whole days from 0 to {LONGEST_WAIT_DAYS}")
        if wrong := {d: s for d, s in value.items() if not 0 <= s <= 1}:
            day, share = next(iter(wrong.items()))
            raise ValueError(f"{share} of the requests wait {day} days; write each share as a number from 0 to 1")
        if abs(sum(value.values()) - 1) > SUMS_TO_ONE:
            raise ValueError(
                f"the shares sum to {sum(value.values()):g}, not 1; write 0: the share on which crews can begin at once"
            )
        return dict(sorted(value.items()))


class DueChange(Strict):
    """Another due time for what is filed from local day `from` on."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    from_: date = Field(alias="from")
    due_hours: float = Field(gt=0)


def _rising(changes: tuple[DueChange, ...]) -> tuple[DueChange, ...]:
    days = [change.from_ for change in changes]
    if days != sorted(set(days)):
        raise ValueError("due_changes must be listed by date, each date once")
    return changes


DueChanges = Annotated[tuple[DueChange, ...], AfterValidator(_rising)]


class QueueWork(Strict):
    """Waits for a crew; backlog carries over; judged by lateness. due_hours: in force before the first change."""

    due_hours: float = Field(gt=0)
    due_changes: DueChanges = ()
    cost_per_late_day: float = Field(ge=0, description="money a request and day late")
    stale_after_days: int = Field(default=365, gt=0)


class ReadinessLevel(Strict):
    """One step of readiness: taken where the expected or upper demand of a district reaches it."""

    name: Literal["normal", "standby", "call-in", "storm"]
    crews: int = Field(ge=0, description="crews held ready for the district on that day")
    cost: float = Field(ge=0, description="money a district and day")


class EventWork(Strict):
    """Readiness before the rain, clearing after it; judged by missed events, idle standbys and cost."""

    due_hours: float = Field(gt=0)
    due_changes: DueChanges = ()
    cost_per_late_day: float = Field(ge=0)
    cost_per_missed_request: float = Field(ge=0, description="money a request beyond what is held ready")
    requests_per_crew_day: Figure
    minimum_gain: float = Field(default=0, ge=0, description="money a raised level must save to be worth calling")
    levels: tuple[ReadinessLevel, ...]
    stale_after_days: int = Field(default=60, gt=0)

    @model_validator(mode="after")
    def _levels_rise(self) -> EventWork:
        crews = [level.crews for level in self.levels]
        if not crews or crews != sorted(crews) or self.levels[0].name != "normal":
            raise ValueError("levels must start at 'normal' and rise in crews")
        return self


class PerishableWork(Strict):
    """Worth answering within response_minutes; afterwards it lapses as unanswered, never backlog."""

    response_minutes: float = Field(gt=0)
    staff_per_visit: float = Field(default=1, gt=0)
    certainty: Share = 0.8
    """The share of shifts in which the hinted staff should answer every request in time."""


class WorklistRule(Strict):
    """Predictive maintenance: which grid, which window, what to do there."""

    cell_m: float = Field(default=250, gt=0)
    window_days: int = Field(default=30, gt=0)
    length: int = Field(default=50, gt=0)
    preventive_work: str


class Category(Strict):
    """One `configs/categories/*.yaml`."""

    schema_: Literal[1] = Field(alias="schema")
    category: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str
    noun: str = Field(description="what one request is called in a sentence, plural")
    kind: WorkKind
    owner: str = "public works"
    skill: str
    service_minutes: Figure
    conversion: Conversion = Conversion()
    waits: WaitTable | None = None
    """None: as `crewcast evaluate` fitted them, else none."""
    queue: QueueWork | None = None
    event: EventWork | None = None
    perishable: PerishableWork | None = None
    shift_profile: dict[str, float] = Field(
        default_factory=dict, description="share of a day's requests by shift name, where rows have dates only"
    )
    worklist: WorklistRule | None = None
    keep_coordinates: bool = True
    """False: kept no finer than the area."""

    @property
    def is_ours(self) -> bool:
        return self.owner == "public works"

    @property
    def cost_per_late_day(self) -> float:
        rule = self.queue or self.event
        return rule.cost_per_late_day if rule else 0.0

    @property
    def due_hours(self) -> float | None:
        rule = self.queue or self.event
        return rule.due_hours if rule else None

    @model_validator(mode="after")
    def _kind_has_its_section(self) -> Category:
        given = [k for k in ("queue", "event", "perishable") if getattr(self, k) is not None]
        if given != [self.kind]:
            raise ValueError(f"kind '{self.kind}' needs the section '{self.kind}' and no other; found {given}")
        if self.waits is not None and self.perishable is not None:
            raise ValueError("waits: perishable work is answered at once or lapses; leave waits out")
        return self
