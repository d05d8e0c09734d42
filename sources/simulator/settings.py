"""What can be asked of the simulated city: the `requests` section of a city YAML with `kind: simulator`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from pydantic import Field, model_validator

from domain.category import Share, Strict

ArtefactKind = Literal[
    "outage", "batch", "rename", "test_rows", "clock_shift", "dates_only", "swapped_coordinates", "unlocated", "late"
]
CATEGORIES = ("pothole", "flooding", "noise")
"""Order of every C axis in the simulator."""


class Artefact(Strict):
    """One more fault to put into the rows, on request.

    outage: rows of these days are lost. batch: rows of these days are keyed in on the last of them.
    rename: from `start` on the label is another one. test_rows: `rows` rows under a test label on `start`.
    clock_shift: times of these days are written in UTC. dates_only: hours of these days are lost.
    late: a `share` of the rows of these days reaches the portal some days later, `wait_days` on average; the world is
    then read as the portal stood at the end of the day of the run, so that runs on successive days see rows come in.
    swapped_coordinates, unlocated: a `share` of the rows of these days has lat and lon swapped, or no area.
    """

    kind: ArtefactKind
    start: date
    days: int = Field(default=1, ge=1)
    share: Share = 1.0
    rows: int = Field(default=50, ge=1)
    wait_days: float = Field(default=3.0, ge=1)
    category: Literal["pothole", "flooding", "noise"] | None = None


class WorldSettings(Strict):
    """One simulated world; the same settings make the same bytes.

    years run up to and including `end`, starting on a Monday. The base faults (shares of all rows, days
    chosen by the seed) are part of every world; 0 or False leaves one out.
    """

    seed: int = 11
    years: int = Field(default=6, ge=1, le=30)
    end: date = date(2025, 3, 16)
    districts: int = Field(default=6, ge=1, le=200)
    areas_per_district: int = Field(default=8, ge=1, le=200)
    climate: Literal["continental", "warm-coast"] = "continental"
    country: str = "US"
    timezone: str = "America/Chicago"
    centre_lat: float = Field(default=41.36, ge=-60, le=60)
    centre_lon: float = Field(default=-89.93, ge=-180, le=180)
    hurricane: bool = True
    mass_closing: bool = True
    unlocated_share: Share = 0.03
    duplicate_share: Share = 0.004
    conflicting_share: Share = 0.002
    junk_share: Share = 0.003
    slip_share: Share = 0.001
    information_share: Share = 0.006
    migration: bool = True
    rename: bool = True
    artefacts: tuple[Artefact, ...] = ()

    @property
    def start(self) -> date:
        """The first Monday within `years` years up to `end`."""
        first = (self.end + timedelta(days=1)).replace(day=1)
        first = first.replace(year=first.year - self.years)
        first += timedelta(days=(self.end + timedelta(days=1)).day - 1)
        return first + timedelta(days=-first.weekday() % 7)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def areas(self) -> int:
        return self.districts * self.areas_per_district

    @model_validator(mode="after")
    def _artefacts_lie_inside(self) -> WorldSettings:
        for artefact in self.artefacts:
            if not self.start <= artefact.start <= self.end:
                raise ValueError(
                    f"artefact '{artefact.kind}' on {artefact.start} lies outside {self.start} to {self.end}"
                )
        if self.areas > 4000:
            raise ValueError(f"{self.areas} areas are more than the simulator has names for (4000)")
        return self
