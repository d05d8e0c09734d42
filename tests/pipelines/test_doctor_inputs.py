"""The doctor looks at calendar files and at where open work orders come from."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from configs.load import load_city
from pipelines.doctor_inputs import check_calendar, check_open_work
from tests.portals.conftest import PortalCity

SECTION = {
    "kind": "socrata", "host": "https://data.norville.org", "datasets": [{"id": "abcd-1234"}],
    "columns": {"request_id": "id", "created": "at", "label": "type"},
    "rules": {"labels": {"Pothole": "pothole", "Flood": "flooding"}},
}  # fmt: skip
CLOSED = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261127\r\n"
RULE = {"country": "US", "closures": ["closed.ics"], "events": ["closed.ics"], "school_terms": "terms.csv"}
TODAY = date(2026, 11, 20)


def checks(folder: Path, **more: Any) -> dict[str, tuple[str, str]]:
    """what → (state, detail)."""
    plan = load_city(str(PortalCity(folder, SECTION, **more).file))
    found = [*check_calendar(plan, TODAY, "Norville"), *check_open_work(plan, "Norville")]
    return {c.what: (c.state, c.detail) for c in found}


def test_files_of_the_calendar_are_read(tmp_path: Path) -> None:
    (tmp_path / "closed.ics").write_text(f"{CLOSED}END:VEVENT\r\nEND:VCALENDAR\r\n")
    (tmp_path / "terms.csv").write_text("start,end,name\n2026-08-17,2026-12-18,autumn\n")
    assert checks(tmp_path, holidays=RULE) == {
        "closures": ("ok", "days named: 1"),
        "events": ("ok", "days named: 1"),
        "school terms": ("ok", "1, known to 2026-12-18"),
    }


def test_files_that_are_not_there_or_broken_are_problems(tmp_path: Path) -> None:
    (tmp_path / "terms.csv").write_text("start,end,name\n2026-08-17,2026-08-01,autumn\n")
    found = checks(tmp_path, holidays=RULE)
    assert {state for state, _ in found.values()} == {"problem"}
    assert str(tmp_path / "closed.ics") in found["closures"][1]
    assert "runs from 2026-08-17 to 2026-08-01" in found["school terms"][1]


def test_an_address_that_is_not_set_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = {"kind": "sql_view", "url_env": "WORK_DB", "view": "open_orders", "columns": SECTION["columns"]}
    monkeypatch.delenv("WORK_DB", raising=False)
    assert checks(tmp_path, open_work=view)["open work"] == ("problem", "WORK_DB is not set")
    monkeypatch.setenv("WORK_DB", "sqlite://")
    assert checks(tmp_path, open_work=view) == {}
