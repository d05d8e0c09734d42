"""`budget.xlsx`: the answer and its inputs first, then sums with live formulas, then what was found."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter

from allocation.budget.roll import says
from allocation.budget.study import Study
from serving.budget import answer_tables as tables
from serving.budget.about import About
from serving.budget.amounts_sheet import AMOUNTS, references, write_amounts
from serving.budget.changed_money import help_words
from serving.budget.columns import columns_of
from serving.budget.cost_sheet import write_costs
from serving.budget.first_sheet import FIRST, write_first
from serving.budget.formats import budget_formats
from serving.budget.frontier_sheet import write_frontier
from serving.budget.live import MONTHS, MORE, MOVES, NEEDS, NOTES, POSITIONS, formulas, write_formulas
from serving.budget.shares import judged_words
from serving.budget.total_sheet import write_totals
from serving.sheets import Formats, write_sheet

NOW, ADVISED, BEST, TOTALS, FRONTIER = "Cost today", "Cost advised", "Cost best tried", "Totals", "Cost against share"


def budget_xlsx(about: About, study: Study) -> bytes:
    """An .xlsx whose bytes depend on its inputs alone; texts never become formulas or links."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        created = datetime.combine(about.as_of, time())
        book.set_properties({"title": f"Crew budget {about.title}", "comments": about.said, "created": created})
        styles = budget_formats(book)
        cells = write_first(book.add_worksheet(FIRST), styles, about, study)
        totals = book.add_worksheet(TOTALS)
        tried = {NOW: study.now, ADVISED if study.is_met else BEST: study.advised}
        spans = {name: _costs(book, styles, about, study, name, cells) for name in tried}
        refs = references(study, cells)
        write_totals(totals, styles, f"{about.title} · sums", about.said, study, spans, tried, cells, refs)
        sheet = book.add_worksheet(FRONTIER)
        note = (
            "Money follows the first sheet’s rates; shares come from the draws. Jobs due are all of the days that the "
            f"money is of; the kind of work that does worst, on which the target is set, is that{judged_words(study)}."
        )
        write_frontier(sheet, styles, f"{about.title} · cost against share in time", about.said, note, study, refs)
        live = formulas(study, cells, refs)
        for name, (title, frame) in _plain(study).items():
            sheet = _table(book, styles, about, study.case.terms.currency, help_words(study), name, title, frame)
            write_formulas(sheet, styles, frame, live.get(name, {}))
        sheet = book.add_worksheet(AMOUNTS)
        write_amounts(sheet, styles, f"{about.title} · amounts behind the money", about.said, study, cells)
    return target.getvalue()


def _costs(book: Any, styles: Formats, about: About, study: Study, name: str, cells: dict[str, str]) -> tuple[int, int]:
    tried = study.now if name == NOW else study.advised
    title = f"{about.title} · {name.lower()}, on regular hours: {says(study.case.pool, tried.mix)}"
    note = "Crew-days, jobs and overtime hours come from the simulation; every sum follows the first sheet’s rates."
    return write_costs(book.add_worksheet(name), styles, title, about.said, note, study, tried, cells)


def _plain(study: Study) -> dict[str, tuple[str, pd.DataFrame]]:
    """Sheet -> title and table."""
    return {
        NEEDS: ("Fewest crews that meet the target, of the mixes tried", tables.needs_table(study)),
        MORE: ("What one more crew buys", tables.more_table(study).rename(columns={"share": "worst_gain"})),
        POSITIONS: ("Positions", tables.positions_table(study).rename(columns={"in_post": "crews_now"})),
        "Today by quarter": ("Today’s crews by quarter", tables.bands_table(study).drop(columns="money")),
        MONTHS: (
            "Overtime, hiring, contractors" if study.case.terms.contractors else "Overtime or hiring",
            tables.months_table(study).drop(columns="key").rename(columns={"avoided": "late", "share": "worst"}),
        ),
        MOVES: ("How far the answer moves", tables.influence_table(study).rename(columns={"share": "worst"})),
    }


def _table(
    book: Any, styles: Formats, about: About, currency: str, help: str, name: str, title: str, frame: pd.DataFrame
) -> Any:
    columns = columns_of(frame, help)
    note = f"Scenario {about.scenario}. As of {about.as_of}. Money in {currency}. {NOTES.get(name, '')}".rstrip()
    sheet = book.add_worksheet(name)
    write_sheet(sheet, styles, f"{about.title} · {title}", about.said, note, frame, columns)
    return sheet
