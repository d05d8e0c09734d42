"""A problem from the city YAML: calendars, skills, crews and drives written out over dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from allocation.pay import crews_on_call, with_standby_pay
from allocation.problem import (
    AreaSite,
    ChangeRule,
    CrewRule,
    Problem,
    ShiftRule,
    Stationed,
    TravelRule,
    WaitRule,
    WorkRule,
    YardSite,
)
from allocation.problem_checks import check_plan, check_travel
from allocation.travel import drive_minutes
from allocation.waits import EVERY_DAY, Weekmask
from domain.category import Category
from domain.city import CityPlan, Crews, CrewType, Shift
from domain.crew_rules import Contractor
from domain.panel import AreaMap


def resolve(plan: CityPlan, areas: AreaMap, dates: Sequence[date], holidays: dict[date, str]) -> Problem:
    """Calendars, skills, crews and drives of `plan` written out over `dates` (consecutive local days).

    Raises ConfigError naming the entry and the remedy where crews are negative, a skill is missing,
    a yard lies far outside the city, or shifts of one yard overlap.
    """
    crews = plan.city.crews
    check_plan(plan, dates)
    drives = drive_minutes(crews.yards, areas, crews.travel)
    check_travel(crews.yards, areas.lat, areas.lon)
    shifts = tuple(_shift(shift, dates, holidays) for shift in crews.shifts)
    every = tuple(s.name for s in crews.shifts)
    yards = tuple(
        YardSite(name=y.name, lat=y.lat, lon=y.lon, shifts=tuple(s for s in every if s in (y.shifts or every)), drive=d)
        for y, d in zip(crews.yards, drives, strict=True)
    )
    return Problem(
        city=plan.city.city,
        timezone=plan.city.timezone,
        currency=crews.currency,
        is_invented=crews.is_invented,
        dates=tuple(dates),
        areas=tuple(AreaSite(area=a, district=d) for a, d in zip(areas.names, areas.district, strict=True)),
        work=tuple(_work(with_standby_pay(c, crews), crews) for c in plan.categories),
        shifts=shifts,
        crew_types=(*(_crew(crew_type) for crew_type in crews.types), *(_hired(c) for c in crews.contractors)),
        yards=yards,
        stationed=_stationed(crews, yards, shifts, dates),
        travel=TravelRule(
            minutes_within_area=crews.travel.minutes_within_area, minutes_unknown=crews.travel.minutes_unknown
        ),
        absence_share=crews.absence_share,
        snow_duty_from_mm=crews.snow_duty_from_mm,
        snow_duty=crews.snow_duty,
        weather_rules=crews.weather_rules,
        rules=crews.rules,
        holidays=tuple(d for d in dates if d in holidays),
        locks=tuple(lock for lock in crews.locks if lock.date in dates),
        change=ChangeRule(posting_days=crews.posting_days, cost=crews.change_cost, gain=crews.change_gain),
    )


def _shift(shift: Shift, dates: Sequence[date], holidays: dict[date, str]) -> ShiftRule:
    return ShiftRule(
        name=shift.name,
        start_minute=shift.start_minute,
        clock_minutes=shift.clock_minutes,
        minutes=shift.minutes,
        overtime_minutes=shift.overtime_minutes,
        dates=tuple(d for d in dates if d.weekday() in shift.weekdays and (shift.on_holidays or d not in holidays)),
    )


def _crew(crew_type: CrewType) -> CrewRule:
    return CrewRule(
        name=crew_type.name,
        skills=tuple(sorted(crew_type.skills)),
        cost_per_hour=crew_type.cost_per_hour,
        overtime_factor=crew_type.overtime_factor,
        snow_duty=crew_type.snow_duty,
    )


def _hired(contractor: Contractor) -> CrewRule:
    return CrewRule(
        name=contractor.name,
        skills=tuple(sorted(contractor.skills)),
        cost_per_hour=0.0,
        overtime_factor=1.0,
        snow_duty=False,
        contract=contractor.contract(),
    )


def working_weekdays(crews: Crews, skill: str) -> Weekmask:
    """Weekdays, Monday first, on which crews with that skill work by the shifts of their yards; all where none does."""
    able = {t.name for t in crews.types if skill in t.skills}
    based = {y.name for y in crews.yards if any(y.crews.get(name, 0) for name in able)}
    based |= {c.yard for c in crews.contractors if skill in c.skills and c.crews}
    staffed = {name for y in crews.yards if y.name in based for name in (y.shifts or [s.name for s in crews.shifts])}
    days = {day for shift in crews.shifts if shift.name in staffed for day in shift.weekdays}
    return tuple(day in days for day in range(7)) if days else EVERY_DAY


def _work(category: Category, crews: Crews) -> WorkRule:
    types: list[CrewType | Contractor] = [*crews.types, *crews.contractors]
    able = {t.name: t.skills[category.skill] for t in types if category.skill in t.skills}
    waits = category.waits
    return WorkRule(
        category=category.category,
        title=category.title,
        noun=category.noun,
        kind=category.kind,
        owner=category.owner,
        skill=category.skill,
        service_minutes=category.service_minutes,
        conversion=category.conversion,
        queue=category.queue,
        event=category.event,
        perishable=category.perishable,
        minutes={name: category.service_minutes.value if m is None else m for name, m in able.items()},
        waits=waits and WaitRule(days=waits.days, basis=waits.basis, weekdays=working_weekdays(crews, category.skill)),
    )


def _stationed(
    crews: Crews, yards: Sequence[YardSite], shifts: Sequence[ShiftRule], dates: Sequence[date]
) -> tuple[Stationed, ...]:
    sites = {site.name: site for site in yards}
    own = [
        Stationed(yard=y.name, crew_type=t.name, crews=_crews_by_date(y.crews[t.name], sites[y.name], shifts, dates))
        for y in crews.yards
        for t in crews.types
        if t.name in y.crews
    ]
    hired = [
        Stationed(
            yard=c.yard,
            crew_type=c.name,
            crews=crews_on_call(c, _crews_by_date(c.crews, sites[c.yard], shifts, dates), dates),
        )
        for c in crews.contractors
    ]
    return (*own, *hired)


def _crews_by_date(crews: int, yard: YardSite, shifts: Sequence[ShiftRule], dates: Sequence[date]) -> tuple[int, ...]:
    worked = {d for shift in shifts if shift.name in yard.shifts for d in shift.dates}
    return tuple(crews if d in worked else 0 for d in dates)
