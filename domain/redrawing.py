"""Areas that were redrawn, split, merged or renamed at a date: the section `crosswalk` of a city YAML."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from domain.category import Strict

SUM_TOLERANCE = 1e-3


def _text(value: object) -> object:
    """YAML reads an unquoted id 8 as a number."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


AreaName = Annotated[str, BeforeValidator(_text)]


class Redrawing(Strict):
    """date: first day of the new areas. from: old area -> {new area: share of its requests}, shares summing to 1.

    Rows of earlier days are moved to the new areas: by their coordinates where they have some and the new outlines are
    known, else by the shares. A name that goes on with other borders is listed like any other old one; a name that is
    not listed did not change.
    """

    date: date
    from_: dict[AreaName, dict[AreaName, float]] = Field(
        alias="from", min_length=1, description="old area -> {new area: share}; the shares of an old area sum to 1"
    )

    @field_validator("from_")
    @classmethod
    def _shares_sum_to_one(cls, value: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for old, shares in value.items():
            if wrong := {new: s for new, s in shares.items() if not 0 < s <= 1}:
                raise ValueError(f"area '{old}': a share lies above 0 and at most at 1, not {wrong}")
            if abs(sum(shares.values()) - 1) > SUM_TOLERANCE:
                raise ValueError(f"area '{old}': the shares sum to {sum(shares.values()):g}, not to 1")
        return value
