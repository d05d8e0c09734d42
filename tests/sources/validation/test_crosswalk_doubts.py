"""An entry of the crosswalk that the rows speak against is told with rows and remedy; nothing is refused for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from domain.tables import AREAS
from sources.plugins import Context, Requests

Rows = Callable[..., pd.DataFrame]
Check = Callable[..., Requests]
Listed = Callable[..., dict[str, tuple[int, str]]]
Parts = dict[str, float]

BEFORE, AFTER = "2024-03-14 10:00:00", "2024-03-15 10:00:00"
HALVES = {"A1": 0.6, "A2": 0.4}


@pytest.fixture(params=[None, AREAS.empty()], ids=["no areas", "areas from rows"])
def doubted(
    request: pytest.FixtureRequest,
    rows: Rows,
    check: Check,
    make_context: Callable[..., Context],
    rules_used: Listed,
) -> Callable[..., dict[str, tuple[int, str]]]:
    """What is doubted of a redrawing in rows that name A12 five times before 15 March, then A1 and A2."""
    raw = rows(area=["A12"] * 5 + ["A1", "A2"], created=[BEFORE] * 5 + [AFTER] * 2)

    def build(day: str, old: str = "A12", into: Parts = HALVES, **more: Any) -> dict[str, tuple[int, str]]:
        told = {"date": day, "from": {old: into}}
        ctx = make_context(request.param, crosswalk=(told, *more.get("later", ())))
        found = check(raw, ctx=ctx)
        assert found.rows_used == 7
        return {rule: what for rule, what in rules_used(found).items() if rule.startswith("crosswalk of ")}

    return build


def test_an_entry_that_fits_the_rows_is_not_doubted(doubted: Callable[..., Any]) -> None:
    assert doubted("2024-03-15") == {}
    assert doubted("2024-03-15", later=({"date": "2024-03-20", "from": {"A1": {"A1": 0.5, "A2": 0.5}}},)) == {}


def test_a_new_name_that_no_row_has_is_told_with_what_moves_there(doubted: Callable[..., Any]) -> None:
    assert doubted("2024-03-15", into={"A1": 0.6, "A9": 0.4}) == {
        "crosswalk of 2024-03-15: 'A12' becomes 'A9', which no row names": (
            5,
            "check its spelling; nothing where it is so new that nobody has called",
        )
    }


def test_an_old_name_that_no_row_has_is_told(doubted: Callable[..., Any]) -> None:
    assert set(doubted("2024-03-15", old="A21")) == {"crosswalk of 2024-03-15: no row before it names 'A21'"}


@pytest.mark.parametrize("day", ["2010-01-01", "2024-01-01"])
def test_an_old_area_that_lives_on_after_its_date_is_told_with_its_last_day(
    doubted: Callable[..., Any], day: str
) -> None:
    what = f"crosswalk of {day}: 'A12' is still named, last on 2024-03-14, and stays an area beside the new ones"
    assert doubted(day) == {what: (5, "correct the date; the last row of 'A12' is of 2024-03-14")}


def test_a_date_that_lies_ahead_is_told(doubted: Callable[..., Any]) -> None:
    (what,) = doubted("2030-01-01").items()
    assert what[0].startswith("crosswalk of 2030-01-01: the date lies ahead of 2024-06-30")
    assert what[1][0] == 5


def test_counts_are_doubted_alike(
    check_counts: Callable[..., Requests], make_context: Callable[..., Context], rules_used: Listed
) -> None:
    content = {"date": ["2024-03-14", "2024-03-15"], "area": ["A12", "A1"], "label": "pothole", "count": ["3", "2"]}
    raw = pd.DataFrame(content, index=pd.RangeIndex(1, 3))
    told = {"date": "2024-01-01", "from": {"A12": {"A1": 1.0}}}
    found = check_counts(raw, ctx=make_context(None, crosswalk=(told,)))
    assert any("'A12' is still named" in rule for rule in rules_used(found))
