"""A backtest by the command line, scored by the shared scorer, which has no code in common with crewcast."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import run

SHARED = Path(os.environ.get("CREWCAST_SHARED", Path(__file__).parents[2] / "shared")).resolve()


@dataclass(frozen=True)
class Asked:
    """city: a name or the path of a YAML. first, last: weekly origins. forecaster: of every origin; None selects."""

    city: str
    first: str
    last: str
    out: Path
    home: Path
    forecaster: str | None = None


def backtest_and_score(asked: Asked) -> None:
    """Prints the backtest's own output, its seconds and memory, and the scorer's table; exits where either fails."""
    scorer = SHARED / "scoring" / "score.py"
    if not scorer.exists():
        sys.exit(f"no shared development data at {SHARED}; set CREWCAST_SHARED")
    words = ["backtest", asked.city, "--from", asked.first, "--to", asked.last, "--every", "7"]
    words += ["--horizon", "14", "--out", str(asked.out), "--home", str(asked.home)]
    words += ["--forecaster", asked.forecaster] if asked.forecaster else []
    measured = run([sys.executable, "-m", "cli.main", *words], {**os.environ, "CREWCAST_SHARED": str(SHARED)})
    print(measured.output)
    if measured.returncode:
        sys.exit(measured.returncode)
    print(f"backtest: {measured.seconds:.0f} s, peak {measured.peak_mib:.0f} MiB", flush=True)
    files = ["--forecasts", asked.out / "forecasts.parquet", "--counts", asked.out / "counts.parquet"]
    subprocess.run([sys.executable, scorer, *map(str, files), "--json", str(asked.out / "score.json")], check=True)
