"""CKAN: the datastore by search or SQL, and yearly CSV files, zipped or not.

Search pages by offset over `_id`; each page begins on the last row of the page before, so that a row taken out
meanwhile is noticed and the walk begins anew. SQL goes on behind the last `_id`. Questions are sent by POST, since some
firewalls drop encoded parameters of GET.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field, model_validator

from domain.category import Strict
from domain.portal_errors import DatasetWithdrawnError, PortalError, PortalRefusedError
from sources.label_spans import LabelCount
from sources.portals.wire.answers import plain, refused, withdrawn
from sources.portals.wire.client import Client
from sources.portals.wire.counted import FIRST, LAST, ROWS, as_counts, by_reading
from sources.portals.wire.delimited import Text
from sources.portals.wire.feed import Ask, Feed, Page
from sources.portals.wire.plugin import MakeClient, portal_plugin
from sources.portals.wire.predicate import any_label, both, sql_text
from sources.portals.wire.rows import check_known, keys, missing_column, table
from sources.portals.wire.section import PortalSection, source_columns
from sources.portals.wire.text_feed import TextFeed
from sources.portals.wire.walked import WalkedFeed

MOST = 32_000
RESTARTS = 3
CLOCK_OVERLAP = timedelta(days=1)
NO_COLUMN = re.compile(r'column "([^"]+)" does not exist|"?invalid field:? "?([\w ]+)', re.IGNORECASE)


class Resource(Strict):
    """id: of the resource. by: search, sql, or file (CSV, also zipped), which takes `path` where it is not to be asked
    for. rolls_over: the file starts anew each year, so that missing rows mean nothing."""

    id: str = Field(pattern=r"^[0-9a-f]{8}-[0-9a-f-]{27}$")
    by: Literal["search", "sql", "file"] = "search"
    path: str | None = Field(default=None, pattern=r"^/")
    rolls_over: bool = False


class Ckan(PortalSection):
    """`requests: {kind: ckan, …}`. prefix: of the API below the host. text: how files are written."""

    datasets: tuple[Resource, ...] = Field(min_length=1)
    prefix: str = "/api/3/action"
    text: Text = Text()
    page_size: int = Field(default=10_000, ge=2, le=MOST)

    @model_validator(mode="after")
    def _search_has_no_clock(self) -> Ckan:
        if self.updated and any(d.by != "sql" for d in self.datasets):
            raise ValueError("updated: only `by: sql` can ask for what has changed; leave it out")
        return self


@dataclass(frozen=True)
class SearchFeed:
    """A resource by datastore_search: equal labels are filtered by the portal, every sync reads it anew."""

    name: str
    section: Ckan
    client: Client
    has_clock: bool = False
    is_whole: bool = True
    tells_vanished: bool = True

    def pages(self, ask: Ask) -> Iterator[Page]:
        for _ in range(RESTARTS):
            if (yield from self._walk(ask.since)):
                return
        raise PortalRefusedError(
            f"{self.client.about}: rows were taken out while they were read, {RESTARTS} times in a row",
            remedy="sync again later, or set `by: sql`",
        )

    def keys(self, since: date) -> Iterator[list[str]] | None:
        return None

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by the portal where it takes SQL, else by reading every row."""
        try:
            return SqlFeed(self.name, self.section, self.client).labels(since)
        except (PortalRefusedError, DatasetWithdrawnError):
            return by_reading(self.pages(Ask("first", since)))

    def _walk(self, since: date | None) -> Generator[Page, None, bool]:
        """Pages until the end; its result tells whether they followed each other."""
        offset, last = 0, None
        while True:
            answer = self._search(max(offset - 1, 0))
            records = in_place(answer["records"])
            check_known(self.section, (f["id"] for f in answer.get("fields", [])), self.client.about)
            if last is not None:
                if not records or records[0]["_id"] != last:
                    return False
                records = records[1:]
            if not records:
                return True
            is_last = len(answer["records"]) < int(answer.get("limit") or self.section.page_size)
            offset, last = offset + len(records), records[-1]["_id"]
            created, first = self.section.columns.created, since.isoformat() if since else ""
            kept = [r for r in records if str(r.get(created) or "") >= first]
            yield Page(table(kept, self.section), "", int(answer.get("total") or 0) or None, seen=len(records))
            if is_last:
                return True

    def _search(self, offset: int) -> dict[str, Any]:
        body: dict[str, Any] = {"resource_id": self.name, "sort": "_id asc", "limit": self.section.page_size,
                                "offset": offset, "fields": ["_id", *source_columns(self.section)]}  # fmt: skip
        labels = self.section.labels()
        if labels and len(self.section.columns.label) == 1:
            body["filters"] = {self.section.columns.label[0]: [v for (v,) in labels]}
        url = f"{self.section.base}{self.section.prefix}/datastore_search"
        return result(self.client.json(url, body=body), self.client.about)


@dataclass(frozen=True)
class SqlFeed(WalkedFeed):
    """A resource by datastore_search_sql, behind the last `_id`."""

    section: Ckan

    def pages(self, ask: Ask) -> Iterator[Page]:
        cursor = ask.cursor
        while True:
            records, is_cut = self._rows(["_id", *source_columns(self.section)], self._where(ask), cursor)
            if not records:
                return
            cursor = str(max(int(r["_id"]) for r in records))
            yield Page(table(records, self.section), cursor)
            if not is_cut and len(records) < self.section.page_size:
                return

    def keys(self, since: date) -> Iterator[list[str]]:
        where, last, is_cut = self._where(Ask("window", since)), None, True
        while is_cut:
            records, is_cut = self._rows(["_id", *self.section.columns.request_id], where, last)
            yield keys(records, self.section)
            is_cut = is_cut or len(records) == self.section.page_size
            last = str(max(int(r["_id"]) for r in records)) if records else None

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by the portal."""
        columns, created = self.section.columns, quoted(self.section.columns.created)
        names = ", ".join(quoted(c) for c in columns.label)
        what = f"{names}, count(*) AS {ROWS}, min({created}) AS {FIRST}, max({created}) AS {LAST}"
        where = f"{created} >= {sql_text(since)}"
        sql = f'SELECT {what} FROM "{self.name}" WHERE {where} GROUP BY {names} LIMIT {MOST}'
        return as_counts(self._asked(sql)["records"], self.section)

    def _where(self, ask: Ask) -> str:
        labels = any_label(self.section.labels(), self.section.columns.label, quoted)
        since = f"{quoted(self.section.columns.created)} >= {sql_text(ask.since)}" if ask.since else ""
        changed = ""
        if ask.what == "changes" and ask.mark and self.section.updated:
            changed = f"{quoted(self.section.updated)} >= {sql_text((ask.mark - CLOCK_OVERLAP).date())}"
        return both(labels, since, changed)

    def _rows(self, columns: list[str], where: str, last: str | None) -> tuple[list[dict[str, Any]], bool]:
        """Rows behind `last`, and whether the portal cut them."""
        behind = both(where, f'"_id" > {int(last)}' if last else "")
        named = ", ".join(quoted(c) for c in dict.fromkeys(columns))
        where = f" WHERE {behind}" if behind else ""
        sql = f'SELECT {named} FROM "{self.name}"{where} ORDER BY "_id" LIMIT {self.section.page_size}'
        answer = self._asked(sql)
        records: list[dict[str, Any]] = answer["records"]
        return records, bool(answer.get("records_truncated")) and bool(records)

    def _asked(self, sql: str) -> dict[str, Any]:
        url = f"{self.section.base}{self.section.prefix}/datastore_search_sql"
        return result(self.client.json(url, body={"sql": sql}), self.client.about)


def in_place(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a page in the order that was asked for, each once: offsets count on both."""
    by_id = {r["_id"]: r for r in records}
    return records if list(by_id) == sorted(by_id) and len(by_id) == len(records) else [by_id[i] for i in sorted(by_id)]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def result(answer: Any, about: str) -> dict[str, Any]:
    """What is in the envelope."""
    if isinstance(answer, dict) and answer.get("success") and isinstance(answer.get("result"), dict):
        found: dict[str, Any] = answer["result"]
        return found
    raise refused(about, f"no success: {plain(str(answer.get('error') if isinstance(answer, dict) else answer))}")


def refusal(status: int, body: str, about: str) -> PortalError | None:
    """What a CKAN error body means; a page of HTML is a firewall's."""
    if body.lstrip().startswith("<"):
        return refused(about, f"HTTP {status} from a firewall before the portal")
    if found := NO_COLUMN.search(body.replace("\\", "")):
        return missing_column(found.group(1) or found.group(2), (), about)
    return withdrawn(about, plain(body)) if status in (403, 404) else None


def open_feeds(section: Ckan, make: MakeClient, today: date) -> list[Feed]:
    return [_feed(section, resource, make) for resource in section.datasets]


def _feed(section: Ckan, resource: Resource, make: MakeClient) -> Feed:
    client = make(resource.id, None, refusal)
    if resource.by == "sql":
        return SqlFeed(resource.id, section, client)
    if resource.by == "search":
        return SearchFeed(resource.id, section, client)

    def url() -> str:
        if resource.path:
            return f"{section.base}{resource.path}"
        told = client.described(f"{section.base}{section.prefix}/resource_show", params={"id": resource.id})
        return str(result(told, client.about)["url"])

    return TextFeed(resource.id, section, client, url, section.text, not resource.rolls_over)


PLUGIN = portal_plugin(Ckan, open_feeds)
