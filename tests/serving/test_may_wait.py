"""Whoever holds a list of open jobs is told that some of them may still wait, and which days' these likeliest are."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from serving.exports import plan_xlsx
from serving.report import glance
from serving.report.plan import report_html
from serving.report.source import Source

SAID = (
    "About 4 of the 11 open pothole requests cannot be begun yet, which of them is not known: likeliest those filed on "
    "Mon 2 Mar and Tue 3 Mar, hardly any filed before Thu 26 Feb."
)


@pytest.fixture
def waiting(published: Any) -> Any:
    return replace(published, manifest=published.manifest.model_copy(update={"may_wait": SAID}))


def test_report_and_first_page_say_it_and_without_waits_do_not(published: Any, waiting: Any) -> None:
    page, plain = (report_html(p.tables, p.manifest, p.areas) for p in (waiting, published))
    assert page.count(SAID) == 2, "at a glance, and above the crews' lists"
    assert "may still wait" not in plain
    notes = list(glance.backlog(Source(waiting.tables, waiting.manifest, waiting.areas)))
    assert notes[0]["text"] == SAID


def test_the_workbook_s_job_lists_say_it(published: Any, waiting: Any) -> None:
    for made, said in ((waiting, True), (published, False)):
        sheet = openpyxl.load_workbook(BytesIO(plan_xlsx(made.tables, made.manifest)))["Job lists"]
        top = [str(cell.value) for row in sheet.iter_rows(max_row=4) for cell in row]
        assert any(SAID in text for text in top) == said
