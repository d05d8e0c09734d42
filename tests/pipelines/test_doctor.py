"""`crewcast doctor` on a machine where nothing was run yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines import doctor
from pipelines.check import Check
from storage.home import open_home

TODAY = date(2026, 11, 29)
NAME = "houston-files"


@pytest.fixture
def nothing_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No data beside the checkout, as they do not ship."""
    monkeypatch.setenv("CREWCAST_SHARED", str(tmp_path / "none"))
    monkeypatch.setattr(doctor, "city_names", lambda: [NAME, "houston"])
    return tmp_path


def _files(checks: list[Check]) -> list[tuple[str, str]]:
    return [(c.group, c.state) for c in checks if c.what == "files"]


def test_data_that_do_not_ship_are_no_problem_of_a_machine_that_never_asked_for_them(nothing_shared: Path) -> None:
    found = doctor.examine(open_home(nothing_shared), (), TODAY)
    assert _files(found) == [("Houston (houston-files)", "note")]
    named = doctor.examine(open_home(nothing_shared), (NAME,), TODAY)
    assert [state for _, state in _files(named)] == ["problem"]


def test_two_cities_of_one_title_have_a_heading_each(nothing_shared: Path) -> None:
    found = doctor.examine(open_home(nothing_shared), (), TODAY)
    assert {c.group for c in found if c.what == "configuration"} == {"Houston (houston-files)", "Houston (houston)"}
