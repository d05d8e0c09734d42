"""A Carto account on a loopback socket: SQL by form, an array of errors in a 400, ISO times with Z."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from tests.portals.engine import Table
from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

COLUMNS = {
    "request_id": "service_request_id", "created": "requested_datetime", "closed": "closed_datetime",
    "status": "status", "label": "service_name", "area": "zipcode", "lat": "lat",
}  # fmt: skip


def iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def words(made: Made) -> dict[str, Any]:
    return {"row": made.row, "service_request_id": made.id, "requested_datetime": iso(made.created),
            "closed_datetime": iso(made.closed), "updated_datetime": iso(made.moved), "status": made.status,
            "service_name": made.label, "zipcode": made.area, "lat": made.lat}  # fmt: skip


class FakeCarto(FakePortal):
    """most: rows that the account gives at once."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.table = Table(world, words, "public_cases_fc")

    def section(self, **more: Any) -> dict[str, Any]:
        return {"kind": "carto", "host": self.url, "datasets": [{"table": "public_cases_fc"}], "columns": COLUMNS,
                "updated": "updated_datetime", "page_size": 3000, **more}  # fmt: skip

    def answer(self, call: Call) -> Answer:
        sql = call.params.get("q", "")
        try:
            rows = self.table.run(sql.replace("cartodb_id", "row"))
        except sqlite3.OperationalError as error:
            name = str(error).rsplit(" ", 1)[-1]
            return Answer.of({"error": [f'column "{name}" does not exist']}, 400)
        rows = [{"cartodb_id" if k == "row" else k: v for k, v in r.items()} for r in rows]
        return Answer.of({"rows": rows, "time": 0.02, "fields": {}, "total_rows": len(rows)})
