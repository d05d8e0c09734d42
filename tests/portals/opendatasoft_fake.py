"""An Opendatasoft portal on a loopback socket: 100 records a page, 10,000 by offset, exports without an end, no key.

Filters are judged in UTC unless a time zone is named; creation and edits are moments, closing a local calendar date.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.portals.engine import Table
from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

ID = "3-1-1-service-requests"
MOST, PAGE = 10_000, 100
HOME = ZoneInfo("America/New_York")
KEY = ["department", "service_request_type", "service_request_open_timestamp", "address"]
COLUMNS: dict[str, Any] = {
    "request_id": KEY, "created": "service_request_open_timestamp", "closed": "service_request_close_date",
    "status": "status", "label": "service_request_type", "area": "local_area", "lat": "latitude",
}  # fmt: skip
MOMENTS = ("service_request_open_timestamp", "last_modified_timestamp")
DATE = re.compile(r"date'([^']+)'")
INTERRUPTED = b"Streaming interrupted due to the following error: the search context is gone"


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def words(made: Made) -> dict[str, Any]:
    return {
        "row": made.row, "department": "ENG - Streets", "service_request_type": made.label,
        "status": "Close" if made.closed else "Open", "service_request_open_timestamp": iso(made.created),
        "service_request_close_date": made.closed.astimezone(HOME).date().isoformat() if made.closed else None,
        "last_modified_timestamp": iso(made.moved), "address": f"{made.row} Main St", "local_area": made.area,
        "latitude": made.lat,
    }  # fmt: skip


class FakeOpendatasoft(FakePortal):
    """interrupted: exports that end in the text of a late failure before one comes whole."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.table = Table(world, words, ordered=("service_request_open_timestamp",))
        self.interrupted = 0

    def section(self, **more: Any) -> dict[str, Any]:
        return {"kind": "opendatasoft", "host": self.url, "datasets": [{"id": ID}], "columns": COLUMNS,
                "updated": "last_modified_timestamp", "rules": {"closed_status": ["Close"]}, **more}  # fmt: skip

    def answer(self, call: Call) -> Answer:
        path = f"/api/explore/v2.1/catalog/datasets/{ID}"
        if call.path not in (f"{path}/records", f"{path}/exports/jsonl"):
            return Answer.of({"error_code": "NotFoundError", "message": "The requested dataset does not exist."}, 404)
        is_export = call.path.endswith("jsonl")
        limit, offset = int(call.params.get("limit", -1 if is_export else 10)), int(call.params.get("offset", 0))
        if "group_by" in call.params:
            return self._grouped(call)
        if refusal := out_of_bounds(limit, offset, is_export):
            return refusal
        try:
            return self._export(call, limit) if is_export else self._records(call, limit, offset)
        except sqlite3.OperationalError as error:
            return odsql_error(str(error))

    def _records(self, call: Call, limit: int, offset: int) -> Answer:
        total = self.table.select("count(*) AS n", odsql(call))[0]["n"]
        rows = self._rows(call, PAGE if limit == -1 else limit, offset)
        return Answer.of({"total_count": total, "results": rows})

    def _grouped(self, call: Call) -> Answer:
        """Groups are not cut at a hundred."""
        where = f"{odsql(call) or '1=1'} GROUP BY {call.params['group_by']}"
        rows = self.table.select(call.params["select"], where, limit=int(call.params["limit"]))
        return Answer.of({"total_count": len(rows), "results": rows})

    def _export(self, call: Call, limit: int) -> Answer:
        lines = [json.dumps(r).encode() + b"\n" for r in self._rows(call, limit, 0)]
        if self.interrupted and lines:
            self.interrupted -= 1
            lines = [*lines[:-1], lines[-1][:20], INTERRUPTED]
        return Answer(200, b"".join(lines), "application/json; charset=utf-8")

    def _rows(self, call: Call, limit: int, offset: int) -> list[dict[str, Any]]:
        what = call.params.get("select") or ",".join(c for c in self.table.columns if c != "row")
        rows = self.table.select(what, odsql(call), call.params.get("order_by", ""), limit, offset)
        there = zone(call)
        return [{k: told(k, v, there) for k, v in r.items()} for r in rows]

    def told(self, made: Iterable[Made]) -> dict[str, tuple[str, str, bool]]:
        return {key(m): (m.label, m.area, m.closed is not None) for m in made}


def out_of_bounds(limit: int, offset: int, is_export: bool) -> Answer | None:
    """Limits of pages and of offsets; an export with an offset falls under the second again."""
    if not is_export and not -1 <= limit <= PAGE:
        return bad(f"limit API parameter: {limit} was found but -1 <= limit <= {PAGE} is expected.")
    if (not is_export or offset) and offset + limit > MOST:
        return bad(f"offset API parameter: {offset} was found but limit + offset <= {MOST} is expected.")
    return None


def bad(what: str) -> Answer:
    return Answer.of({"error_code": "InvalidRESTParameterError", "message": f"Invalid value for {what}"}, 400)


def odsql_error(said: str) -> Answer:
    field = said.rsplit(" ", 1)[-1]
    message = f"Unknown field: {field}" if said.startswith("no such column") else f"ODSQL query is malformed: {said}"
    return Answer.of({"error_code": "ODSQLError", "message": message}, 400)


def odsql(call: Call) -> str:
    """The filter for SQLite: texts in single quotes, dates as moments of UTC."""
    there = zone(call)

    def utc(found: re.Match[str]) -> str:
        value = datetime.fromisoformat(found[1])
        return f"'{iso(value if value.tzinfo else value.replace(tzinfo=there))}'"

    dated = DATE.sub(utc, call.params.get("where", ""))
    return re.sub(r'"([^"]*)"', lambda m: "'" + m[1].replace("'", "''") + "'", dated)


def zone(call: Call) -> ZoneInfo:
    return ZoneInfo(call.params.get("timezone", "UTC"))


def told(name: str, value: Any, there: ZoneInfo) -> Any:
    """Moments are written in the time zone that was asked for."""
    return datetime.fromisoformat(value).astimezone(there).isoformat() if name in MOMENTS and value else value


def key(made: Made) -> str:
    values = [words(made)[name] for name in KEY]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:20]
