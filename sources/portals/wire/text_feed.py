"""Delimited text files as feeds: asked for when they have changed, archives opened, wanted labels picked out."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from domain.portal_errors import DatasetWithdrawnError
from sources.label_spans import LabelCount
from sources.portals.wire.answers import cut_short
from sources.portals.wire.client import Client
from sources.portals.wire.counted import by_reading
from sources.portals.wire.delimited import Text, batches, header_of
from sources.portals.wire.download import download
from sources.portals.wire.feed import Ask, Page
from sources.portals.wire.labels import wanted
from sources.portals.wire.rows import as_table, check_known, each_distinct, table
from sources.portals.wire.section import PortalSection, source_columns


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
        about, names = self.client.about, source_columns(self.section)
        with opened(file, about) as stream:
            header = header_of(stream, self.text, about)
            check_known(self.section, header, about)
            for batch in batches(stream, self.text, header, names, about):
                columns = {name: self._cleaned(column) for name, column in batch.columns.items()}
                rows = self._kept(as_table(columns, batch.count, self.section), ask.since)
                yield Page(rows, "", seen=batch.count + batch.bad, unreadable=batch.bad, validator=validator)

    def _cleaned(self, column: pa.Array) -> pa.Array:
        """Without blanks around, and quotes that mean nothing; null for what stands for "no value"."""
        column = pc.utf8_trim_whitespace(column)
        if not self.text.quotes:
            column = pc.utf8_trim_whitespace(pc.utf8_trim(column, characters='"'))
        absent = pa.array(["", *([self.text.missing] if self.text.missing else [])])
        return pc.if_else(pc.is_in(column, value_set=absent), pa.scalar(None, pa.string()), column)

    def _kept(self, rows: pa.Table, since: date | None) -> pa.Table:
        """Rows with wanted labels and, for ISO dates, from the first day on; files know no filters."""
        if since:
            rows = rows.filter(pc.fill_null(pc.greater_equal(rows["created"], since.isoformat()), False))
        is_wanted = wanted(self.section)
        if is_wanted is None:
            return rows
        known = each_distinct(rows["label"].combine_chunks(), lambda v: v if is_wanted(v) else None)
        return rows.filter(pc.is_valid(known))


def opened(file: IO[bytes], about: str) -> IO[bytes]:
    """The file, or the largest text in the archive that it is, unpacked on the way. Nothing is written: the name of a
    member is never used."""
    try:
        if not zipfile.is_zipfile(file):
            file.seek(0)
            return file
        archive = zipfile.ZipFile(file)
        members = [m for m in archive.infolist() if m.filename.lower().endswith((".csv", ".txt"))]
        if not members:
            raise cut_short(about, "the archive holds no CSV")
        return archive.open(max(members, key=lambda m: m.file_size))
    except zipfile.BadZipFile as error:
        raise cut_short(about, f"the archive is not whole: {error}") from error
