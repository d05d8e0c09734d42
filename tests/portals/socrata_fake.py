"""A Socrata portal on a loopback socket: SODA 2.1 and 3, its paging, its nulls, its errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

FIELDS = {"sr_number", "created_date", "closed_date", "status", "complaint_type", "descriptor", "ward", "latitude"}
COLUMNS = {
    "request_id": "sr_number", "created": "created_date", "closed": "closed_date", "status": "status",
    "label": "descriptor", "area": "ward", "lat": "latitude",
}  # fmt: skip
TERM = re.compile(r"^(:?\w+)\s*(>=|<=|=|>|<)\s*'((?:[^']|'')*)'$")
LISTED = re.compile(r"^(:?\w+)\s+IN\s+\((.*)\)$", re.DOTALL)


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


class FakeSocrata(FakePortal):
    """token: what version 3 asks for. catalogue: title → id. moved_to: every call is redirected there."""

    def __init__(self, world: World, ids: tuple[str, ...] = ("abcd-1234",)) -> None:
        super().__init__()
        self.world, self.ids = world, ids
        self.token = "secret-token"
        self.catalogue: dict[str, str] = {}
        self.moved_to = ""
        self.withdrawn = False
        self.fields = set(FIELDS)

    def answer(self, call: Call) -> Answer:
        if self.moved_to:
            return Answer(301, headers={"Location": f"{self.moved_to}{call.path}"})
        if call.path == "/api/catalog/v1":
            results = [{"resource": {"id": i, "name": n}} for n, i in self.catalogue.items()]
            return Answer.of({"results": results, "resultSetSize": len(results)})
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
        return self._query(select, given.get("$where", ""), given.get("$order", ""), limit, offset)

    def _version3(self, call: Call) -> Answer:
        if call.headers.get("x-app-token") != self.token:
            return Answer.of(
                {"code": "permission_denied", "error": True, "message": "Invalid app_token specified"}, 403
            )
        found = re.fullmatch(r"SELECT (.*?)(?: WHERE (.*?))?(?: ORDER BY (.*?))?", call.json["query"], re.DOTALL)
        assert found is not None
        page = call.json["page"]
        size = int(page["pageSize"])
        select = [s.strip() for s in found[1].split(",")]
        return self._query(select, found[2] or "", found[3] or "", size, (int(page["pageNumber"]) - 1) * size)

    def _query(self, select: list[str], where: str, order: str, limit: int, offset: int) -> Answer:
        named = {
            *re.findall(r"(?<!')\b([a-z]+_[a-z]+|ward|status|descriptor|latitude)\b(?=[^']*(?:'[^']*'[^']*)*$)", where)
        }
        for name in [*(s for s in select if not s.startswith(("count", ":"))), *sorted(named - {"updated_at"})]:
            if name not in self.fields and name != "*":
                message = f"Query coordinator error: query.soql.no-such-column; No such column: {name}; position: 1"
                return Answer.of({"message": message, "errorCode": "query.soql.no-such-column"}, 400)
        rows = [self._row(m) for m in self.world.rows]
        rows = [r for r in rows if matches(where, r)]
        if select[0].startswith("count"):
            return Answer.of([{"n": str(len(rows))}])
        keys = [k.strip() for k in order.split(",") if k.strip()]
        if keys:
            rows.sort(key=lambda r: tuple(r[k] for k in keys))
        else:
            self.world.dice.shuffle(rows)
        return Answer.of([self._shown(r, select) for r in rows[offset : offset + limit]])

    def _row(self, made: Made) -> dict[str, Any]:
        return {
            ":id": f"row-{made.row:08d}", ":updated_at": iso(made.moved) + "Z", "sr_number": made.id,
            "created_date": iso(made.created), "closed_date": iso(made.closed) if made.closed else None,
            "status": made.status, "descriptor": made.label, "complaint_type": "Sewer", "ward": made.area,
            "latitude": str(made.lat) if made.lat else None,
        }  # fmt: skip

    def _shown(self, row: dict[str, Any], select: list[str]) -> dict[str, Any]:
        names = [n for n in row if not n.startswith(":")] if select == ["*"] else select
        return {n: row[n] for n in names if row[n] is not None}


def matches(where: str, row: dict[str, Any]) -> bool:
    """SoQL of the kind that a client sends: AND, OR, brackets, IN and comparisons of text."""
    where = where.strip()
    if not where:
        return True
    for word, combine in ((" OR ", any), (" AND ", all)):
        parts = split(where, word)
        if len(parts) > 1:
            return combine(matches(p, row) for p in parts)
    if where.startswith("(") and where.endswith(")"):
        return matches(where[1:-1], row)
    if found := LISTED.match(where):
        wanted = [w.replace("''", "'") for w in re.findall(r"'((?:[^']|'')*)'", found[2])]
        return row.get(found[1]) in wanted
    found = TERM.match(where)
    assert found is not None, where
    have, value = row.get(found[1]), found[3].replace("''", "'")
    if have is None:
        return False
    return {"=": have == value, ">": have > value, "<": have < value, ">=": have >= value, "<=": have <= value}[
        found[2]
    ]


def split(text: str, word: str) -> list[str]:
    """Parts at the top level, outside brackets and quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for i, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if depth == 0 and text.startswith(word, i):
                parts.append(text[start:i])
                start = i + len(word)
    return [*parts, text[start:]]
