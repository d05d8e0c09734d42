"""Public holidays from the `holidays` library, and the city's own days off and events from ICS files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pandas as pd

from domain.city import HolidayRule
from domain.config_errors import nearest
from domain.errors import ConfigError
from domain.tables import CALENDAR
from sources.closures import closure_days, event_days
from sources.files.tables import find_files

UTC = ZoneInfo("UTC")


def holidays_table(
    rule: HolidayRule, city: str, first: date, last: date, base_dir: Path = Path(), zone: ZoneInfo = UTC
) -> pd.DataFrame:
    """`domain.tables.CALENDAR` from `first` to `last`, both included; days off in lieu are holidays too.

    base_dir: where the files of `closures` and `events` lie; a day that is both keeps the public holiday's name. zone:
    of events with hours. Raises ConfigError where the country or subdivision is not known, SourceUnreadableError for a
    file.
    """
    check_rule(rule)
    years = range(first.year, last.year + 1)
    known = holidays.country_holidays(rule.country, subdiv=rule.subdivision, years=years)
    named = {day: name for day, name in known.items() if first <= day <= last}
    for file in find_files(rule.closures, base_dir):
        named = closure_days(file, first, last) | named
    events: dict[date, str] = {}
    for file in find_files(rule.events, base_dir):
        events = event_days(file, first, last, zone) | events
    days = [(day, named.get(day, ""), events.get(day)) for day in sorted({*named, *events})]
    if not days:
        return CALENDAR.empty()
    table = pd.DataFrame(days, columns=["date", "holiday", "event"]).assign(city=city)
    table = table.astype({"date": "datetime64[us]", "holiday": "str", "event": "str"})
    return CALENDAR.validate(table[list(CALENDAR.schema.columns)])


def check_rule(rule: HolidayRule) -> None:
    """Raises ConfigError where the country or subdivision is not known."""
    countries = holidays.list_supported_countries(include_aliases=True)
    if rule.country not in countries:
        raise _unknown("country", rule.country, sorted(countries))
    there = sorted(countries[rule.country])
    if rule.subdivision is not None and rule.subdivision not in there:
        raise _unknown("subdivision", rule.subdivision, there)


def _unknown(what: str, value: str, known: list[str]) -> ConfigError:
    close = nearest(value, known)
    hint = f"; did you mean '{close}'?" if close else ""
    return ConfigError(
        f"holidays.{what}: no holidays are known for '{value}'{hint}",
        remedy=f"use one of: {', '.join(known)}" if known else "leave it out: the country has none",
        key=f"holidays.{what}",
        value=value,
        nearest=close,
    )
