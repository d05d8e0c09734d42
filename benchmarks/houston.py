"""Score the published forecasts on real data, by a scorer that shares no code with crewcast.

    python -m benchmarks.houston [--from 2015-09-06] [--to 2016-12-11] [--out DIR] [--forecaster NAME]

Needs the shared development data (CREWCAST_SHARED, default: `shared` beside the checkout). Weekly origins; recipes are
selected on evidence up to the first origin and again every 28 days, and refitted every fourth origin. Issued weather is
emulated. The default window ends in 2016: the year 2017 is kept unseen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import run

SHARED = Path(os.environ.get("CREWCAST_SHARED", Path(__file__).parents[2] / "shared")).resolve()
LAST_SEEN = "2016-12-17"
"""The last origin whose outcomes lie in 2016."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="first", default="2015-09-06")
    parser.add_argument("--to", dest="last", default="2016-12-11")
    parser.add_argument("--out", type=Path, default=Path("out/houston"))
    parser.add_argument("--forecaster", help="forecast every origin with this one, nothing selected")
    parser.add_argument("--look-at-2017", action="store_true", help="a look that docs/benchmarks.md must list")
    given = parser.parse_args()
    if given.last > LAST_SEEN and not given.look_at_2017:
        sys.exit(f"--to {given.last}: outcomes after 2016 are kept unseen; the last origin is {LAST_SEEN}")
    scorer = SHARED / "scoring" / "score.py"
    if not scorer.exists():
        sys.exit(f"no shared development data at {SHARED}; set CREWCAST_SHARED")
    with tempfile.TemporaryDirectory() as home:
        words = ["backtest", "houston-files", "--from", given.first, "--to", given.last, "--every", "7"]
        words += ["--horizon", "14", "--out", str(given.out), "--home", home]
        words += ["--forecaster", given.forecaster] if given.forecaster else []
        environment = {**os.environ, "CREWCAST_SHARED": str(SHARED)}
        measured = run([sys.executable, "-m", "cli.main", *words], environment)
    print(measured.output)
    if measured.returncode:
        sys.exit(measured.returncode)
    print(f"backtest: {measured.seconds:.0f} s, peak {measured.peak_mib:.0f} MiB", flush=True)
    files = ["--forecasts", given.out / "forecasts.parquet", "--counts", given.out / "counts.parquet"]
    subprocess.run([sys.executable, scorer, *map(str, files), "--json", str(given.out / "score.json")], check=True)


if __name__ == "__main__":
    main()
