"""What no plan can be made from, found before planning: each error names the entry and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from allocation.rule_checks import check_rules
from allocation.travel import distance_between
from domain.city import CityPlan, Crews, Shift, Yard
from domain.errors import ConfigError
from domain.panel import Floats

FARTHEST_YARD_KM = 100.0
SOUTHERNMOST, NORTHERNMOST = -60.0, 80.0
"""Latitudes between which all cities lie. Without a map yards tell where a city is; a swap may show here alone."""


def check_plan(plan: CityPlan, dates: Sequence[date]) -> None:
    """Every check that needs no map. Raises ConfigError."""
    _dates_are_consecutive(dates)
    _crews_are_not_negative(plan.city.crews)
    _yards_have_whole_coordinates(plan.city.crews.yards)
    _skills_exist(plan)
    _figures_are_positive(plan)
    _shifts_do_not_overlap(plan.city.crews)
    check_rules(plan)


def check_travel(yards: Sequence[Yard], lat: Floats, lon: Floats) -> None:
    """A yard more than 100 km from every area's point, (A,) each, is a slip of the coordinates. Raises ConfigError."""
    km = distance_between(yards, lat, lon)
    for yard, row in zip(yards, km, strict=True):
        if not np.isnan(row).all() and np.nanmin(row) > FARTHEST_YARD_KM:
            raise ConfigError(
                f"yard '{yard.name}' at lat {yard.lat}, lon {yard.lon} is {np.nanmin(row):.0f} km from any area",
                remedy="correct its lat and lon (are they swapped, or is a sign missing?), or leave both out",
                yard=yard.name,
                lat=yard.lat,
                lon=yard.lon,
            )


def check_places(plan: CityPlan, areas: pd.DataFrame) -> None:
    """`check_travel` on the rows of `domain.tables.AREAS`."""
    check_travel(plan.city.crews.yards, *(areas[c].to_numpy(dtype=np.float64) for c in ("lat", "lon")))


def _dates_are_consecutive(dates: Sequence[date]) -> None:
    if not dates or any(b - a != timedelta(days=1) for a, b in pairwise(dates)):
        raise ConfigError(
            "the dates to plan are not consecutive days",
            remedy="plan at least one day, and every day from the first to the last",
            dates=[d.isoformat() for d in dates],
        )


def _crews_are_not_negative(crews: Crews) -> None:
    for yard in crews.yards:
        for name, number in yard.crews.items():
            if number < 0:
                raise ConfigError(
                    f"yard '{yard.name}': {number} crews of '{name}'",
                    remedy="give the number of crews based there, 0 or more",
                    yard=yard.name,
                    crew_type=name,
                    crews=number,
                )


def _yards_have_whole_coordinates(yards: Sequence[Yard]) -> None:
    for yard in yards:
        if (yard.lat is None) != (yard.lon is None):
            raise ConfigError(
                f"yard '{yard.name}' has only one coordinate (lat {yard.lat}, lon {yard.lon})",
                remedy="give both lat and lon, or neither",
                yard=yard.name,
            )
        if yard.lat is not None and not SOUTHERNMOST <= yard.lat <= NORTHERNMOST:
            raise ConfigError(
                f"yard '{yard.name}' at lat {yard.lat}, lon {yard.lon}: no city lies there",
                remedy="correct its lat and lon: are they swapped?",
                yard=yard.name,
                lat=yard.lat,
                lon=yard.lon,
            )


def _skills_exist(plan: CityPlan) -> None:
    crews = plan.city.crews
    known = sorted({s for t in crews.types for s in t.skills} | {s for c in crews.contractors for s in c.skills})
    for category in plan.categories:
        if category.is_ours and category.kind != "perishable" and category.skill not in known:
            raise ConfigError(
                f"category '{category.category}' needs the skill '{category.skill}', which no crew type has",
                remedy=f"add it to a crew type's skills (there are: {', '.join(known)}), or name the category's owner",
                category=category.category,
                skill=category.skill,
            )


def _figures_are_positive(plan: CityPlan) -> None:
    for category in plan.categories:
        figures = {
            "service_minutes": category.service_minutes,
            "requests_per_job": category.conversion.requests_per_job,
            "nearby_factor": category.conversion.nearby_factor,
        }
        for name, figure in figures.items():
            if figure.value <= 0:
                raise ConfigError(
                    f"category '{category.category}': {name} is {figure.value}",
                    remedy=f"give a {name} above 0",
                    category=category.category,
                    figure=name,
                    value=figure.value,
                )


def _shifts_do_not_overlap(crews: Crews) -> None:
    """Crews are a yard's total a day and work one shift each, so two shifts may not run at once."""
    by_name = {s.name: s for s in crews.shifts}
    for yard in crews.yards:
        for one, other in combinations([by_name[n] for n in yard.shifts or tuple(by_name)], 2):
            if _run_at_once(one, other):
                raise ConfigError(
                    f"yard '{yard.name}': the shifts '{one.name}' ({one.start}-{one.end}) and "
                    f"'{other.name}' ({other.start}-{other.end}) overlap, so crews would count twice",
                    remedy="let one end before the other starts, or list only one of them in the yard's `shifts`",
                    yard=yard.name,
                    shifts=[one.name, other.name],
                )


def _run_at_once(one: Shift, other: Shift) -> bool:
    """True where two shifts share a minute of a week in which both are worked on all their weekdays."""
    return bool(_week(one) & _week(other))


def _week(shift: Shift) -> set[int]:
    end = int(shift.end[:2]) * 60 + int(shift.end[3:])
    length = (end - shift.start_minute - 1) % 1440 + 1
    starts = [day * 1440 + shift.start_minute for day in shift.weekdays]
    return {(start + minute) % (7 * 1440) for start in starts for minute in range(length)}
