"""Carto SQL API v2: keyset paging on `cartodb_id`, which no insertion shifts.

After CartoDB/CartoDB-SQL-API docs/guides (making calls, limits): errors are an array in a 400, waits in Retry-After.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import Field

from domain.category import Strict
from domain.portal_errors import PortalError
from sources.label_spans import LabelCount
from sources.portals.wire.answers import plain, refused
from sources.portals.wire.counted import as_counts, selected
from sources.portals.wire.feed import Ask, Feed, Page
from sources.portals.wire.plugin import MakeClient, portal_plugin
from sources.portals.wire.predicate import any_label, both, sql_text
from sources.portals.wire.rows import keys, missing_column, table
from sources.portals.wire.section import PortalSection, source_columns
from sources.portals.wire.walked import WalkedFeed

KEY = "cartodb_id"
DOUBT = timedelta(days=1)
"""Whether printed times are UTC or the city's is not known for certain: this much more is asked for."""


class CartoTable(Strict):
    """table: its name."""

    table: str = Field(pattern=r"^\w+$")


class Carto(PortalSection):
    """`requests: {kind: carto, …}`."""

    datasets: tuple[CartoTable, ...] = Field(min_length=1)
    page_size: int = Field(default=20_000, ge=1, le=250_000)


@dataclass(frozen=True)
class CartoFeed(WalkedFeed):
    """One table. The cursor is the last cartodb_id."""

    section: Carto

    def pages(self, ask: Ask) -> Iterator[Page]:
        columns = source_columns(self.section)
        for records in self._walk(columns, self._where(ask), int(ask.cursor or 0)):
            yield Page(table(records, self.section), str(furthest(records)))

    def keys(self, since: date) -> Iterator[list[str]]:
        names = list(self.section.columns.request_id)
        for records in self._walk(names, self._where(Ask("window", since)), 0):
            yield keys(records, self.section)

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by the portal."""
        names = ", ".join(self.section.columns.label)
        what = ", ".join([names, *selected(self.section)])
        where = f"{self.section.columns.created} >= {sql_text(since - DOUBT)}"
        rows = self._rows(f"SELECT {what} FROM {self.name} WHERE {where} GROUP BY {names}")
        return as_counts(rows, self.section)

    def _walk(self, columns: list[str], where: str, last: int) -> Iterator[list[dict[str, Any]]]:
        named, size = ", ".join([KEY, *columns]), self.section.page_size
        while True:
            behind = both(where, f"{KEY} > {last}")
            records = self._rows(f"SELECT {named} FROM {self.name} WHERE {behind} ORDER BY {KEY} LIMIT {size}")
            if records:
                yield records
                last = furthest(records)
            if len(records) < size:
                return

    def _where(self, ask: Ask) -> str:
        labels = any_label(self.section.labels(), self.section.columns.label, str)
        since = f"{self.section.columns.created} >= {sql_text(ask.since - DOUBT)}" if ask.since else ""
        changed = ""
        if ask.what == "changes" and ask.mark and self.section.updated:
            changed = f"{self.section.updated} >= {sql_text((ask.mark - DOUBT).date())}"
        return both(labels, since, changed)

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        """By POST: an ampersand in a value needs no care there."""
        answer = self.client.json(f"{self.section.base}/api/v2/sql", form={"q": sql, "format": "json"})
        if isinstance(answer, dict) and isinstance(answer.get("rows"), list):
            rows: list[dict[str, Any]] = answer["rows"]
            return rows
        raise refused(self.client.about, f"an answer without rows: {plain(json.dumps(answer))}")


def furthest(records: list[dict[str, Any]]) -> int:
    """Where to go on from, in whatever order the rows of a page came."""
    return max(int(r[KEY]) for r in records)


def refusal(status: int, body: str, about: str) -> PortalError | None:
    """What the array of errors says of a column."""
    said = body.replace('\\"', '"')
    if status == 400 and 'column "' in said and "does not exist" in said:
        return missing_column(said.split('column "', 1)[1].split('"', 1)[0], (), about)
    return None


def open_feeds(section: Carto, make: MakeClient, today: date) -> list[Feed]:
    return [CartoFeed(d.table, section, make(d.table, None, refusal)) for d in section.datasets]


PLUGIN = portal_plugin(Carto, open_feeds)
