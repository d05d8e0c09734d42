"""Text files on a loopback socket: banner lines, pipes, stray pipes in rows, ETag and Last-Modified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

BANNER = "City of Norville 311\r\nExtract of today\r\n\r\n(rows below)\r\n"
HEADER = "365 Case Number|Case Number|Status|Created Date Local|Closed Date|Council District|Incident Case Type|Notes"
COLUMNS = {
    "request_id": "Case Number", "created": "Created Date Local", "closed": "Closed Date", "status": "Status",
    "label": "Incident Case Type", "area": "Council District",
}  # fmt: skip


class FakeFiles(FakePortal):
    """paths: those there are. broken: rows with a pipe in their notes, which no reader can take apart."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.paths = {"/311/ytd-2026.txt"}
        self.broken = 7

    def section(self, **more: Any) -> dict[str, Any]:
        text = {"delimiter": "|", "encoding": "latin-1", "header": "365 Case Number", "quotes": False, "missing": "\\N"}
        datasets = [{"path": "/311/ytd-{year}.txt", "first_year": 2026}]
        return {"kind": "files_https", "host": self.url, "datasets": datasets, "columns": COLUMNS, "text": text, **more}

    def answer(self, call: Call) -> Answer:
        if call.path not in self.paths:
            return Answer(404, b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>", "application/xml")
        stray = ["CAS|1|Open|2026-07-01 10:00:00|\\N|1|Pothole|a | b"] * self.broken
        text = BANNER + "\r\n".join([HEADER, *stray, *(line(m) for m in self.world.rows)])
        body = text.encode("latin-1")
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if call.headers.get("if-none-match") == etag:
            return Answer(304, headers={"ETag": etag})
        return Answer(200, body, "text/plain", {"ETag": etag})

    def told(self, made: Iterable[Made]) -> dict[str, tuple[str, str, bool]]:
        return {m.id: (m.label, m.area, m.closed is not None) for m in made}


def line(made: Made) -> str:
    closed = made.closed.strftime("%Y-%m-%d %H:%M:%S") if made.closed else "\\N"
    created = made.created.strftime("%Y-%m-%d %H:%M:%S")
    return "|".join((f"CAS-{made.row}", made.id, made.status, created, closed, made.area, f'"{made.label}"', 'a "café'))
