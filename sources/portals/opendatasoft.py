"""Opendatasoft Explore v2.1: whole selections as exports, small sets of changes as pages of records.

Records come 100 a page and 10,000 a question, so a first pull is one export of JSON lines in the order of creation,
and changes are walked by keyset on the row clock: pages begin at the last clock met, behind the rows with that clock
already read. After help.opendatasoft.com (Explore API v2.1) and public clients; the filters are in `wire.odsql`.
"""

from __future__ import annotations

import json
import re
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
from sources.portals.wire.json_lines import json_lines
from sources.portals.wire.odsql import behind, day, literal, moment
from sources.portals.wire.plugin import MakeClient, portal_plugin
from sources.portals.wire.predicate import both
from sources.portals.wire.rows import keys, missing_column, table
from sources.portals.wire.section import PortalSection, source_columns
from sources.portals.wire.walked import WalkedFeed

PAGE, MOST = 100, 10_000
"""Records an answer, and records that offsets reach."""
MOST_GROUPS = 20_000
DAY = timedelta(days=1)
"""Filters are judged in UTC and our days are the city's; clocks of rows written together may come out of order."""
NO_FIELD = re.compile(r"unknown field:? *[`'\"\\]*(\w+)", re.IGNORECASE)


class OdsDataset(Strict):
    """id: as in the address of the data set's page."""

    id: str = Field(pattern=r"^[\w@-]+$")


class Opendatasoft(PortalSection):
    """`requests: {kind: opendatasoft, …}`. max_file_mib: bound of one export."""

    datasets: tuple[OdsDataset, ...] = Field(min_length=1)
    page_size: int = Field(default=PAGE, ge=1, le=PAGE)
    max_file_mib: int = Field(default=4096, ge=1)


@dataclass(frozen=True)
class OdsFeed(WalkedFeed):
    """One data set. The cursor is [last value of the ordering column, rows with that value already read]."""

    section: Opendatasoft

    def pages(self, ask: Ask) -> Iterator[Page]:
        """Changes that offsets reach come as records; everything else as one export, read in batches."""
        last, skip = json.loads(ask.cursor) if ask.cursor else ("", 0)
        where = self._where(ask)
        clock = self.section.updated if ask.what == "changes" else None
        total = self._total(behind(where, clock or self.section.columns.created, last))
        if clock and ask.mark and total <= MOST:  # the mark leaves rows without a clock out, which no keyset passes
            yield from self._walk(where, clock, last, skip, total)
        else:
            yield from self._exported(where, clock or self.section.columns.created, last, total)

    def keys(self, since: date) -> Iterator[list[str]]:
        """Request ids of rows created since a local day."""
        where = self._where(Ask("window", since))
        if self._total(where):
            for records in self._export(where, list(self.section.columns.request_id), self.section.columns.created):
                yield keys(records, self.section)

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by the portal."""
        names = list(self.section.columns.label)
        where = f"{self.section.columns.created} >= {day(since - DAY)}"
        params = self._params(where, [*names, *selected(self.section)])
        grouped = {"group_by": ",".join(names), "limit": str(MOST_GROUPS)}
        return as_counts(self._asked(params | grouped)[0], self.section)

    def _walk(self, where: str, clock: str, last: str, skip: int, total: int) -> Iterator[Page]:
        """Pages by the row clock. A row edited meanwhile may shift one with the clock it had out of sight: the next
        sync, which begins a day before the latest clock, meets it."""
        size = self.section.page_size
        while skip + size <= MOST:
            records = self._records(behind(where, clock, last), f"{clock},{self.section.columns.created}", size, skip)
            if records:
                newest = max(str(r[clock]) for r in records)
                alike = sum(str(r[clock]) == newest for r in records)
                skip, last = (skip + alike if newest == last else alike), newest
                yield Page(table(records, self.section), json.dumps([last, skip]), total)
            if len(records) < size:
                return
        yield from self._exported(where, clock, last, total)

    def _exported(self, where: str, column: str, last: str, total: int) -> Iterator[Page]:
        if not total:
            return
        for records in self._export(behind(where, column, last), source_columns(self.section), column):
            last = next((str(r[column]) for r in reversed(records) if r.get(column)), last)
            yield Page(table(records, self.section), json.dumps([last, 0]), total)

    def _where(self, ask: Ask) -> str:
        since = f"{self.section.columns.created} >= {day(ask.since - DAY)}" if ask.since else ""
        changed = ""
        if ask.what == "changes" and ask.mark and self.section.updated:
            changed = f"{self.section.updated} >= {moment(ask.mark - DAY)}"
        return both(self._labels(), since, changed)

    def _labels(self) -> str:
        names, labels = self.section.columns.label, self.section.labels()
        if any(all(v == "*" for v in label) for label in labels):
            return ""
        alternatives = [
            both(*(f"{c} = {literal(v)}" for c, v in zip(names, label, strict=True) if v != "*")) for label in labels
        ]
        return " OR ".join(alternatives if len(names) == 1 else (f"({a})" for a in alternatives))

    def _records(self, where: str, order: str, limit: int, offset: int) -> list[dict[str, Any]]:
        params = {"order_by": order, "limit": str(limit), "offset": str(offset)}
        return self._asked(self._params(where, source_columns(self.section)) | params)[0]

    def _total(self, where: str) -> int:
        return self._asked(self._params(where, []) | {"limit": "0"})[1]

    def _asked(self, params: dict[str, str]) -> tuple[list[dict[str, Any]], int]:
        answer = self.client.json(f"{self._url}/records", params=params)
        if isinstance(answer, dict) and isinstance(answer.get("results"), list):
            return answer["results"], int(answer.get("total_count") or 0)
        raise refused(self.client.about, f"an answer without results: {plain(json.dumps(answer))}")

    def _export(self, where: str, columns: list[str], order: str) -> Iterator[list[dict[str, Any]]]:
        params = self._params(where, columns) | {"order_by": order, "limit": "-1"}
        return json_lines(self.client, f"{self._url}/exports/jsonl", self.section.max_file_mib, params)

    def _params(self, where: str, columns: list[str]) -> dict[str, str]:
        """timezone: the portal's own default, said aloud since every literal here is UTC."""
        given = {"select": ",".join(dict.fromkeys(columns)), "where": where, "timezone": "UTC"}
        return {k: v for k, v in given.items() if v}

    @property
    def _url(self) -> str:
        return f"{self.section.base}/api/explore/v2.1/catalog/datasets/{self.name}"


def refusal(status: int, body: str, about: str) -> PortalError | None:
    """What an ODSQLError says of a field."""
    found = NO_FIELD.search(body) if status == 400 else None
    return missing_column(found.group(1), (), about) if found else None


def open_feeds(section: Opendatasoft, make: MakeClient, today: date) -> list[Feed]:
    headers = {"Authorization": f"Apikey {token}"} if (token := section.token()) else {}
    return [OdsFeed(d.id, section, make(d.id, headers, refusal)) for d in section.datasets]


PLUGIN = portal_plugin(Opendatasoft, open_feeds)
