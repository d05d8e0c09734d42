"""Delimited text in batches of columns: the header found behind banner lines, rows of another width dropped or cut.

Read by Arrow's CSV reader, which takes a hundred thousand rows in the time that Python takes ten thousand.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.csv as pacsv
from pydantic import Field

from domain.category import Strict
from sources.portals.wire.answers import cut_short
from sources.portals.wire.rows import missing_column

BANNER_LINES = 50
EMPTY = "Empty CSV file"
"""What Arrow says where nothing stands behind the header: no rows yet."""
BLOCK_BYTES = 2**20
"""A batch is what fits in here; with quotes no row may be longer."""


class Text(Strict):
    """How the text is written.

    header: a text by which the line of the header is known, where banner lines stand before it. quotes: false where
    quotes mean nothing. missing: a text that stands for "no value". extra_cells: rows longer than the header are
    dropped and counted, or cut after the header's cells.
    """

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8-sig"
    header: str | None = None
    quotes: bool = True
    missing: str | None = None
    extra_cells: Literal["drop", "cut"] = "drop"
    max_file_mib: int = Field(default=4096, ge=1)


@dataclass(frozen=True)
class Batch:
    """columns: the named ones, as written. count: rows. bad: rows of another width, left out."""

    columns: dict[str, pa.Array]
    count: int
    bad: int


@dataclass
class Odd:
    """Rows of another width, as Arrow hands them over: from its own thread, which reads ahead of the batch in hand."""

    text: Text
    bad: int = 0
    cut: list[list[str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, row: Any) -> str:
        cells = self.cells(row.text) if row.actual_columns > row.expected_columns and row.text else []
        with self.lock:
            if self.text.extra_cells == "cut" and len(cells) > row.expected_columns:
                self.cut.append(cells[: row.expected_columns])
            else:
                self.bad += 1
        return "skip"

    def taken(self) -> tuple[list[list[str]], int]:
        """Those cut and the number of those dropped since the last call, each told once."""
        with self.lock:
            found = self.cut, self.bad
            self.cut, self.bad = [], 0
        return found

    def cells(self, line: str) -> list[str]:
        return next(iter(csv.reader([line], delimiter=self.text.delimiter, quoting=quoting(self.text))), [])


def header_of(file: IO[bytes], text: Text, about: str) -> list[str]:
    """The cells of the header; the file stands behind it. Raises PortalColumnMissingError where there is none."""
    for raw in islice(file, BANNER_LINES):
        line = raw.decode(text.encoding)
        if text.header is None or (text.header in line and text.delimiter in line):
            cells = next(iter(csv.reader([line], delimiter=text.delimiter, quoting=quoting(text))), [])
            return [c.strip() for c in cells]
    raise missing_column(text.header or "the header", (), about)


def batches(file: IO[bytes], text: Text, header: Sequence[str], names: Sequence[str], about: str) -> Iterator[Batch]:
    """Rows behind the header. Raises CutShortError for an archive that breaks off and for text that is not what the
    YAML says."""
    place = {name: at for at, name in enumerate(header)}
    odd = Odd(text)
    try:
        with _reader(file, text, len(header), sorted({place[n] for n in names}), odd) as reader:
            for block in reader:
                yield _batch(pa.table(block) if isinstance(block, dict) else block, names, place, odd)
        if odd.bad or odd.cut:
            yield _batch(None, names, place, odd)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise cut_short(about, f"the archive is not whole: {error}") from error
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        if str(error) == EMPTY:
            return
        raise cut_short(about, f"the text cannot be read as {text.encoding}: {error}") from error


def _reader(file: IO[bytes], text: Text, width: int, wanted: Sequence[int], odd: Odd) -> Any:
    encoding = "utf-8" if text.encoding == "utf-8-sig" else text.encoding
    columns = [str(at) for at in range(width)]
    return pacsv.open_csv(
        file,
        pacsv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=columns, encoding=encoding),
        pacsv.ParseOptions(
            delimiter=text.delimiter,
            quote_char='"' if text.quotes else False,
            newlines_in_values=text.quotes,
            invalid_row_handler=odd,
        ),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), include_columns=[str(at) for at in wanted]
        ),
    )


def _batch(block: Any, names: Sequence[str], place: dict[str, int], odd: Odd) -> Batch:
    """A block's columns with the rows that were cut meanwhile."""
    cut, bad = odd.taken()
    columns = {}
    for name in names:
        whole = [] if block is None else [block.column(str(place[name]))]
        columns[name] = pa.concat_arrays([*whole, pa.array([cells[place[name]] for cells in cut], pa.string())])
    return Batch(columns, (0 if block is None else block.num_rows) + len(cut), bad)


def quoting(text: Text) -> Literal[0, 3]:
    return csv.QUOTE_MINIMAL if text.quotes else csv.QUOTE_NONE
