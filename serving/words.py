"""Numbers, days and the plan's own terms in plain words, the same in every language setting of the machine."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from domain.draft import EditEntry
from domain.manifest import Manifest
from domain.words import (
    CITY_LEVEL,
    MODE_ASSUMED_SHIFTS,
    MODE_FAILED_SYNC,
    MODE_GAP,
    MODE_NO_BACKLOG,
    MODE_NO_CREWS,
    MODE_NO_ISSUED,
    MODE_NO_WEATHER,
    MODE_NORMAL,
    MODE_OTHER_BACKLOG,
    MODE_SHORT_HISTORY,
    MODE_SILENT,
    MODE_SPARSE_WEATHER,
    MODE_STALE_DEMAND,
    MODE_STALE_WEATHER,
    MODE_SUBSTITUTE_WEATHER,
)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

READINESS_WORDS = {
    "normal": "Normal",
    "standby": "Standby",
    "call-in": "Call-in",
    "storm": "Storm",
}

FORECASTER_WORDS = {
    "blend": "mix of all ways",
    "exponential_smoothing": "recent level and weekday",
    "glm_poisson": "weather and calendar",
    "lightgbm_poisson": "weather, calendar and recent days",
    "recent_weekdays": "last eight same weekdays",
}
"""What each forecaster goes by, for readers who need not know its name."""

MODE_WORDS = {
    MODE_NORMAL: "All sources were fresh.",
    MODE_NO_ISSUED: "No issued weather forecast was known. The weather ahead is drawn from past years, so numbers "
    "that hang on rain or frost are less certain than usual.",
    MODE_NO_WEATHER: "No weather was known at all. Numbers that hang on rain or frost cannot be trusted.",
    MODE_SHORT_HISTORY: "Less than a year of requests was known. The seasons are not learned yet.",
    MODE_STALE_DEMAND: "The newest requests are older than usual. What came in since is not in this plan.",
    MODE_FAILED_SYNC: "The last pull from the city's portal failed. The plan rests on the requests pulled before it.",
    MODE_STALE_WEATHER: "The newest observed weather is older than usual.",
    MODE_SPARSE_WEATHER: "Rain or temperature is missing on over a tenth of the last year's days. What hangs on them "
    "is little known.",
    MODE_SUBSTITUTE_WEATHER: "The city's own weather station gave nothing on most of the last days. Another station "
    "stands in for it.",
    MODE_GAP: "For weeks within the last two years no request is known at all. Nothing is learnt from them: "
    "levels are those of the weeks before, so a season or a change that fell into them is not seen.",
    MODE_SILENT: "A category has had no request for far longer than ever before, or never had one. Its numbers are "
    "near zero and cannot be trusted; data health names it.",
    MODE_OTHER_BACKLOG: "The export of open work orders could not be read. The open requests of 311 stand in for it.",
    MODE_NO_BACKLOG: "The source does not say which requests are open. The plan starts with an empty backlog.",
    MODE_ASSUMED_SHIFTS: "The source gives days without hours. How a day splits into shifts is assumed, not measured.",
    MODE_NO_CREWS: "For some kind of work nobody is at work on any planned day, so none of it is done. Data health "
    "names it.",
}

LEVEL_WORDS = {
    "area-day": "one area, one day",
    "area-week": "one area, one week",
    "city-day": "whole city, one day",
    "city-week": "whole city, one week",
}


def weekday(day: pd.Timestamp | date) -> str:
    return WEEKDAYS[day.weekday()]


def short_day(day: pd.Timestamp | date) -> str:
    """Tue 3 Mar."""
    return f"{weekday(day)[:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def long_day(day: pd.Timestamp | date) -> str:
    """Tuesday 3 March 2026."""
    return f"{weekday(day)} {day.day} {MONTHS[day.month - 1]} {day.year}"


def number(value: float) -> str:
    """One decimal below ten, whole above, thousands apart: 0, 0.4, 7.0, 1,204; a whole number stays whole."""
    if math.isnan(value):
        return "–"
    if abs(value) < 9.95 and value != round(value):
        return minus(f"{value:.1f}")
    return minus(f"{value:,.0f}")


def whole(value: float) -> str:
    """The nearest whole number, with a real minus sign: −7."""
    return "–" if math.isnan(value) else minus(f"{value:,.0f}")


def signed(value: float) -> str:
    """A difference with its sign: +3.2, −14, 0."""
    text = number(value)
    return text if text in ("0", "0.0", "–") or text.startswith("−") else f"+{text}"


def minus(text: str) -> str:
    """A hyphen before a figure as a minus sign, and none before nothing."""
    shown = text.replace("-", "−")
    return shown[1:] if shown in ("−0", "−0.0") else shown


def hours(minutes: float) -> str:
    """Minutes as hours where that reads better: 45 min, 2.5 h."""
    if math.isnan(minutes):
        return "–"
    return f"{minutes:.0f}\u00a0min" if minutes < 90 else f"{number(minutes / 60)}\u00a0h"


def percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share * 100:.0f}\u00a0%"


def between(low: float, high: float) -> str:
    """A range to say aloud: "12 to 20", or one number where both ends are the same."""
    first, last = number(low), number(high)
    return first if first == last else f"{first} to {last}"


def plural(count: float, one: str, many: str | None = None) -> str:
    """1 crew, 2 crews."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


MEAN_NOTE = (
    "Minutes are the mean of all cases. What is rare, such as a crew that stays away or a job where hardly any come, "
    "moves the mean but lies outside the 80 % of cases: the mean can be below or above the whole range."
)
"""Said under a table that holds means beside ranges."""


def more_or_fewer(count: float) -> str:
    """A difference in words: 3 fewer, 2 more, as many."""
    return "as many" if count == 0 else f"{number(abs(count))} {'more' if count > 0 else 'fewer'}"


def listing(items: list[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def category_words(category: str) -> str:
    """The category as it stands in a sentence: street_light → street light."""
    return category.replace("_", " ").replace("-", " ")


def forecaster_words(name: str) -> str:
    """What a forecaster goes by, in plain words; its name where there are none."""
    return FORECASTER_WORDS.get(name, name.replace("_", " "))


def title_words(text: str) -> str:
    """The first letter a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def place_words(area: str) -> str:
    return "Whole city" if area == CITY_LEVEL else area


def readiness_words(level: str) -> str:
    return READINESS_WORDS.get(level, title_words(level))


def modes(manifest: Manifest) -> tuple[str, ...]:
    """The modes of a run; one without any is normal."""
    return manifest.modes or (MODE_NORMAL,)


def mode_words(mode: str) -> str:
    return MODE_WORDS.get(mode, "This run was degraded; see data health.")


def mode_text(manifest: Manifest, mode: str) -> str:
    """The mode in words, with the age of the requests where they are old."""
    age = manifest.data_ages.get("requests")
    if mode not in (MODE_STALE_DEMAND, MODE_FAILED_SYNC) or not age:
        return mode_words(mode)
    reach = f"{age + 1} to {age + manifest.horizon_days} days"
    return f"{mode_words(mode)} They are complete to {long_day(manifest.origin)}; the plan looks {reach} beyond it."


def edited_words(edit: EditEntry, by: str | None = None) -> str:
    """Who changed a plan, when, from what and why. by: another name for who did."""
    when = f"{edit.at[:10]} at {edit.at[11:16]} UTC"
    return f"{title_words(by or edit.by)} changed this plan on {when}, from publication {edit.base}. Why: {edit.why}"


def origins_label(manifest: Manifest) -> str:
    """What must be said wherever a number leaves the page: the city's label, simulated, invented crews."""
    label = manifest.label.casefold()
    said = [
        manifest.label.rstrip("."),
        "simulated city" if manifest.is_simulated and "simulated" not in label else "",
        "invented crews" if manifest.crews_are_invented and not ("crews" in label and "invented" in label) else "",
    ]
    return "; ".join(part for part in said if part)
