"""How a run grows with the number of areas: the demo's city with 1, 4 and 16 times as many.

    python -m benchmarks.scale [--times 1 4 16]

The people and requests grow with the areas. Crews stay as they are, so the larger cities have more work than crews.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measured, run
from configs import packaged

AREAS_PER_DISTRICT = 8
DISTRICTS = 6
STEPS = ("read and check", "choose the forecaster", "train and draw", "record", "add up", "plan the crews", "publish")


def city(times: int, folder: Path) -> Path:
    """The demo's YAML with so many times the areas."""
    text = packaged("cities")["ellerby-falls"].read_text(encoding="utf-8")
    old = f"areas_per_district: {AREAS_PER_DISTRICT}"
    if old not in text:
        sys.exit(f"the demo's city no longer says `{old}`")
    path = folder / f"times-{times}.yaml"
    path.write_text(text.replace(old, f"areas_per_district: {AREAS_PER_DISTRICT * times}"), encoding="utf-8")
    return path


def seconds(home: Path) -> dict[str, float]:
    """Seconds by step, summed over categories (they run two at a time)."""
    log = json.loads(next((home / "logs").glob("*.json")).read_text())
    return {s: sum(t["seconds"] for t in log["steps"] if t["step"].startswith(s)) for s in STEPS}


def row(times: int, measured: Measured, home: Path) -> str:
    took = seconds(home)
    cells = " | ".join(f"{took[s]:.1f}" for s in STEPS)
    areas = DISTRICTS * AREAS_PER_DISTRICT * times
    return f"| {times} × ({areas} areas) | {cells} | **{measured.seconds:.0f}** | {measured.peak_mib:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4, 16])
    given = parser.parse_args()
    print("| areas | " + " | ".join(f"{s} (s)" for s in STEPS) + " | whole run (s) | peak (MiB) |")
    print("|---" * (len(STEPS) + 3) + "|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for times in given.times:
            home = Path(folder) / f"home-{times}"
            path = city(times, Path(folder))
            measured = run([sys.executable, "-m", "cli.main", "run", str(path), "--home", str(home), "--quiet"])
            if measured.returncode:
                sys.exit(measured.output)
            print(row(times, measured, home), flush=True)


if __name__ == "__main__":
    main()
