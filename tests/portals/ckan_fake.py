"""A CKAN portal on a loopback socket: datastore by search and SQL, a zipped CSV in latin-1, a firewall in front."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterable
from typing import Any

from tests.portals.engine import Table
from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

ID = "2cfa0e06-9be4-49a6-b7f1-ee9f2363a872"
COLUMNS = {
    "request_id": "ID_UNIQUE", "created": "DATE_CREATION", "closed": "DATE_FIN", "status": "STATUT",
    "label": "ACTI_NOM", "area": "ARRONDISSEMENT", "lat": "LOC_LAT",
}  # fmt: skip
FILE_COLUMNS = {
    "request_id": ["Creation Date", "Service Request Type", "Intersection Street 1"],
    "created": "Creation Date", "status": "Status", "label": "Service Request Type", "area": "Ward",
}  # fmt: skip
HEADER = (
    "Creation Date,Status,First 3 Chars of Postal Code,Intersection Street 1,Intersection Street 2,Ward,"
    "Service Request Type,Division,Section"
)
FIREWALL = Answer(403, b"<html><head><title>Attention</title></head></html>", "text/html")


def words(made: Made) -> dict[str, Any]:
    return {"row": made.row, "ID_UNIQUE": made.id, "DATE_CREATION": made.created.strftime("%Y-%m-%dT%H:%M:%S"),
            "DATE_FIN": made.closed.strftime("%Y-%m-%dT%H:%M:%S") if made.closed else None, "STATUT": made.status,
            "ACTI_NOM": made.label, "ARRONDISSEMENT": made.area, "LOC_LAT": made.lat}  # fmt: skip


class FakeCkan(FakePortal):
    """cap: the site's most rows an answer. has_table: false for a resource that only says it is in the datastore."""

    def __init__(self, world: World, cap: int = 3000) -> None:
        super().__init__()
        self.world, self.cap = world, cap
        self.table = Table(world, words, ID)
        self.has_table = True

    def section(self, by: str = "search", **more: Any) -> dict[str, Any]:
        return {"kind": "ckan", "host": self.url, "datasets": [{"id": ID, "by": by}], "columns": COLUMNS, **more}

    def answer(self, call: Call) -> Answer:
        if "mozilla" not in call.headers.get("user-agent", "").lower():
            return FIREWALL
        action = call.path.rsplit("/", 1)[-1]
        if not self.has_table:
            said = {"__type": "Not Found Error", "message": f'Not found: Resource "{ID}" was not found.'}
            return Answer.of({"success": False, "error": said}, 404)
        try:
            if action == "datastore_search":
                return self._search(call.json)
            if action == "datastore_search_sql":
                return self._sql(call.json)
        except sqlite3.OperationalError as error:
            missing = f'column "{str(error).rsplit(" ", 1)[-1]}" does not exist'
            told = {"__type": "Validation Error", "info": {"orig": [missing]}}
            return Answer.of({"success": False, "error": told}, 409)
        return self.other(call)

    def other(self, call: Call) -> Answer:
        if call.path.endswith("package_show"):
            resources = [{"id": ID, "name": "requests", "datastore_active": True}]
            return Answer.of({"success": True, "result": {"title": "Requêtes 311", "resources": resources}})
        return Answer.of({"success": False, "error": {"__type": "Not Found Error"}}, 404)

    def _search(self, asked: dict[str, Any]) -> Answer:
        limit = min(int(asked.get("limit", 100)), self.cap)
        where = " AND ".join(
            f'"{c}" IN ({", ".join(repr(v) for v in wanted)})' for c, wanted in asked.get("filters", {}).items()
        )
        fields = asked.get("fields") or ["_id", *(c for c in self.table.columns if c != "row")]
        names = ", ".join("row AS _id" if c == "_id" else f'"{c}"' for c in fields)
        rows = self.table.select(names, where, "row", limit, int(asked.get("offset", 0)))
        total = self.table.select("count(*) AS n", where)[0]["n"]
        fields = [{"id": "_id", "type": "int"}, *({"id": c, "type": "text"} for c in self.table.columns)]
        return Answer.of(
            {"success": True, "result": {"records": rows, "fields": fields, "total": total, "limit": limit}}
        )

    def _sql(self, asked: dict[str, Any]) -> Answer:
        sql = asked.get("sql", "")
        if "SUBSTR(" in sql:
            return FIREWALL
        unknown = [n for n in re.findall(r'"([^"]+)"', sql) if n not in (*self.table.columns, "_id", ID)]
        if unknown:
            raise sqlite3.OperationalError(f"no such column: {unknown[0]}")
        rows = self.table.run(sql.replace('"_id"', "row"))[: self.cap]
        rows = [{"_id" if k == "row" else k: v for k, v in r.items()} for r in rows]
        cut = {"records_truncated": True} if len(rows) == self.cap else {}
        return Answer.of({"success": True, "result": {"records": rows, "fields": [], **cut}})


class FakeCkanSql(FakeCkan):
    def section(self, by: str = "sql", **more: Any) -> dict[str, Any]:
        return super().section(by, **more)


class FakeZip(FakeCkan):
    """A whole year in one zipped CSV, without keys and closing dates; some rows have a stray comma."""

    def section(self, by: str = "file", **more: Any) -> dict[str, Any]:
        text = {"encoding": "latin-1", "extra_cells": "cut"}
        return super().section(by, **{"columns": FILE_COLUMNS, "text": text, **more})

    def other(self, call: Call) -> Answer:
        if call.path.endswith("resource_show"):
            return Answer.of({"success": True, "result": {"id": ID, "url": f"{self.url}/download/sr2026.zip"}})
        made = [",".join(cells(m)) + (",stray" if m.row % 31 == 0 else "") for m in self.world.rows]
        text = "\r\n".join([HEADER, *made]).encode("latin-1")
        etag = f'"{hashlib.sha256(text).hexdigest()[:16]}"'
        if call.headers.get("if-none-match") == etag:
            return Answer(304, headers={"ETag": etag})
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("../../SR2026.csv", text)
        return Answer(200, packed.getvalue(), "application/zip", {"ETag": etag})

    def told(self, made: Iterable[Made]) -> dict[str, tuple[str, str, bool]]:
        return {key(m): (m.label, f"Ward é ({m.area})", False) for m in made}


def cells(made: Made) -> list[str]:
    return [made.created.strftime("%Y-%m-%d %H:%M:%S.0000000"), made.status, "M5V", made.id, "Finch Ave E",
            f"Ward é ({made.area})", made.label, "Transportation Services", "Road Operations"]  # fmt: skip


def key(made: Made) -> str:
    import json

    values = [cells(made)[0], made.label, made.id]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:20]
