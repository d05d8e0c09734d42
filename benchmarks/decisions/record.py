"""The replay against the record, quarter by quarter: what is fitted before a window, and what the window then shows.

    python -m benchmarks.decisions.record houston --from 2014-04-06 --to 2014-09-21
    python -m benchmarks.decisions.record simulated --seed 101 --climate continental --from 2024-08-04 --to 2025-01-26

The test that `crewcast evaluate` makes before it gives a percentage, alone: no policy is replayed. Settings are those
of settings.yaml beside this file. Nothing of 2017 is read into a Houston result.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date
from pathlib import Path

from allocation.evaluate.calibration import MEASURES, Match
from allocation.evaluate.closing import Closing
from benchmarks.decisions.replay import houston, settings
from benchmarks.truth import case
from domain.progress import silent
from models.folds import regular_origins
from pipelines.steps.against_record import Record, against_record, wait_days

LAST_OF_HOUSTON = date(2016, 10, 23)
"""A later window would be followed, and its rosters rest on days, beyond 2016."""


def lines(record: Record) -> list[str]:
    """What was fitted, every quarter, and the sentence."""
    waits = wait_days(record)
    fitted = [
        f"{category}: pace {pace:g}, waits of {waits[category]['median']:.0f} working days in the median, "
        f"{waits[category]['p90']:.0f} for nine tenths"
        if category in waits
        else f"{category}: pace {pace:g}, {'stated' if category in record.fitted.stated else 'no'} waits"
        for category, pace in record.fitted.pace.items()
    ]
    titles = " | ".join(f"{name}, recorded / replayed" for name in MEASURES.values())
    head = ["", f"| category, quarter | requests | {titles} | within |", "|---|---|---|---|---|---|"]
    return [*fitted, *record.notes, *head, *map(_line, record.matches), "", record.told]


def _line(match: Match) -> str:
    pairs = zip(_figures(match.recorded), _figures(match.replayed), strict=True)
    cells = " | ".join(f"{one} / {other}" for one, other in pairs)
    within = "yes" if match.is_within else "no"
    return f"| {match.category} {match.quarter} | {match.recorded.requests:,.0f} | {cells} | {within} |"


def _figures(one: Closing) -> tuple[str, str, str]:
    return f"{one.median_days:.0f}", f"{one.p90_days:.0f}", f"{one.late_share:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", choices=["simulated", "houston"])
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--climate", default="continental")
    given = parser.parse_args()
    if given.city == "houston" and given.last > LAST_OF_HOUSTON:
        sys.exit(f"--to {given.last}: 2017 is not looked at; give {LAST_OF_HOUSTON} or earlier")
    told, _ = settings()
    with tempfile.TemporaryDirectory() as folder:
        simulated = given.city == "simulated"
        run = case(given.seed, given.climate, Path(folder)).run if simulated else houston(Path(folder))
        origins = regular_origins(given.first, given.last, told.every_days)
        record = against_record(run, origins, told, silent)
    print(f"{Path(run.job.city).stem}, {given.first} to {given.last}", *lines(record), sep="\n")


if __name__ == "__main__":
    main()
