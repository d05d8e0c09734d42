"""Rules of weather, season and contract that no plan can be made from: each error names the entry and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from domain.city import CityPlan
from domain.errors import ConfigError
from domain.season import Seasonal
from domain.weather_rules import WeatherRule


def check_rules(plan: CityPlan) -> None:
    """Every check of rules that needs no map. Raises ConfigError."""
    _rules_name_what_exists(plan)
    _rules_hold_sometimes_not_always(plan.city.crews.weather_rules)
    _seasons_do_not_contradict(plan.city.crews.weather_rules)
    _snow_seasons_do_not_overlap(plan)


def _rules_name_what_exists(plan: CityPlan) -> None:
    skills = sorted({skill for t in plan.city.crews.types for skill in t.skills})
    types = sorted(t.name for t in plan.city.crews.types)
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


def _span(season: Seasonal) -> str:
    return f"{season.from_} to {season.until}" if season.has_season else "all year"
