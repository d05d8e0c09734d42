"""Delimited text files as feeds: banner lines, wrong widths, odd encodings, zip archives, rows of all labels."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from domain.category import Strict
from domain.portal_errors import DatasetWithdrawnError
from sources.portals.wire.answers import cut_short
from sources.portals.wire.client import Client
from sources.portals.wire.counted import LabelCount, by_reading
from sources.portals.wire.download import download
from sources.portals.wire.feed import Ask, Page
from sources.portals.wire.labels import wanted
from sources.portals.wire.rows import as_table, check_known, labels, missing_column, table
from sources.portals.wire.section import PortalSection, source_columns

BANNER_LINES = 50


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
class TextFeed:
    """One file. url: asked for when needed. may_be_absent: the file of a year that has just begun."""

    name: str
    section: PortalSection
    client: Client
    url: Callable[[], str]
    text: Text
    tells_vanished: bool = True
    may_be_absent: bool = False
    has_clock: bool = False
    is_whole: bool = True

    def pages(self, ask: Ask) -> Iterator[Page]:
        """The file's rows with wanted labels; an unchanged file gives one empty page."""
        try:
            found = download(self.client, self.url(), ask.validator, self.text.max_file_mib)
        except DatasetWithdrawnError:
            if self.may_be_absent:
                return
            raise
        if found.file is None:
            yield Page(table([], self.section), "", validator=found.validator, is_unchanged=True)
            return
        with found.file:
            yield from self._pages(found.file, ask, found.validator)

    def keys(self, since: date) -> Iterator[list[str]] | None:
        return None

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by reading the file; only ISO dates can be compared with a day."""
        return by_reading(self.pages(Ask("first", since)))

    def _pages(self, file: IO[bytes], ask: Ask, validator: str | None) -> Iterator[Page]:
        lines = _lines(file, self.text, self.client.about)
        header = next(lines, [])
        check_known(self.section, header, self.client.about)
        place = {name: at for at, name in enumerate(header)}
        named = {name: place[name] for name in source_columns(self.section)}
        while batch := list(islice(lines, self.section.page_size)):
            fitting = [cells for cells in batch if self._fits(len(cells), len(header))]
            kept = self._kept(fitting, named, ask.since)
            columns = {name: self._cleaned([cells[at] for cells in kept]) for name, at in named.items()}
            rows = as_table(columns, len(kept), self.section)
            bad = len(batch) - len(fitting)
            yield Page(rows, "", seen=len(batch), unreadable=bad, validator=validator)

    def _fits(self, cells: int, width: int) -> bool:
        return cells == width or (cells > width and self.text.extra_cells == "cut")

    def _cleaned(self, cells: list[str]) -> pa.Array:
        """Without blanks around them, and quotes that mean nothing; null for what stands for "no value"."""
        column = pc.utf8_trim_whitespace(pa.array(cells, pa.string()))
        if not self.text.quotes:
            column = pc.utf8_trim_whitespace(pc.utf8_trim(column, characters='"'))
        absent = pa.array(["", *([self.text.missing] if self.text.missing else [])])
        return pc.if_else(pc.is_in(column, value_set=absent), pa.scalar(None, pa.string()), column)

    def _kept(self, rows: list[list[str]], place: dict[str, int], since: date | None) -> list[list[str]]:
        """Rows with wanted labels and, for ISO dates, from the first day on; files know no filters."""
        if since:
            created, first = place[self.section.columns.created], since.isoformat()
            rows = [cells for cells in rows if cells[created].strip() >= first]
        is_wanted = wanted(self.section)
        if is_wanted is None:
            return rows
        names = self.section.columns.label
        said = labels({n: self._cleaned([cells[place[n]] for cells in rows]) for n in names}, self.section)
        return [cells for cells, label in zip(rows, said.to_pylist(), strict=True) if is_wanted(label or "")]


def _lines(file: IO[bytes], text: Text, about: str) -> Iterator[list[str]]:
    """Header, then rows, unpacked on the way. Nothing is written: a member's name in an archive is never used."""
    try:
        stream = _unzipped(file) if zipfile.is_zipfile(file) else file
        file.seek(0) if stream is file else None
        with io.TextIOWrapper(stream, encoding=text.encoding, newline="") as decoded:
            quoting: Any = csv.QUOTE_MINIMAL if text.quotes else csv.QUOTE_NONE
            reader = csv.reader(_from_header(decoded, text, about), delimiter=text.delimiter, quoting=quoting)
            header = next(reader, [])
            yield [h.strip() for h in header]
            yield from filter(None, reader)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise cut_short(about, f"the archive is not whole: {error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise cut_short(about, f"the text cannot be read as {text.encoding}: {error}") from error


def _unzipped(file: IO[bytes]) -> IO[bytes]:
    archive = zipfile.ZipFile(file)
    members = [m for m in archive.infolist() if m.filename.lower().endswith((".csv", ".txt"))]
    if not members:
        raise zipfile.BadZipFile("no CSV in it")
    return archive.open(max(members, key=lambda m: m.file_size))


def _from_header(lines: Iterator[str] | Any, text: Text, about: str) -> Iterator[str]:
    if text.header is None:
        return iter(lines)
    for line in islice(lines, BANNER_LINES):
        if text.header in line and text.delimiter in line:
            return chain([line], lines)
    raise missing_column(text.header, (), about)
