"""What a replay is told beside its window: loads, rhythm, thresholds and tolerances, fixed before the first result."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.category import Share, Strict


class Tolerance(Strict):
    """How far the replay may be from the record: the wider of days and share for a quantile, points for a share."""

    median_days: float = Field(default=1.0, ge=0)
    median_share: float = Field(default=0.25, ge=0)
    p90_days: float = Field(default=2.0, ge=0)
    p90_share: float = Field(default=0.25, ge=0)
    late_points: Share = 0.10
    least_requests: int = Field(default=30, ge=1, description="quarters with fewer requests are not judged")


class MassClosing(Strict):
    """A day that clears a list was clerical, its closures are censored: `times` the usual number, and at least so many
    (`allocation.evaluate.closing.mass_closing_days`)."""

    times: float = Field(default=10.0, gt=1)
    at_least: int = Field(default=50, ge=1)


class Bootstrap(Strict):
    draws: int = Field(default=2000, ge=100)
    block_weeks: int = Field(default=4, ge=1)
    level: float = Field(default=0.95, gt=0, lt=1)


class ReplaySettings(Strict):
    """every_days: between two rosters. commit_days: days a roster covers. loads: mean work with travel ÷ regular crew
    minutes, hit by scaling jobs a request. readiness: levels are set with the roster alone, or thought over by policies
    that plan on a belief on each evening before a day with `rethink_from_mm` of rain issued or more; a supervisor's
    call-in by the rain of the evening before is the same in both.

    rain_call_in_mm: the supervisor's threshold. plan_draws: of the forecast's draws, how many a plan is made on.
    least_gap: a gap between oracle and best simple policy below this share of cost is printed, not divided by.
    """

    every_days: int = Field(default=7, ge=1, le=28)
    commit_days: int = Field(default=14, ge=2, le=28)
    loads: tuple[float, ...] = Field(default=(0.8, 1.0, 1.2), min_length=1)
    forecaster: str = "blend"
    refit_every: int = Field(default=4, ge=1)
    readiness: Literal["each roster", "each evening"] = "each evening"
    rethink_from_mm: float = Field(default=5.0, ge=0)
    rain_call_in_mm: float = Field(default=25.0, gt=0)
    crews_change_yard: bool = True
    plan_draws: int = Field(default=60, ge=1)
    least_gap: Share = 0.03
    fit_days: int = Field(default=365, ge=28, description="days before the window on which waits and pace are fitted")
    tolerance: Tolerance = Tolerance()
    mass_closing: MassClosing = MassClosing()
    bootstrap: Bootstrap = Bootstrap()
    seed: int = 7

    @model_validator(mode="after")
    def _looks_beyond_the_next_roster(self) -> Self:
        if self.commit_days <= self.every_days:
            raise ValueError(f"commit_days {self.commit_days} must be more than every_days {self.every_days}")
        return self
