"""A Socrata portal that makes its rows up as it is asked: any number of them in no memory."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.portals.server import Answer, Call, FakePortal
from tests.portals.socrata_fake import COLUMNS, iso

FIRST = datetime(2016, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=1)
BEHIND = re.compile(r":id > 'row-(\d+)'")


class Endless(FakePortal):
    """rows: how many it claims to have. A row's clock moves with its number."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.rows = rows

    def section(self, **more: Any) -> dict[str, Any]:
        return {"kind": "socrata", "host": self.url, "datasets": [{"id": "abcd-1234"}], "columns": COLUMNS, **more}

    def answer(self, call: Call) -> Answer:
        if call.params["$select"].startswith("count"):
            return Answer.of([{"n": str(self.rows)}])
        found = BEHIND.search(call.params.get("$where", ""))
        first = int(found[1]) + 1 if found else 0
        return Answer.of([row(n) for n in range(first, min(first + int(call.params["$limit"]), self.rows))])


def row(number: int) -> dict[str, Any]:
    filed = FIRST + number * STEP
    return {
        ":id": f"row-{number:09d}", ":updated_at": iso(filed) + "Z", "sr_number": f"26-{number:09d}",
        "created_date": iso(filed), "closed_date": iso(filed + 90 * STEP), "status": "Closed",
        "descriptor": "Pothole" if number % 3 else "Flooding on Street", "ward": str(number % 50),
        "latitude": f"{40 + number % 99_991 / 1e5:.5f}",
    }  # fmt: skip
