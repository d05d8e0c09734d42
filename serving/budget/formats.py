"""Looks of a budget's cells, beside those of the crew plan's workbook."""

from __future__ import annotations

from typing import Any

from serving.sheets import Formats, formats


def budget_formats(book: Any) -> Formats:
    """money, count (one decimal), share, input (may be changed), guess (assumed: may be changed, and should be)."""
    top = {"valign": "top", "font_size": 10, "bottom": 1, "bottom_color": "#D0D6DD"}
    edit = {**top, "num_format": "#,##0.00##", "border": 1, "border_color": "#C9B458"}
    own = {
        "money": {**top, "num_format": "#,##0"},
        "sum": {**top, "num_format": "#,##0", "bold": True, "top": 1},
        "count": {**top, "num_format": "#,##0.0"},
        "rate": {**top, "num_format": "0.0 %"},
        "input": {**edit, "bg_color": "#E8F1FB"},
        "guess": {**edit, "bg_color": "#FFE2B8", "bold": True},
        "mark": {**top, "bg_color": "#FFE2B8", "bold": True, "indent": 1},
        "bold": {**top, "bold": True, "text_wrap": True, "indent": 1},
    }
    return Formats(formats(book).by_name | {name: book.add_format(look) for name, look in own.items()})
