"""Socrata SODA 2.1, and 3 with a token: keyset paging by the portal's own row clock.

Pages follow each other by (:updated_at, :id), so edits under way move a row to the end instead of shifting pages. After
dev.socrata.com (queries, paging, response codes); comparison of `:id` with a literal as used by public clients.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, Literal

from pydantic import Field, model_validator

from domain.category import Strict
from domain.portal_errors import PortalBusyError, PortalError
from sources.label_spans import LabelCount
from sources.portals.wire.answers import plain, refused, withdrawn
from sources.portals.wire.client import Client
from sources.portals.wire.counted import as_counts, selected
from sources.portals.wire.feed import Ask, Feed, Page
from sources.portals.wire.plugin import MakeClient, portal_plugin
from sources.portals.wire.predicate import any_label, both, sql_text
from sources.portals.wire.rows import keys, missing_column, table
from sources.portals.wire.section import PortalSection, required_token, source_columns

ROW_CLOCK, ROW_ID = ":updated_at", ":id"
MOST_LABELS = 50_000
PLACE = itemgetter(ROW_CLOCK, ROW_ID)
OVERLAP = timedelta(minutes=10)
"""Clocks of rows written at the same time may come out of order: this much is read again."""
NO_COLUMN = re.compile(r"no such column: *[`']?([\w:@ ]+?)[`']?(?:;|$|\.)", re.IGNORECASE)


class SocrataDataset(Strict):
    """id: four-by-four; or title with {year}, looked up in the portal's catalogue (the latest year wins)."""

    id: str | None = Field(default=None, pattern=r"^[a-z0-9]{4}-[a-z0-9]{4}$")
    title: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> SocrataDataset:
        if (self.id is None) == (self.title is None) or (self.title and "{year}" not in self.title):
            raise ValueError("a data set has an `id` such as erm2-nwe9, or a `title` with {year} in it")
        return self


class Socrata(PortalSection):
    """`requests: {kind: socrata, …}`. version: 2.1, or 3 (POST, needs a token)."""

    datasets: tuple[SocrataDataset, ...] = Field(min_length=1)
    version: Literal["2.1", "3"] = "2.1"
    updated: str | None = ROW_CLOCK

    @model_validator(mode="after")
    def _clock_is_the_portals(self) -> Socrata:
        if self.updated != ROW_CLOCK:
            raise ValueError(f"updated: Socrata's own clock is {ROW_CLOCK}; leave `updated` out")
        return self


@dataclass(frozen=True)
class SocrataFeed:
    """One data set. Every pass is the same walk along the row clock, from another place."""

    name: str
    section: Socrata
    client: Client
    has_clock: bool = True
    is_whole: bool = False
    tells_vanished: bool = True

    def pages(self, ask: Ask) -> Iterator[Page]:
        """Pages by (:updated_at, :id); the cursor is the last row's pair."""
        total = self._total(ask) if ask.cursor is None else None
        cursor = ask.cursor
        while True:
            records = self._rows([ROW_ID, *source_columns(self.section)], self._where(ask, cursor), ROW_CLOCK)
            if not records:
                return
            cursor = json.dumps(PLACE(max(records, key=PLACE)))
            yield Page(table(records, self.section), cursor, total)
            if len(records) < self.section.page_size:
                return

    def keys(self, since: date) -> Iterator[list[str]]:
        """Request ids of rows created since a local day, paged by :id."""
        last: str | None = None
        where = both(self._labels(), self._since(since))
        while True:
            after = f"{ROW_ID} > {sql_text(last)}" if last else ""
            records = self._rows([ROW_ID, *self.section.columns.request_id], both(where, after), "")
            if records:
                yield keys(records, self.section)
                last = max(str(r[ROW_ID]) for r in records)
            if len(records) < self.section.page_size:
                return

    def labels(self, since: date) -> list[LabelCount]:
        """Counted by the portal."""
        names = self.section.columns.label
        what, where = ", ".join([*names, *selected(self.section)]), self._since(since)
        if self.section.version == "3":
            query = f"SELECT {what} WHERE {where} GROUP BY {', '.join(names)}"
            answer = self._ask3(query, MOST_LABELS)
        else:
            grouped = {"$group": ",".join(names), "$limit": str(MOST_LABELS)}
            answer = self._ask2({"$select": what, "$where": where, **grouped})
        return as_counts(self._listed(answer), self.section)

    def _where(self, ask: Ask, cursor: str | None) -> str:
        after = ""
        if cursor is not None:
            moment, row = (sql_text(v) for v in json.loads(cursor))
            after = f"({ROW_CLOCK} > {moment} OR ({ROW_CLOCK} = {moment} AND {ROW_ID} > {row}))"
        elif ask.what == "changes" and ask.mark:
            after = f"{ROW_CLOCK} >= {sql_text(_iso(ask.mark - OVERLAP))}"
        return both(self._labels(), self._since(ask.since), after)

    def _labels(self) -> str:
        return any_label(self.section.labels(), self.section.columns.label, str)

    def _since(self, since: date | None) -> str:
        return f"{self.section.columns.created} >= '{since}T00:00:00'" if since else ""

    def _rows(self, columns: list[str], where: str, first: str) -> list[dict[str, Any]]:
        order = f"{first},{ROW_ID}" if first else ROW_ID
        size = self.section.page_size
        if self.section.version == "3":
            query = f"SELECT {', '.join(columns)}" + (f" WHERE {where}" if where else "") + f" ORDER BY {order}"
            return self._listed(self._ask3(query, size))
        params = {"$select": ",".join(columns), "$order": order, "$limit": str(size)}
        return self._listed(self._ask2(params | ({"$where": where} if where else {})))

    def _total(self, ask: Ask) -> int | None:
        """Rows to come; None where the portal will not count (keyless counts over many rows time out)."""
        where = self._where(ask, None)
        try:
            if self.section.version == "3":
                answer = self._ask3("SELECT count(*) AS n" + (f" WHERE {where}" if where else ""), 1)
            else:
                answer = self._ask2({"$select": "count(*) AS n"} | ({"$where": where} if where else {}))
            return int(self._listed(answer)[0]["n"])
        except (PortalBusyError, KeyError, IndexError):
            return None

    def _ask2(self, params: dict[str, str]) -> object:
        return self.client.json(f"{self.section.base}/resource/{self.name}.json", params=params)

    def _ask3(self, query: str, size: int) -> object:
        body = {"query": query, "page": {"pageNumber": 1, "pageSize": size}, "includeSynthetic": False}
        return self.client.json(f"{self.section.base}/api/v3/views/{self.name}/query.json", body=body)

    def _listed(self, answer: object) -> list[dict[str, Any]]:
        if isinstance(answer, list):
            return answer
        raise refused(self.client.about, f"an object instead of rows: {plain(json.dumps(answer))}")


def refusal(status: int, body: str, about: str) -> PortalError | None:
    """What a Socrata error body means."""
    if "no-such-column" in body:
        found = NO_COLUMN.search(body)
        return missing_column(found.group(1) if found else "?", (), about)
    if status == 403 and "app_token" in body:
        return refused(about, "it does not know the token")
    return withdrawn(about, plain(body)) if "logged in" in body or "dataset.missing" in body else None


def open_feeds(section: Socrata, make: MakeClient, today: date) -> list[Feed]:
    """Feeds of the data sets, those named by title looked up first."""
    headers = {"X-App-Token": token} if (token := section.token()) else {}
    if section.version == "3":
        headers = {"X-App-Token": required_token(section, "Socrata's version 3")}
    feeds: list[Feed] = []
    for dataset in section.datasets:
        name = dataset.id or _looked_up(dataset.title or "", section, make(dataset.title or "", headers, refusal))
        feeds.append(SocrataFeed(name, section, make(name, headers, refusal)))
    return feeds


def _looked_up(title: str, section: Socrata, client: Client) -> str:
    """The id of the data set whose title carries the latest year."""
    params = {"q": title.replace("{year}", "").strip(), "limit": "20"}
    answer = client.described(f"{section.base}/api/catalog/v1", params=params)
    pattern = re.compile(re.escape(title).replace(r"\{year\}", r"(\d{4})"), re.IGNORECASE)
    found = {}
    for result in answer.get("results", []) if isinstance(answer, dict) else []:
        resource = result.get("resource", {})
        if match := pattern.fullmatch(str(resource.get("name", ""))):
            found[int(match.group(1))] = str(resource.get("id", ""))
    if not found:
        raise withdrawn(client.about, f"the catalogue lists no '{title}'")
    return found[max(found)]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


PLUGIN = portal_plugin(Socrata, open_feeds)
