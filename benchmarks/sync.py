"""Rows a second of a first sync against the same calls bare, and its peak memory against rows.

python -m benchmarks.sync [--rows N] [--rounds N] [--memory N ...] [--only PROTOCOL ...]

Both passes ask the same fake portal on a loopback socket, in a process of its own, which answers from memory; the bare
one parses every answer and counts its rows. They take turns; medians are given.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from benchmarks.measure import Measured, run
from benchmarks.portals.recorded import MADE


@contextmanager
def served(protocol: str, rows: int) -> Iterator[str]:
    """The section of the YAML, as JSON, of a fake that runs meanwhile."""
    command = [sys.executable, "-m", "benchmarks.portals.recorded", protocol, str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline()
        finally:
            server.terminate()


def once(what: str, section: str) -> tuple[dict[str, Any], Measured]:
    measured = run([sys.executable, "-m", "benchmarks.portals.once", what, section])
    if measured.returncode:
        sys.exit(measured.output)
    return json.loads(measured.output.splitlines()[-1]), measured


def compared(protocol: str, rows: int, rounds: int) -> str:
    """A Markdown row: rows a second of both, and their ratio."""
    with served(protocol, rows) as section:
        once("sync", section)  # the fake makes its answers
        took: dict[str, list[dict[str, Any]]] = {"sync": [], "bare": []}
        for _ in range(rounds):
            for what, found in took.items():
                told = once(what, section)[0]
                if told["rows"] < rows:
                    sys.exit(f"{protocol}: {what} met {told['rows']} of {rows} rows")
                found.append(told)
    pairs = list(zip(took["sync"], took["bare"], strict=True))
    clock, processor = (median(b[unit] / s[unit] for s, b in pairs) for unit in ("seconds", "processor"))
    sync, bare = (median(t["rows"] / t["seconds"] for t in found) for found in took.values())
    return f"| {protocol} | {sync:,.0f} | {bare:,.0f} | {clock:.2f} | {processor:.2f} |"


def weighed(rows: int) -> str:
    """A Markdown row: peak memory and rate of a sync of so many rows."""
    with served("endless", rows) as section:
        told, measured = once("sync", section)
    return f"| {told['rows']:,} | {measured.peak_mib:,.0f} | {told['rows'] / told['seconds']:,.0f} |"


HEAD = (
    "| protocol | sync, rows a second | bare, rows a second | ratio | ratio of processor time |\n|---|---|---|---|---|"
)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=200_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--memory", type=int, nargs="*", default=[100_000, 1_000_000])
    asked.add_argument("--only", nargs="*", default=list(MADE))
    given = asked.parse_args()
    if given.only:
        print(HEAD, flush=True)
    for protocol in given.only:
        print(compared(protocol, given.rows, given.rounds), flush=True)
    if given.memory:
        print("\n| rows | peak memory (MiB) | rows a second |\n|---|---|---|", flush=True)
    for rows in given.memory:
        print(weighed(rows), flush=True)


if __name__ == "__main__":
    main()
