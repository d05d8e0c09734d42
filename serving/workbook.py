"""The plan as a workbook: a page to read first, one sheet a yard, and what the plan rests on."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO

import xlsxwriter

from domain.manifest import Manifest
from serving.cells import sheet_names
from serving.reading import Tables
from serving.sheet_readme import write_readme
from serving.sheet_tables import SHEETS, Sheet
from serving.sheet_yard import yard_names, yard_sheet
from serving.sheets import Formats, colour_readiness, formats, write_sheet
from serving.words import long_day, origins_label

README = "Read me"


def plan_xlsx(tables: Tables, manifest: Manifest) -> bytes:
    """An .xlsx whose bytes depend on its inputs alone. Texts stay texts: none can become a formula or a link.

    Sheets: "Read me", "Overview", one a yard, "Job lists", "Reasons", "Readiness", "Staffing hints", "Worklist",
    "Forecast", "Backlog", "Data health". Dates are dates; minutes, hours and shares carry their unit in the header.
    """
    target = BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties(
            {
                "title": f"Crew plan {manifest.title}",
                "subject": manifest.vintage_id,
                "comments": origins_label(manifest),
                "created": datetime.combine(manifest.as_of, time()),
            }
        )
        styles, sheets = formats(book), _sheets(tables, manifest)
        write_readme(book.add_worksheet(README), styles, manifest, {tab: sheet.about for tab, sheet in sheets.items()})
        for tab, sheet in sheets.items():
            _add(book, styles, tab, sheet, manifest)
    return target.getvalue()


def _sheets(tables: Tables, manifest: Manifest) -> dict[str, Sheet]:
    """Every table sheet by its tab name, in the order of the tabs."""
    fixed = [(name, build(tables, manifest)) for name, build in SHEETS.items()]
    yards = yard_names(tables)
    tabs = sheet_names(yards, [README, *SHEETS])
    own = [(tab, yard_sheet(tables, yard)) for tab, yard in zip(tabs, yards, strict=True)]
    return dict([*fixed[:1], *own, *fixed[1:]])


def _add(book: xlsxwriter.Workbook, styles: Formats, tab: str, sheet: Sheet, manifest: Manifest) -> None:
    page = book.add_worksheet(tab)
    note = f"{sheet.about} As of the end of {long_day(manifest.as_of)}. Publication {manifest.vintage_id}."
    title = f"{manifest.title} · {sheet.title}"
    write_sheet(page, styles, title, origins_label(manifest), note, sheet.frame, sheet.columns)
    for at, column in enumerate(sheet.columns):
        if column.field.startswith("readiness"):
            colour_readiness(page, styles, at, len(sheet.frame))
