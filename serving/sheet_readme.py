"""The first sheet: what this workbook is, how fresh it is, and how to read it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from domain.manifest import Manifest
from serving.sheets import LINE_HEIGHT, Formats, lines_needed, write_top
from serving.words import category_words, edited_words, long_day, mode_text, modes, origins_label, title_words

TEXT_WIDTH = 95

HOW_TO_READ = (
    "Expected means the average over several hundred equally likely futures. It is no promise: read the low and "
    "high beside it. 80 % of cases lie between low and high.",
    "Areas are named for the next two working days. Later days stay at yard and shift and will be named nearer "
    "the day.",
    "A night shift belongs to the day it starts.",
    "Late means open past its due time at the end of that day. Crews that serve the same place divide its late jobs "
    "between them by their minutes, so that rows add up to all of them.",
    "Hours done are those of all crews of the row together, breaks left out.",
    "Fill in the yellow columns of your yard's sheet: they are how the plan learns what it got wrong.",
)


def write_readme(sheet: Any, styles: Formats, manifest: Manifest, tabs: dict[str, str]) -> None:
    """Facts, what each sheet is (tab name -> sentence), how to read it."""
    title = f"Crew plan · {manifest.title}"
    write_top(sheet, styles, title, origins_label(manifest), f"Publication {manifest.vintage_id}")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, TEXT_WIDTH)
    row = _block(sheet, styles, 4, "What this is", _facts(manifest))
    row = _block(
        sheet, styles, row, "What was forecast with what", [(title_words(r), s) for r, s in _recipes(manifest)]
    )
    row = _block(sheet, styles, row, "What each sheet is", list(tabs.items()))
    row = _block(sheet, styles, row, "How to read it", [("", text) for text in HOW_TO_READ])
    if manifest.attribution:
        _block(sheet, styles, row, "Sources and what they say of themselves", [("", t) for t in manifest.attribution])
    sheet.freeze_panes(3, 0)


def _facts(manifest: Manifest) -> list[tuple[str, str]]:
    ages = [(f"Age of {name} (days)", "none" if age is None else str(age)) for name, age in manifest.data_ages.items()]
    return [
        ("City", manifest.title),
        ("Known up to the end of", long_day(manifest.as_of)),
        ("Last day counted", long_day(manifest.origin)),
        *((("Changed by a planner", edited_words(manifest.edited)),) if manifest.edited else ()),
        ("Plan runs", f"{long_day(manifest.first_date)} to {long_day(manifest.last_date)}"),
        *((f"Mode: {mode}", mode_text(manifest, mode)) for mode in modes(manifest)),
        *ages,
    ]


def _recipes(manifest: Manifest) -> list[tuple[str, str]]:
    return [(title_words(category_words(recipe.category)), recipe.sentence) for recipe in manifest.recipes]


def _block(sheet: Any, styles: Formats, row: int, heading: str, lines: list[tuple[str, str]]) -> int:
    """A heading and its lines from `row` on; the row where the next block starts."""
    sheet.write_string(row, 0, heading, styles["heading"])
    for offset, (name, text) in enumerate(lines, start=1):
        sheet.write_string(row + offset, 0, name, styles["plain"])
        sheet.write_string(row + offset, 1, text, styles["plain"])
    heights = lines_needed(pd.Series([text for _, text in lines], dtype="str"), TEXT_WIDTH)
    for offset, needed in enumerate(heights, start=1):
        sheet.set_row(row + offset, LINE_HEIGHT * int(needed) + 2)
    return row + len(lines) + 2
