"""An effect reads as a planner would say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from domain.chance import generator
from models.reasons import NOTHING, Day, calendar_clause, phrase

FOURTH = {date(2024, 7, 4): "Independence Day"}
RAIN = "38 mm expected on Thursday"
CAUSES = {"rain of the day": RAIN, "frost": "much frost", "wind": "5 m/s of wind", "warmth": "9 °C on average"}
PLAIN = Day(date(2024, 7, 4), {}, 0.0, RAIN, parts={"rain of the day": 14.2}, causes=CAUSES)
HOLIDAY = replace(PLAIN, holidays=FOURTH, holiday=-8.0, parts={"rain of the day": 11.0, "frost": 3.2, "wind": 0.01})
MIXED = replace(PLAIN, parts={"rain of the day": -2.0, "wind": 0.4, "frost": 4.1, "warmth": 1.2})
UNTOLD = Day(date(2024, 7, 4), {}, 0.0, RAIN, parts={"rain of the day": 0.0, "wind": 0.0}, causes=CAUSES)


@pytest.mark.parametrize(
    ("block", "effect", "ratio", "level", "day", "words"),
    [
        ("weather", 14.2, 40, "city", PLAIN, "+14 because of 38 mm expected on Thursday"),
        (
            "weather",
            14.2,
            40,
            "city",
            HOLIDAY,
            "+14 because of 38 mm expected on Thursday, much frost: rain of the day +11, frost +3.2",
        ),
        (
            "weather",
            3.7,
            40,
            "city",
            MIXED,
            "+3.7 because of much frost, 9 °C on average: frost +4.1, rain of the day −2.0, warmth +1.2, wind +0.4",
        ),
        ("weather", -0.2, 1, "area", MIXED, "−0.2 from the weather as a whole (38 mm expected on Thursday)"),
        ("weather", -0.2, 1, "city", UNTOLD, "−0.2 from the weather as a whole (38 mm expected on Thursday)"),
        ("weather", -0.2, 1, "city", Day(date(2024, 7, 4), {}), "−0.2 from the weather as a whole"),
        ("weather", 4.2, 40, "district", HOLIDAY, "+4.2 because of 38 mm expected on Thursday, much frost"),
        ("weather", 0.01, 40, "city", PLAIN, "nothing from the weather"),
        (
            "weather",
            0.0,
            40,
            "city",
            Day(date(2024, 7, 4), {}, no_weather="no weather is known"),
            "no weather is known",
        ),
        ("place", 1.1, 2.1, "area", PLAIN, "+1.1 because this area files 2.1 times the average area"),
        ("place", -6.0, 0.4, "district", PLAIN, "−6.0 because this district files 0.4 times as many average areas"),
        ("place", -2.9, 0.04, "area", PLAIN, "−2.9 because this area files less than 0.1 times the average area"),
        ("place", 0.06, 1.03, "area", PLAIN, "+0.1 because this area files about as much as the average area"),
        ("place", -0.1, 1.2, "area", PLAIN, "−0.1 because this area files about as much as the average area"),
        ("place", 0.01, 1.0, "district", PLAIN, "about as much as average areas file"),
        ("place", 0.4, np.nan, "area", PLAIN, "+0.4 because this area files more than the average area"),
        ("recent demand", 4.8, 1.12, "city", PLAIN, "+4.8 because the last weeks were busier than usual (+12 %)"),
        ("recent demand", -3.0, 0.92, "city", PLAIN, "−3.0 because the last weeks were quieter than usual (−8 %)"),
        ("recent demand", 0.06, 1.003, "city", PLAIN, "+0.1 because the last weeks were busier than usual"),
        ("recent demand", 0.3, 1.4, "area", PLAIN, "+0.3 because the last weeks were busier than usual"),
        ("calendar", -6.1, 40, "city", PLAIN, "−6.1 because it is Thursday"),
        (
            "calendar",
            -6.1,
            40,
            "city",
            HOLIDAY,
            "−6.1 because it is Thursday, Independence Day (weekday +1.9, holiday −8.0)",
        ),
        ("calendar", 0.01, 40, "district", PLAIN, "nothing from the calendar"),
        ("calendar", 0.01, 40, "area", PLAIN, ""),
        ("usual", 41.0, 0, "city", PLAIN, "41 pothole requests on an ordinary day"),
    ],
)
def test_an_effect_reads_as_a_planner_would_say_it(
    block: str, effect: float, ratio: float, level: str, day: Day, words: str
) -> None:
    assert phrase(block, effect, ratio, level, 4, day, "pothole requests") == words


def test_no_cause_is_absent_from_the_parts_or_opposed_to_the_effect() -> None:
    rng = generator(7, "causes")
    told = 0
    for _ in range(3000):
        parts = {part: float(v) for part, v in zip(CAUSES, rng.normal(0, 1, 4) * rng.integers(0, 2, 4), strict=True)}
        effect = float(rng.choice([sum(parts.values()), rng.normal()]))
        said = phrase("weather", effect, 1.0, "district", 4, replace(PLAIN, parts=parts), "requests")
        named = [part for part, cause in CAUSES.items() if cause in said]
        if abs(effect) < NOTHING:
            assert not named
        elif "because" in said:
            told += 1
            assert named
            assert all(parts[part] * effect > 0 for part in named)
            assert max(parts, key=lambda part: parts[part] * effect) in named
            places = [said.index(CAUSES[part]) for part in sorted(named, key=lambda part: -abs(parts[part]))]
            assert places == sorted(places)
        else:
            assert "from the weather as a whole" in said
            assert sum(parts.values()) * effect <= 0
    assert told > 1000


def test_what_is_usual_counts_in_average_areas() -> None:
    said = [phrase("usual", 0.8 * n, 0, level, n, PLAIN, "calls") for level, n in (("area", 1), ("district", 10))]
    assert said == [
        "0.8 calls on an ordinary day in the average area",
        "8.0 calls on an ordinary day in 10 average areas",
    ]


def test_the_calendar_names_the_holiday_and_the_days_beside_it() -> None:
    assert calendar_clause(date(2024, 7, 4), FOURTH) == "Thursday, Independence Day"
    assert calendar_clause(date(2024, 7, 5), FOURTH) == "Friday, the day after Independence Day"
    assert calendar_clause(date(2024, 7, 3), FOURTH) == "Wednesday, the day before Independence Day"
    assert calendar_clause(date(2024, 7, 7), FOURTH) == "Sunday"
