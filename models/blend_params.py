"""What a blend is made of: its members, and how much each counts at which lead and on how long a history."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from pydantic import Field, JsonValue, field_validator, model_validator

from domain.covariates import Covariate
from domain.panel import Floats
from models.forecaster import ForecasterParams, Threads

NAME = "blend"
YEAR = 365.25
YOUNG_YEARS, GROWN_YEARS = 1.0, 4.0
"""Years of history up to which the young weights hold, and from which the others do; in between, a straight line."""

Weight = Annotated[float, Field(ge=0, le=1_000_000)]


class Member(ForecasterParams):
    """forecaster, params: as in a recipe; parameters left out have their defaults.

    weight, young_weight: relative to the others, on a long history and on one of a year; the same where not given. A
    member of weight 0 is asked only for the leads that `by_lead` gives it.
    """

    forecaster: str
    params: dict[str, JsonValue] = Field(default_factory=dict)
    weight: Weight = 1.0
    young_weight: float | None = Field(default=None, gt=0, le=1_000_000)

    @field_validator("forecaster")
    @classmethod
    def _not_itself(cls, value: str) -> str:
        if value == NAME:
            raise ValueError("a blend cannot be a member of a blend")
        return value

    def at(self, years: float) -> Member:
        """The same with the one weight that it has on so many years of history."""
        young = self.weight if self.young_weight is None else self.young_weight
        grown = float(np.clip((years - YOUNG_YEARS) / (GROWN_YEARS - YOUNG_YEARS), 0.0, 1.0))
        return self.model_copy(update={"weight": young + grown * (self.weight - young), "young_weight": None})


class LeadWeights(ForecasterParams):
    """Other weights for the leads up to and with `through` (days), from where the group before ends.

    weights: one a member, or none where the members' own hold.
    """

    through: int = Field(ge=1, le=3653)
    weights: tuple[Weight, ...]


class Params(ForecasterParams):
    """by_lead: groups of leads, ascending, whose weights differ from the members'; leads after the last have those.

    without, num_threads: handed to the members that know the parameter.
    """

    members: tuple[Member, ...] = Field(
        default=(
            Member(forecaster="exponential_smoothing", weight=1.0, young_weight=3.0),
            Member(forecaster="glm_poisson", weight=2.0),
            Member(forecaster="lightgbm_poisson", weight=3.0, young_weight=1.0),
        ),
        min_length=2,
    )
    by_lead: tuple[LeadWeights, ...] = ()
    without: tuple[Covariate, ...] = ()
    num_threads: Threads = 2

    @model_validator(mode="after")
    def _weights_fit(self) -> Self:
        for group in self.by_lead:
            wrong = len(group.weights) != len(self.members) or min(group.weights) < 0 or sum(group.weights) <= 0
            if group.weights and wrong:
                raise ValueError(f"by_lead needs one weight ≥ 0 a member and one > 0, not {group.weights}")
        if not any(member.weight for member in self.members):
            raise ValueError("a blend needs a member with a weight above 0")
        through = [group.through for group in self.by_lead]
        if through != sorted(set(through)):
            raise ValueError(f"by_lead must be in ascending order of through, not {through}")
        return self

    def on(self, days: int) -> Params:
        """The same with each member's weight on a history of so many days."""
        return self.model_copy(update={"members": tuple(m.at(days / YEAR) for m in self.members)})

    def without_member(self, number: int) -> Params | None:
        """The same with no weight for one member; None where no other has any."""
        members = [m.model_copy(update={"weight": 0.0}) if i == number else m for i, m in enumerate(self.members)]
        if not any(m.weight for m in members):
            return None
        return self.model_copy(update={"members": tuple(members)})

    def weights(self, horizon: int) -> Floats:
        """(M, H): each member's weight at each lead, summing to 1 over the members."""
        out = np.repeat(np.array([[m.weight] for m in self.members]), horizon, axis=1)
        first = 0
        for group in self.by_lead:
            if group.weights:
                out[:, first : group.through] = np.array(group.weights)[:, None]
            first = group.through
        total: Floats = out / out.sum(axis=0)
        return total
