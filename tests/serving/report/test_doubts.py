"""The section on assumptions: each figure, both ways, and whether the advice changes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from domain.tables import SENSITIVITY
from serving.report.doubts import doubts
from serving.report.plan import report_html
from serving.report.source import Source


def table() -> pd.DataFrame:
    row = {
        "vintage_id": "v", "of": "pothole", "figure": "service_minutes", "change": -0.3, "basis": "expert",
        "value": 40.0, "changed_to": 28.0, "moved_crew_shifts": 0.0, "crew_shifts": 54.0, "held_crews": 0,
        "overtime_hours": 0.0, "contractor_hours": 0.0, "late_requests": -5.8, "late_days": -90.0, "dearer": 0.0,
        "advice_changes": False,
    }  # fmt: skip
    more = row | {"change": 0.3, "changed_to": 52.0, "late_requests": 18.5, "late_days": 230.0}
    other = row | {"figure": "<b>job_share</b>", "moved_crew_shifts": 4.0, "held_crews": -1, "advice_changes": True}
    return SENSITIVITY.validate(pd.DataFrame([row, more, other, other | {"change": 0.3, "overtime_hours": 2.5}]))


def test_figures_that_change_the_advice_come_first_and_are_told_in_words(published: Any) -> None:
    found = doubts(Source({"sensitivity": table()}, published.manifest, published.areas))
    first, second = found["rows"]
    assert (first["changes"], second["changes"]) == (True, False)
    assert [end["roster"] for end in second["ends"]] == ["the same", "the same"]
    assert first["ends"][1]["roster"] == "4 of 54 crew-shifts elsewhere, 1 fewer held ready, 2.5 h more overtime"
    assert second["name"] == "minutes a job (pothole)"


def test_the_report_shows_them_folded_and_no_name_becomes_markup(published: Any) -> None:
    text = report_html({**published.tables, "sensitivity": table()}, published.manifest, published.areas)
    section = text.split('<section id="doubts"', 1)[1].split("</section>", 1)[0]
    assert "<details" in section
    assert "+18" in section
    assert "−5.8" in section
    assert "<b>job" not in section


def test_why_nothing_was_varied_is_told_as_the_run_knew_it(published: Any) -> None:
    def section(manifest: Any) -> str:
        text = report_html(published.tables, manifest, published.areas)
        return text.split('<section id="doubts"', 1)[1].split("</section>", 1)[0]

    off = section(published.manifest.model_copy(update={"not_varied": "the city’s file switches it off"}))
    assert "Nothing was varied in this publication: the city’s file switches it off." in off
    assert "too large" not in off
    assert "every figure was measured, or the city is too large" in section(published.manifest), "an earlier release"


def test_a_plan_that_was_not_repeated_says_how_to_do_it(published: Any) -> None:
    text = report_html(published.tables, published.manifest, published.areas)
    assert "--doubts" in text.split('<section id="doubts"', 1)[1].split("</section>", 1)[0]
