"""Score the published forecasts on simulated cities, as `benchmarks.houston` does on a real one.

    python -m benchmarks.simulated [--seeds 301 302] [--climates continental warm-coast] [--origins 66] [--out DIR]

The demo's city with other seeds and climates: seeds that development did not use, never looked at twice with a change
in between. Needs the shared scorer (CREWCAST_SHARED). Weekly origins, the last one with a whole horizon of outcomes;
recipes are selected on evidence up to the first origin and again every 28 days, unless --forecaster names one.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.scored import Asked, backtest_and_score
from benchmarks.truth import HORIZON, case


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[301, 302])
    parser.add_argument("--climates", nargs="+", default=["continental", "warm-coast"])
    parser.add_argument("--origins", type=int, default=66)
    parser.add_argument("--out", type=Path, default=Path("out/simulated"))
    parser.add_argument("--forecaster", help="forecast every origin with this one, nothing selected")
    given = parser.parse_args()
    for climate in given.climates:
        for seed in given.seeds:
            print(f"## {climate}, seed {seed}", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                found = case(seed, climate, Path(folder))
                last = found.run.origin - timedelta(days=HORIZON)
                first = last - timedelta(days=7 * (given.origins - 1))
                words = (found.run.job.city, first.isoformat(), last.isoformat())
                out = given.out / f"{climate}-{seed}"
                backtest_and_score(Asked(*words, out, found.run.job.home, given.forecaster))


if __name__ == "__main__":
    main()
