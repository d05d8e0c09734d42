"""Rules of weather, season and contract that no plan can be made from: each error names the entry and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from allocation.contract_checks import check_orders
from domain.city import CityPlan, Crews, CrewType
from domain.crew_rules import Contractor
from domain.errors import ConfigError
from domain.season import Seasonal
from domain.weather_rules import WeatherRule


def check_rules(plan: CityPlan) -> None:
    """Every check of rules that needs no map. Raises ConfigError."""
    _rules_name_what_exists(plan)
    _rules_hold_sometimes_not_always(plan.city.crews.weather_rules)
    _seasons_do_not_contradict(plan.city.crews.weather_rules)
    _snow_seasons_do_not_overlap(plan)
    _rules_know_their_crews_and_categories(plan)
    _shifts_fit_the_working_time(plan.city.crews)
    _contractors_fit(plan)
    check_orders(plan)


def _rules_name_what_exists(plan: CityPlan) -> None:
    every: tuple[CrewType | Contractor, ...] = (*plan.city.crews.types, *plan.city.crews.contractors)
    skills, types = sorted({skill for t in every for skill in t.skills}), sorted(t.name for t in every)
    for rule in plan.city.crews.weather_rules:
        if rule.skill not in skills:
            raise ConfigError(
                f"weather rule '{rule.name}' is about the skill '{rule.skill}', which no crew type has",
                remedy=f"name one of {', '.join(skills)}, or remove the rule",
                rule=rule.name,
                skill=rule.skill,
            )
        for name in rule.crew_types:
            if name not in types:
                raise ConfigError(
                    f"weather rule '{rule.name}' names the crew type '{name}', which does not exist",
                    remedy=f"name one of {', '.join(types)}, or leave crew_types out for all with the skill",
                    rule=rule.name,
                    crew_type=name,
                )


def _rules_hold_sometimes_not_always(rules: Sequence[WeatherRule]) -> None:
    for rule in rules:
        if not rule.limits and not rule.has_season:
            raise ConfigError(
                f"weather rule '{rule.name}' has neither a condition nor a season, so it would hold every day",
                remedy="give it a condition such as rain_from_mm, or 'from' and 'until'",
                rule=rule.name,
            )


def _seasons_do_not_contradict(rules: Sequence[WeatherRule]) -> None:
    """Two rules for the same skill and crews that hold by season alone may not share a day: which would be meant?"""
    for one, other in combinations([r for r in rules if not r.limits], 2):
        same = one.skill == other.skill and (
            not one.crew_types or not other.crew_types or bool(set(one.crew_types) & set(other.crew_types))
        )
        if same and one.days() & other.days():
            raise ConfigError(
                f"weather rules '{one.name}' ({_span(one)}) and '{other.name}' ({_span(other)}) "
                f"contradict each other: both hold for '{one.skill}' on some days",
                remedy="let one season end before the other starts, or remove one of the rules",
                rules=[one.name, other.name],
            )


def _snow_seasons_do_not_overlap(plan: CityPlan) -> None:
    for one, other in combinations(plan.city.crews.snow_duty, 2):
        if one.days() & other.days():
            raise ConfigError(
                f"snow_duty: the seasons {_span(one)} and {_span(other)} share days, with "
                f"{one.from_mm:g} mm in one and {other.from_mm:g} mm in the other",
                remedy="let one season end before the other starts",
                seasons=[_span(one), _span(other)],
            )


def _rules_know_their_crews_and_categories(plan: CityPlan) -> None:
    types = sorted([t.name for t in plan.city.crews.types] + [c.name for c in plan.city.crews.contractors])
    crewed = sorted(c.category for c in plan.categories if c.is_ours and c.kind != "perishable")
    for machine in plan.city.crews.rules.equipment:
        if odd := [t for t in machine.crew_types if t not in types]:
            raise ConfigError(
                f"equipment '{machine.name}' names the crew type '{odd[0]}', which does not exist",
                remedy=f"name some of {', '.join(types)}",
                equipment=machine.name,
                crew_type=odd[0],
            )
    for rule in plan.city.crews.rules.minimum_service:
        if rule.category not in crewed:
            raise ConfigError(
                f"minimum_service names the category '{rule.category}', which no crews of this city work on",
                remedy=f"name one of {', '.join(crewed) or 'the categories with crews (there are none)'}",
                category=rule.category,
            )


def _shifts_fit_the_working_time(crews: Crews) -> None:
    """A week shorter than a shift, or more rest than a day leaves after it, would leave nobody to send."""
    rules = crews.rules.working_time
    for shift in crews.shifts:
        hours = shift.clock_minutes / 60
        if rules.longest_week_hours is not None and hours > rules.longest_week_hours:
            raise ConfigError(
                f"shift '{shift.name}' lasts {hours:g} h, longer than longest_week_hours {rules.longest_week_hours:g}",
                remedy="give the hours of a week, such as 40",
                shift=shift.name,
                longest_week_hours=rules.longest_week_hours,
            )
        if hours + shift.overtime_minutes / 60 + rules.minimum_rest_hours > 24:
            raise ConfigError(
                f"shift '{shift.name}' with its overtime lasts {hours + shift.overtime_minutes / 60:g} h, which leaves "
                f"less than minimum_rest_hours {rules.minimum_rest_hours:g} before it starts again",
                remedy="shorten the rest, or the shift's overtime_minutes",
                shift=shift.name,
                minimum_rest_hours=rules.minimum_rest_hours,
            )


def _contractors_fit(plan: CityPlan) -> None:
    crews = plan.city.crews
    yards, taken = sorted(y.name for y in crews.yards), [t.name for t in crews.types]
    needed = sorted({c.skill for c in plan.categories if c.is_ours and c.kind != "perishable"})
    for contractor in crews.contractors:
        if contractor.name in taken:
            raise ConfigError(
                f"contractor '{contractor.name}' has the name of a crew type or of another contractor",
                remedy="give it another name",
                contractor=contractor.name,
            )
        taken.append(contractor.name)
        if contractor.yard not in yards:
            raise ConfigError(
                f"contractor '{contractor.name}' starts from the yard '{contractor.yard}', which does not exist",
                remedy=f"name one of {', '.join(yards)}",
                contractor=contractor.name,
                yard=contractor.yard,
            )
        if not set(contractor.skills) & set(needed):
            raise ConfigError(
                f"contractor '{contractor.name}' has the skills {', '.join(sorted(contractor.skills))}, "
                "which no category with crews needs",
                remedy=f"name one of {', '.join(needed)}, or remove the contractor",
                contractor=contractor.name,
                skills=sorted(contractor.skills),
            )


def _span(season: Seasonal) -> str:
    return f"{season.from_} to {season.until}" if season.has_season else "all year"
