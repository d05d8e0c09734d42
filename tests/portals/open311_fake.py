"""An Open311 GeoReport v2 server on a loopback socket: ids joined by commas, its error lists, its limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.portals.made import Made, World
from tests.portals.server import Answer, Call, FakePortal

MOST_IDS = 50


class FakeOpen311(FakePortal):
    """world: what the city knows; the feed of the tests may lag behind it. key, jurisdiction: asked for if set.

    forgotten: ids it does not know any more, as of types that moved to another system.
    """

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.key = self.jurisdiction = ""
        self.forgotten: set[str] = set()
        self.closed: dict[str, datetime] = {}
        self.opened_again: set[str] = set()

    def section(self, **more: Any) -> dict[str, Any]:
        return {"kind": "open311", "url": f"{self.url}/open311/v2", "pause_seconds": 0, **more}

    @property
    def asked(self) -> list[list[str]]:
        return [c.params["service_request_id"].split(",") for c in self.calls]

    def answer(self, call: Call) -> Answer:
        if call.path != "/open311/v2/requests.json":
            return self._error(404, "no such resource")
        if self.jurisdiction and call.params.get("jurisdiction_id") != self.jurisdiction:
            return self._error(400, "jurisdiction_id was not provided")
        if self.key and call.params.get("api_key") != self.key:
            return self._error(403, "api_key is not valid")
        ids = call.params.get("service_request_id", "").split(",")
        if len(ids) > MOST_IDS:
            return self._error(400, f"at most {MOST_IDS} ids")
        known = {r.id: r for r in self.world.rows}
        return Answer.of([self._row(known[i]) for i in ids if i in known and i not in self.forgotten])

    def _row(self, made: Made) -> dict[str, Any]:
        closed = None if made.id in self.opened_again else self.closed.get(made.id, made.closed)
        moved = closed or made.created
        return {
            "service_request_id": made.id, "status": "closed" if closed else "open", "status_notes": "done by P. Smith",
            "service_name": made.label, "requested_datetime": made.created.isoformat(),
            "updated_datetime": moved.isoformat(), "address": "1200 W Elm Street", "description": "call me on 555 0100",
            "media_url": "https://example.org/photo.jpg", "lat": 41.9, "long": -87.6,
        }  # fmt: skip

    def _error(self, code: int, said: str) -> Answer:
        return Answer.of([{"code": code, "description": said}], code)
