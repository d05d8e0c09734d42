"""Categories and crews refuse what cannot be worked."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.category import Category
from domain.city import Crews, Shift
from domain.config_errors import as_config_error
from domain.crew_rules import MOST_CREWS

QUEUE: dict[str, Any] = {
    "schema": 1,
    "category": "pothole",
    "title": "Potholes",
    "noun": "pothole requests",
    "kind": "queue",
    "skill": "patching",
    "service_minutes": {"value": 40, "basis": "expert"},
    "queue": {"due_hours": 96, "cost_per_late_day": 25},
}
CREWS: dict[str, Any] = {
    "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 400}],
    "types": [{"name": "patching", "skills": {"patching": None}, "cost_per_hour": 90}],
    "yards": [{"name": "North", "crews": {"patching": 2}}],
}


def test_a_category_needs_the_section_of_its_kind() -> None:
    assert Category.model_validate(QUEUE).due_hours == 96
    with pytest.raises(ValidationError, match="needs the section 'event'"):
        Category.model_validate({**QUEUE, "kind": "event"})


def test_negative_crews_are_named() -> None:
    crews = {**CREWS, "yards": [{"name": "North", "crews": {"patching": -1}}]}
    with pytest.raises(ValidationError, match="crews of 'patching' cannot be -1"):
        Crews.model_validate(crews)


@pytest.mark.parametrize(("start", "end", "most"), [("07:00", "15:00", 480), ("23:00", "05:30", 390)])
def test_a_shift_works_no_more_minutes_than_the_clock_gives_it(start: str, end: str, most: int) -> None:
    assert Shift(name="s", start=start, end=end, minutes=most).clock_minutes == most
    with pytest.raises(ValidationError, match=f"'s': {most + 1} minutes do not fit into {start}-{end}, which has"):
        Shift(name="s", start=start, end=end, minutes=most + 1)


def test_a_yard_with_an_unknown_crew_type_is_named() -> None:
    crews = {**CREWS, "yards": [{"name": "North", "crews": {"paving": 1}}]}
    with pytest.raises(ValidationError, match=r"yard 'North': no crew type \['paving'\]"):
        Crews.model_validate(crews)


def test_two_yards_of_one_name_are_refused() -> None:
    crews = {**CREWS, "yards": [CREWS["yards"][0], CREWS["yards"][0]]}
    with pytest.raises(ValidationError, match="yard named twice"):
        Crews.model_validate(crews)


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        ([0, 9], r"no weekday 9; give 0 \(Monday\) to 6 \(Sunday\)"),
        ([-1], "no weekday -1"),
        ([0, 0, 1], "0 stands twice"),
    ],
)
def test_weekdays_that_no_week_has_are_named(weekdays: list[int], said: str) -> None:
    shift = {**CREWS["shifts"][0], "weekdays": weekdays}
    with pytest.raises(ValidationError, match=said) as caught:
        Crews.model_validate({**CREWS, "shifts": [shift]})
    assert "crews.shifts[0].weekdays" in as_config_error(caught.value, Crews, file="city.yaml", section="crews").what
    assert Shift(**{**CREWS["shifts"][0], "weekdays": [6, 0]}).weekdays == (6, 0)


def test_no_more_crews_than_a_what_if_may_ask_for() -> None:
    def crews(number: int) -> dict[str, Any]:
        return {**CREWS, "yards": [{"name": "North", "crews": {"patching": number}}]}

    with pytest.raises(ValidationError, match="100000 crews of 'patching' at one yard; give at most 100, or divide"):
        Crews.model_validate(crews(100_000))
    assert Crews.model_validate(crews(MOST_CREWS)).yards[0].crews == {"patching": 100}
    firm = {
        "name": "Millrace", "yard": "North", "crews": MOST_CREWS + 1, "skills": {"patching": None}, "price": 1,
        "jobs_per_shift": 8,
    }  # fmt: skip
    with pytest.raises(ValidationError, match="less than or equal to 100"):
        Crews.model_validate({**CREWS, "contractors": [firm]})
