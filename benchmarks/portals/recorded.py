"""A fake portal in a process of its own that answers each call a second time from memory, packed already.

python -m benchmarks.portals.recorded PROTOCOL ROWS prints its section of the YAML and serves until it is ended.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.portals.endless import Endless
from tests.portals.arcgis_fake import FakeArcGis
from tests.portals.carto_fake import FakeCarto
from tests.portals.ckan_fake import FakeCkan, FakeCkanSql, FakeZip
from tests.portals.files_fake import FakeFiles
from tests.portals.made import World
from tests.portals.opendatasoft_fake import FakeOpendatasoft
from tests.portals.server import Answer, Call, FakePortal
from tests.portals.socrata_fake import FakeSocrata

MADE: dict[str, Callable[[World], Any]] = {
    "socrata": FakeSocrata,
    "arcgis": lambda world: FakeArcGis(world, 2000),
    "ckan search": FakeCkan,
    "ckan sql": FakeCkanSql,
    "ckan file": FakeZip,
    "carto": FakeCarto,
    "opendatasoft": FakeOpendatasoft,
    "files": FakeFiles,
}
CALLS = "/__calls"


class Recorded(FakePortal):
    """The fake's answers, each made once. CALLS gives the calls so far, in their order."""

    def __init__(self, inner: FakePortal) -> None:
        super().__init__()
        self.inner = inner
        self.answers: dict[tuple[Any, ...], Answer] = {}
        self.order: list[Call] = []

    def answer(self, call: Call) -> Answer:
        if call.path == CALLS:
            told = [{"method": c.method, "path": c.path, "params": c.params, "body": c.body.decode(),
                     "kind": c.headers.get("content-type", "")} for c in self.order]  # fmt: skip
            return Answer.of(told)
        key = (call.method, call.path, tuple(sorted(call.params.items())), call.body)
        if key not in self.answers:
            self.order.append(call)
            self.answers[key] = packed(self.inner.answer(call))
        return self.answers[key]


def packed(answer: Answer) -> Answer:
    """As any portal sends it; archives are packed already."""
    if answer.kind == "application/zip" or answer.status != 200:
        return answer
    headers = {k: v for k, v in answer.headers.items() if k != "ETag"} | {"Content-Encoding": "gzip"}
    return Answer(answer.status, gzip.compress(answer.body, 1), answer.kind, headers)


def made(protocol: str, rows: int) -> FakePortal:
    if protocol == "endless":
        return Endless(rows)
    world = World()
    world.add(rows)
    portal: FakePortal = MADE[protocol](world)
    return portal


def main(protocol: str, rows: int) -> None:
    inner = made(protocol, rows)
    outer = inner if protocol == "endless" else Recorded(inner)
    outer.start()
    inner.server = outer.server  # the section names the address that is served
    print(json.dumps(inner.section()), flush=True)  # type: ignore[attr-defined]
    outer.thread.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
