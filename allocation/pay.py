"""What people are paid beside wages, and when a contractor's crews may be ordered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from domain.category import Category
from domain.city import Crews
from domain.crew_rules import Contractor


def with_standby_pay(category: Category, crews: Crews) -> Category:
    """The category with standby pay in the cost of its standby level: crews × the longest shift's hours × the rate."""
    rate = crews.rules.pay.standby_per_crew_hour
    if category.event is None or rate == 0:
        return category
    hours = max(shift.minutes for shift in crews.shifts) / 60
    levels = tuple(
        level.model_copy(update={"cost": level.cost + level.crews * hours * rate}) if level.name == "standby" else level
        for level in category.event.levels
    )
    return category.model_copy(update={"event": category.event.model_copy(update={"levels": levels})})


def crews_on_call(contractor: Contractor, by_date: Sequence[int], dates: Sequence[date]) -> tuple[int, ...]:
    """Of the crews that a contractor could send on each date, those in its season and after its notice.

    The plan is made on the day before its first date.
    """
    first = dates[0] - timedelta(days=1) + timedelta(days=contractor.notice_days)
    return tuple(
        crews if day >= first and contractor.holds_on(day) else 0 for crews, day in zip(by_date, dates, strict=True)
    )
