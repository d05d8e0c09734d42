"""An effect in words a planner reads: "+14 because of 38 mm expected on Thursday"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOTHING = 0.05
"""An effect below this reads as 0.0 and is said to be nothing."""
CAUSE_SHARE = 0.25
MOST_CAUSES = 3
"""Beside the largest part, those of at least this share of it are named as causes too."""
LIKE_THE_AVERAGE = 0.05
LEAST_TIMES, LEAST_TOLD = 0.05, 0.005
"""Below these a figure would read as 0.0 times, or 0 %."""


@dataclass(frozen=True)
class Day:
    """What may be said of a day. holidays: by date, only where the forecast moved with one; holiday: by how much, in
    the city. weather: what is expected, as a fact. no_weather: what is said where it adds nothing. parts: of the
    city's weather effect, in requests. causes: each part as a noun phrase."""

    day: date
    holidays: Mapping[date, str]
    holiday: float = 0.0
    weather: str = ""
    no_weather: str = "nothing from the weather"
    parts: Mapping[str, float] = field(default_factory=dict)
    causes: Mapping[str, str] = field(default_factory=dict)


def phrase(block: str, effect: float, ratio: float, level: str, areas: int, day: Day, noun: str) -> str:
    """The words of one block. ratio: of what stands after it to what stands before it, over all days ahead: a figure
    of the place or of the last weeks must not move from day to day with the draws. areas: how many the unit holds.
    Empty where an area's effect is too small to read."""
    if block == "usual":
        return f"{amount(effect)} {noun} {usual_clause(level, areas)}"
    if abs(effect) < NOTHING:
        return "" if level == "area" else nothing(block, day)
    start = f"{'+' if effect > 0 else '−'}{amount(effect)}"
    if block == "place":
        return f"{start} because {place_clause(effect, ratio, level)}"
    if block == "recent demand":
        return f"{start} because the last weeks were {recent_clause(effect, ratio, level)}"
    if block == "calendar":
        return f"{start} because it is {calendar_clause(day.day, day.holidays)}{holiday_part(effect, level, day)}"
    return f"{start} {weather_clause(effect, day)}{weather_parts(level, day)}"


def usual_clause(level: str, areas: int) -> str:
    """The reference: an ordinary day, in as many average areas as the unit holds."""
    if level == "city":
        return "on an ordinary day"
    return f"on an ordinary day in {'the average area' if areas == 1 else f'{areas} average areas'}"


def place_clause(effect: float, ratio: float, level: str) -> str:
    """'this area files 2.1 times the average area'."""
    whose = "the average area" if level == "area" else "as many average areas"
    if not np.isfinite(ratio):
        return f"this {level} files more than {whose}"
    if abs(ratio - 1) < LIKE_THE_AVERAGE or (ratio > 1) != (effect > 0):
        return f"this {level} files about as much as {whose}"
    return f"this {level} files {f'{ratio:.1f}' if ratio >= LEAST_TIMES else 'less than 0.1'} times {whose}"


def recent_clause(effect: float, ratio: float, level: str) -> str:
    """'busier than usual (+12 %)'; an area's share is too uncertain for a figure, and 0 % is none."""
    word = "busier than usual" if effect > 0 else "quieter than usual"
    is_told = level != "area" and abs(ratio - 1) >= LEAST_TOLD and (ratio > 1) == (effect > 0)
    return f"{word} ({'+' if effect > 0 else '−'}{100 * abs(ratio - 1):.0f} %)" if is_told else word


def calendar_clause(day: date, holidays: Mapping[date, str]) -> str:
    """'Sunday', with the holiday by name, or the day beside one."""
    name = WEEKDAYS[day.weekday()]
    if day in holidays:
        return f"{name}, {holidays[day]}"
    for step, beside in ((1, "the day after"), (-1, "the day before")):
        other = day - timedelta(days=step)
        if other in holidays:
            return f"{name}, {beside} {holidays[other]}"
    return name


def holiday_part(effect: float, level: str, day: Day) -> str:
    """How the city's calendar effect falls on weekday and holiday."""
    if level != "city" or not day.holidays:
        return ""
    return f" (weekday {signed(effect - day.holiday)}, holiday {signed(day.holiday)})"


def weather_clause(effect: float, day: Day) -> str:
    """'because of' the parts that push the way the effect goes, the largest first. Where none is known to, as in an
    area that goes against its city, the weather as a whole, and what it is beside it as a fact."""
    pushing = {part: abs(value) for part, value in day.parts.items() if value * effect > 0}
    if not pushing or sum(day.parts.values()) * effect <= 0:
        return f"from the weather as a whole{f' ({day.weather})' if day.weather else ''}"
    least = CAUSE_SHARE * max(pushing.values())
    named = [part for part in sorted(pushing, key=lambda part: -pushing[part]) if pushing[part] >= least][:MOST_CAUSES]
    return f"because of {', '.join(dict.fromkeys(day.causes[part] for part in named))}"


def weather_parts(level: str, day: Day) -> str:
    """How the city's weather effect falls on rain, frost and so on, the largest first; the small ones left out."""
    told = sorted(((n, v) for n, v in day.parts.items() if abs(v) >= NOTHING), key=lambda part: -abs(part[1]))
    if level != "city" or len(told) < 2:
        return ""
    return f": {', '.join(f'{name} {signed(value)}' for name, value in told)}"


def nothing(block: str, day: Day) -> str:
    if block == "recent demand":
        return "the last weeks were as usual"
    if block == "place":
        return "about as much as average areas file"
    if block == "weather":
        return day.no_weather
    return f"nothing from the {block}"


def signed(effect: float) -> str:
    return f"{'+' if effect > 0 else '−'}{amount(effect)}" if abs(effect) >= NOTHING else "0"


def amount(effect: float) -> str:
    """A size a reader takes in: whole from ten up, one decimal below."""
    size = abs(effect)
    return f"{size:.0f}" if size >= 9.95 else f"{size:.1f}"
