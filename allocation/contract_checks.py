"""Contracts that no plan can place an order under: found before planning, with the entry and the remedy."""

from __future__ import annotations

from domain.city import CityPlan, Crews
from domain.crew_rules import Contractor
from domain.errors import ConfigError


def check_orders(plan: CityPlan) -> None:
    """A smallest order that a contractor's crews cannot reach in its season within one plan is never placed, and a lock
    on them would leave no roster. Raises ConfigError."""
    horizon = plan.city.models.horizon_days
    for one in plan.city.crews.contractors:
        days = most_days(one, plan.city.crews, horizon)
        most = one.crews * days * one.jobs_per_shift.value
        if one.minimum_order_jobs > most:
            raise ConfigError(
                f"contractor '{one.name}': its minimum_order_jobs {one.minimum_order_jobs:g} can never be reached: its "
                f"season and notice leave {days} days at most of a plan's {horizon}, which hold {most:g} jobs at "
                f"{one.crews} × {one.jobs_per_shift.value:g} a day",
                remedy=f"give a minimum_order_jobs of {most:g} or less, more crews or jobs_per_shift, a longer season "
                "or a shorter notice, or remove the contractor",
                contractor=one.name,
                minimum_order_jobs=one.minimum_order_jobs,
                most=most,
            )


def most_days(contractor: Contractor, crews: Crews, horizon: int) -> int:
    """Days of one plan on which a contractor's crews can work at most, holidays not looked at: its season and what its
    notice leaves of the plan, begun on the weekday that suits them best."""
    yard = next(y for y in crews.yards if y.name == contractor.yard)
    shifts = [s for s in crews.shifts if not yard.shifts or s.name in yard.shifts]
    worked = {day for shift in shifts for day in shift.weekdays}
    length = min(horizon - max(contractor.notice_days - 1, 0), len(contractor.days()))
    return max((sum((first + i) % 7 in worked for i in range(length)) for first in range(7)), default=0)
