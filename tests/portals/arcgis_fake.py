"""An ArcGIS service on a loopback socket: capped pages, errors inside a 200, epoch milliseconds, local literals."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from tests.portals.engine import Table
from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

SERVICE = "/org/arcgis/rest/services/Public_311/FeatureServer"
COLUMNS = {
    "request_id": "CASEID", "created": "OPENED", "closed": "CLOSED", "status": "STATE", "label": "TYPENAME",
    "area": "WARD", "lat": "LAT",
}  # fmt: skip
LITERAL = re.compile(r"timestamp '([\d-]+) ([\d:]+)'", re.IGNORECASE)


def ms(moment: Any) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None


def words(made: Made) -> dict[str, Any]:
    return {"row": made.row, "CASEID": made.id, "OPENED": ms(made.created), "CLOSED": ms(made.closed),
            "EDITED": ms(made.moved), "STATE": made.status, "TYPENAME": made.label, "WARD": made.area,
            "LAT": str(made.lat) if made.lat else None, "XCOORD": 0.0}  # fmt: skip


class FakeArcGis(FakePortal):
    """cap: maxRecordCount. heavy: blocks above this many rows fail as too heavy. missing: a column that is gone."""

    def __init__(self, world: World, cap: int = 400) -> None:
        super().__init__()
        self.table = Table(world, words)
        self.world, self.cap = world, cap
        self.heavy = 10**9
        self.missing = ""

    def section(self, **more: Any) -> dict[str, Any]:
        return {"kind": "arcgis", "host": self.url, "datasets": [{"service": SERVICE, "layer": 0}], "columns": COLUMNS,
                "updated": "EDITED", "rules": {"zone": "utc"}, **more}  # fmt: skip

    def answer(self, call: Call) -> Answer:
        if call.path == SERVICE:
            return Answer.of({"layers": [{"id": 0, "name": "Requests in 2026"}], "tables": []})
        if call.path == f"{SERVICE}/0":
            return Answer.of(self._described())
        if call.path != f"{SERVICE}/0/query":
            return failed(404, "Service not found")
        try:
            return self._query(call.params)
        except sqlite3.OperationalError:
            return failed(400, "Unable to complete operation.", "Unable to perform query operation.")

    def _described(self) -> dict[str, Any]:
        kinds = {"OPENED": "Date", "CLOSED": "Date", "EDITED": "Date", "row": "OID"}
        fields = [{"name": c, "type": f"esriFieldType{kinds.get(c, 'String')}"} for c in self.table.columns]
        fields = [{**f, "name": "RowID"} if f["name"] == "row" else f for f in fields if f["name"] != self.missing]
        return {"objectIdField": "RowID", "maxRecordCount": self.cap, "fields": fields}

    def _query(self, given: dict[str, str]) -> Answer:
        where = LITERAL.sub(lambda m: self._literal(m[1], m[2]), given.get("where", "1=1")).replace("RowID", "row")
        if given.get("returnIdsOnly") == "true":
            ids = [r["row"] for r in self.table.select("row", where)]
            return Answer.of({"objectIdFieldName": "RowID", "objectIds": ids or None})
        if "outStatistics" in given:
            return self._counted(json.loads(given["outStatistics"]), given["groupByFieldsForStatistics"], where)
        if "objectIds" in given:
            where = f"row IN ({given['objectIds']})"
        if given.get("objectIds", "").count(",") >= self.heavy:
            return failed(400, "Unable to complete operation.")
        names = given.get("outFields", "*").split(",")
        what = ", ".join("row AS RowID" if n == "RowID" else f'"{n}"' for n in names)
        rows = self.table.select(what, where, limit=self.cap + 1)
        features = [{"attributes": r} for r in rows[: self.cap]]
        if given.get("returnGeometry") == "true":
            features = [{**f, "geometry": {"x": -93.2, "y": 44.9}} for f in features]
        more = {"exceededTransferLimit": True} if len(rows) > self.cap else {}
        return Answer.of({"objectIdFieldName": "RowID", "features": features, **more})

    def _counted(self, statistics: list[dict[str, str]], groups: str, where: str) -> Answer:
        asked = [
            f"{s['statisticType']}({s['onStatisticField'].replace('RowID', 'row')}) AS {s['outStatisticFieldName']}"
            for s in statistics
        ]
        rows = self.table.select(f"{groups}, {', '.join(asked)}", f"{where} GROUP BY {groups}")
        return Answer.of({"features": [{"attributes": r} for r in rows]})

    def _literal(self, day: str, time: str) -> str:
        """Read as Eastern wall-clock time, five hours behind."""
        found = self.table.database.execute("SELECT (strftime('%s', ?) + 18000) * 1000", (f"{day} {time}",))
        return str(found.fetchone()[0])


def failed(code: int, message: str, *details: str) -> Answer:
    return Answer.of({"error": {"code": code, "message": message, "details": list(details)}})
