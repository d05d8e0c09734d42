"""One timed pass against a running fake: a first sync into a fresh home, or the bare calls that count rows.

python -m benchmarks.portals.once sync|bare SECTION prints rows and seconds as JSON. SECTION: the YAML section as JSON.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.portals.recorded import CALLS


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Seconds by the clock, and of the processor in this process, once it is over."""
    took: dict[str, float] = {}
    clock, processor = time.perf_counter(), time.process_time()
    yield took
    took |= {"seconds": time.perf_counter() - clock, "processor": time.process_time() - processor}


def synced(section: dict[str, Any]) -> tuple[int, dict[str, float]]:
    """Rows read and the time of the whole sync, its commits to disk among them."""
    from pipelines.steps.synced import portal_of
    from tests.portals.conftest import PortalCity

    with tempfile.TemporaryDirectory() as folder:
        city = PortalCity(Path(folder), section)
        portal_of(city.job().plan())
        httpx.Client().close()  # loads what the bare calls have loaded by then
        with timed() as took:
            report = city.sync()
        return report.read, took


def bare(section: dict[str, Any]) -> tuple[int, dict[str, float]]:
    """The calls that a sync made, again, with every row parsed and counted, and nothing kept."""
    calls = httpx.get(section["host"] + CALLS, timeout=60).json()
    with timed() as took, httpx.Client(base_url=section["host"], timeout=60) as client:
        rows = sum(counted(client, call, section) for call in calls)
    return rows, took


def counted(client: httpx.Client, call: dict[str, Any], section: dict[str, Any]) -> int:
    headers = {"Content-Type": call["kind"]} if call["kind"] else {}
    given = call["body"].encode() or None
    answer = client.request(
        call["method"], call["path"], params=call["params"] if not given else None, content=given, headers=headers
    )
    kind = answer.headers["content-type"]
    if "zip" in kind:
        return lines(unzipped(answer.content), section)
    if call["path"].endswith("jsonl"):
        return sum(1 if isinstance(json.loads(line), dict) else 0 for line in answer.text.splitlines())
    return rows_in(answer.json()) if "json" in kind else lines(answer.text, section)


def unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(archive.namelist()[0]).decode("latin-1")


def lines(text: str, section: dict[str, Any]) -> int:
    """Rows of a text file, taken apart as any reader must."""
    told = section["text"]
    quoting: Any = csv.QUOTE_MINIMAL if told.get("quotes", True) else csv.QUOTE_NONE
    return sum(1 for _ in csv.reader(io.StringIO(text), delimiter=told.get("delimiter", ","), quoting=quoting)) - 1


def rows_in(answer: Any) -> int:
    """Rows of a page in any of the protocols; 0 for counts and descriptions."""
    if isinstance(answer, list):
        return 0 if len(answer) == 1 and set(answer[0]) == {"n"} else len(answer)
    found = answer.get("features") or answer.get("rows") or answer.get("result", {}).get("records") or ()
    return len(found)


def main(what: str, section: dict[str, Any]) -> None:
    rows, took = (synced if what == "sync" else bare)(section)
    print(json.dumps({"rows": rows, **took}))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
