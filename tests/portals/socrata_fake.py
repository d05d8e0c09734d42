"""A Socrata portal on a loopback socket: SODA 2.1 and 3, its paging, its nulls, its errors."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from typing import Any

from tests.portals.engine import Table
from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

FIELDS = {"sr_number", "created_date", "closed_date", "status", "complaint_type", "descriptor", "ward", "latitude"}
COLUMNS = {
    "request_id": "sr_number", "created": "created_date", "closed": "closed_date", "status": "status",
    "label": "descriptor", "area": "ward", "lat": "latitude",
}  # fmt: skip


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


class FakeSocrata(FakePortal):
    """token: what version 3 asks for. catalogue: title → id. moved_to: every call is redirected there."""

    def __init__(self, world: World, ids: tuple[str, ...] = ("abcd-1234",)) -> None:
        super().__init__()
        self.world, self.ids = world, ids
        self.table = Table(world, words, ordered=("sys_updated_at", "sys_id"))
        self.token = "secret-token"
        self.catalogue: dict[str, str] = {}
        self.moved_to = ""
        self.withdrawn = False
        self.fields = set(FIELDS)

    def section(self, **more: Any) -> dict[str, Any]:
        return {"kind": "socrata", "host": self.url, "datasets": [{"id": self.ids[0]}], "columns": COLUMNS, **more}

    def answer(self, call: Call) -> Answer:
        if self.moved_to:
            return Answer(301, headers={"Location": f"{self.moved_to}{call.path}"})
        if call.path == "/api/catalog/v1":
            results = [{"resource": {"id": i, "name": n}} for n, i in self.catalogue.items()]
            return Answer.of({"results": results, "resultSetSize": len(results)})
        if call.path in [f"/api/views/{i}.json" for i in self.ids]:
            return Answer.of({"name": "311 Service Requests", "columns": [
                {"fieldName": f, "dataTypeName": "calendar_date" if f.endswith("date") else "text"}
                for f in sorted(self.fields)
            ]})  # fmt: skip
        if self.withdrawn:
            return Answer.of({"message": "You must be logged in to access this resource", "error": True}, 403)
        found = re.fullmatch(r"/resource/(.{9})\.json|/api/v3/views/(.{9})/query\.json", call.path)
        if found is None or (found[1] or found[2]) not in self.ids:
            return Answer.of({"code": "dataset.missing", "error": True, "message": "Not found"}, 404)
        return self._version3(call) if found[2] else self._version2(call)

    def _version2(self, call: Call) -> Answer:
        given = call.params
        select = [s.strip() for s in given.get("$select", "*").split(",")]
        limit, offset = int(given.get("$limit", 1000)), int(given.get("$offset", 0))
        return self._query(
            select, grouped(given.get("$where", ""), given.get("$group")), given.get("$order", ""), limit, offset
        )

    def _version3(self, call: Call) -> Answer:
        if call.headers.get("x-app-token") != self.token:
            return Answer.of(
                {"code": "permission_denied", "error": True, "message": "Invalid app_token specified"}, 403
            )
        found = re.fullmatch(
            r"SELECT (.*?)(?: WHERE (.*?))?(?: GROUP BY (.*?))?(?: ORDER BY (.*?))?", call.json["query"], re.DOTALL
        )
        assert found is not None
        page = call.json["page"]
        size = int(page["pageSize"])
        select = [s.strip() for s in found[1].split(",")]
        return self._query(
            select, grouped(found[2] or "", found[3]), found[4] or "", size, (int(page["pageNumber"]) - 1) * size
        )

    def _query(self, select: list[str], where: str, order: str, limit: int, offset: int) -> Answer:
        what = ", ".join(sql(s) for s in select)
        if missing := sorted((FIELDS - self.fields) & set(re.findall(r"\w+", f"{what} {where}"))):
            return no_column(missing[0])
        try:
            rows = self.table.select(what, sql(where), sql(order), limit, offset)
        except sqlite3.OperationalError as error:
            return no_column(str(error).rsplit(" ", 1)[-1])
        if select[0].startswith("count"):
            return Answer.of([{"n": str(rows[0]["n"])}])
        names = {f"sys_{n}": f":{n}" for n in ("id", "updated_at")}
        return Answer.of([{names.get(k, k): v for k, v in r.items() if v is not None} for r in rows])


def words(made: Made) -> dict[str, Any]:
    return {
        "row": made.row, "sys_id": f"row-{made.row:08d}", "sys_updated_at": iso(made.moved) + "Z",
        "sr_number": made.id, "created_date": iso(made.created),
        "closed_date": iso(made.closed) if made.closed else None, "status": made.status, "descriptor": made.label,
        "complaint_type": "Sewer", "ward": made.area, "latitude": str(made.lat) if made.lat else None,
    }  # fmt: skip


def grouped(where: str, group: str | None) -> str:
    return f"{where or '1=1'} GROUP BY {group}" if group else where


def no_column(name: str) -> Answer:
    message = f"Query coordinator error: query.soql.no-such-column; No such column: {name}; position: 1"
    return Answer.of({"message": message, "errorCode": "query.soql.no-such-column"}, 400)


def sql(soql: str) -> str:
    """System fields under names that SQLite takes."""
    return re.sub(r"(?<![\w'\d]):(id|updated_at)\b", r"sys_\1", soql)
