"""Rows of another width arrive from the reader's own thread while a batch is made."""

from __future__ import annotations

from threading import Thread
from types import SimpleNamespace

from sources.portals.wire.delimited import Odd, Text, _batch

ROWS = 20_000
PLACE = {"number": 0, "label": 1}


def test_rows_that_are_cut_while_a_batch_is_made_are_told_once_with_all_their_columns() -> None:
    odd = Odd(Text(extra_cells="cut"))
    row = SimpleNamespace(actual_columns=3, expected_columns=2, text="1,pothole,too many")
    reader = Thread(target=lambda: [odd(row) for _ in range(ROWS)])
    reader.start()
    found = []
    while reader.is_alive():
        found.append(_batch(None, list(PLACE), PLACE, odd))
    found.append(_batch(None, list(PLACE), PLACE, odd))
    assert sum(batch.count for batch in found) == ROWS
    assert all(len(column) == batch.count for batch in found for column in batch.columns.values())
