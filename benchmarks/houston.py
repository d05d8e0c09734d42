"""Score the published forecasts on real data, by a scorer that shares no code with crewcast.

    python -m benchmarks.houston [--from 2015-09-06] [--to 2016-12-11] [--out DIR] [--forecaster NAME]

Needs the shared development data (CREWCAST_SHARED, default: `shared` beside the checkout). Weekly origins; recipes are
selected on evidence up to the first origin and again every 28 days, and refitted every fourth origin. Issued weather is
emulated. The default window ends in 2016: the year 2017 is kept unseen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.scored import Asked, backtest_and_score

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
    with tempfile.TemporaryDirectory() as home:
        backtest_and_score(Asked("houston-files", given.first, given.last, given.out, Path(home), given.forecaster))


if __name__ == "__main__":
    main()
