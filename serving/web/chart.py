"""A chart as a page hands it over: what to draw, what it says, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from serving.cells import neutral_frame
from serving.report.page import embedded
from serving.words import number

Cell = str | float | int | None


@dataclass(frozen=True)
class Chart:
    """name: lower-case slug, once a page. about: what it shows and its unit, in a sentence.

    traces, layout: as plotly.js takes them; a colour is written "var:chart-line" (a name of the style sheet without
    its dashes; "var:chart-band/0.3" with strength) so that it follows light and dark. Texts are shown as they are.
    columns, rows: the numbers, for the table and the CSV. size: "", "low" or "map".
    """

    name: str
    title: str
    about: str
    traces: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    layout: Mapping[str, Any] = field(default_factory=dict)
    size: str = ""

    @property
    def drawing(self) -> Markup:
        """JSON for the script element beside the figure."""
        return embedded({"traces": list(self.traces), "layout": dict(self.layout)})

    def csv(self, note: str) -> bytes:
        """The table as CSV that no spreadsheet runs; note: in the last column, where the numbers come from."""
        return table_csv(self.columns, self.rows, note)


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else number(float(cell))


def table_csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]], note: str) -> bytes:
    """UTF-8 with byte order mark, CRLF; texts that a spreadsheet would run carry an apostrophe."""
    frame = pd.DataFrame([[*row, note] for row in rows], columns=[*columns, "note"])
    text = neutral_frame(frame).to_csv(index=False, lineterminator="\r\n", float_format="%.6g")
    return text.encode("utf-8-sig")
