"""Seconds and peak memory of each step of the demo: the first run in a fresh home, and the next one.

python -m benchmarks.steps
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measured, run


def demo(home: Path) -> Measured:
    """One demo in `home`."""
    command = [sys.executable, "-m", "cli.main", "demo", "--home", str(home), "--quiet"]
    measured = run(command, {**os.environ, "CREWCAST_HOME": str(home)})
    if measured.returncode:
        sys.exit(measured.output)
    return measured


def table(measured: Measured, home: Path) -> str:
    """Steps as a Markdown table; steps that run side by side overlap in time."""
    log = json.loads(max((home / "logs").glob("*.json"), key=lambda p: p.stat().st_mtime).read_text())
    offset = measured.seconds - max(s["begin_seconds"] + s["seconds"] for s in log["steps"])
    lines = ["| step | begins at (s) | takes (s) | peak of all processes meanwhile (MiB) |", "|---|---|---|---|"]
    for step in log["steps"]:
        begin = offset + step["begin_seconds"]
        peak = measured.peak_between(begin, begin + step["seconds"])
        lines.append(f"| {step['step']} | {begin:.1f} | {step['seconds']:.1f} | {peak:.0f} |")
    lines.append(f"| **whole command** | 0.0 | {measured.seconds:.1f} | {measured.peak_mib:.0f} |")
    return "\n".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for title in ("First run in a fresh home", "Next run in the same home"):
            measured = demo(home)
            print(f"\n{title}\n\n{table(measured, home)}")


if __name__ == "__main__":
    main()
