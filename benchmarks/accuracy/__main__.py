"""crewcast against its peers: accuracy, seconds and peak memory, printed as Markdown.

    python -m benchmarks.accuracy [--parts …] [--only NAME …] [--every N] [--fresh] [--quick] [--out DIR]

Parts: Houston by council district, Houston by super-neighbourhood (both need the shared development data) and
simulated cities. Results are kept in --out by part and competitor, and taken again while task and code are the same;
--fresh runs all again. --only runs some competitors and shows the others where results are kept. --quick proves the
machinery with two origins. Peers need `.venv-peers`: `sh benchmarks/accuracy/setup.sh`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.accuracy import houston, on_houston, on_simulated
from benchmarks.accuracy.asked import Asked
from benchmarks.accuracy.competitors import OURS, PEERS_PYTHON
from benchmarks.accuracy.estimate import sentence
from benchmarks.accuracy.peer import catalogue
from benchmarks.accuracy.scoring import load
from benchmarks.scored import SHARED

SIMULATED = "simulated"
PARTS = (*(grain.name for grain in houston.GRAINS), SIMULATED)


def parsed() -> tuple[list[str], Asked]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--only", nargs="+", choices=[OURS, *catalogue()], default=[], metavar="NAME")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--every", type=int, choices=[1, 2, 4], default=1, help="of Houston's weekly origins")
    parser.add_argument("--out", type=Path, help="default: out/accuracy, or out/accuracy-quick")
    parser.add_argument("--seeds", type=int, nargs="+", default=[111, 112])
    parser.add_argument("--climates", nargs="+", default=["continental", "warm-coast"])
    given = parser.parse_args()
    out = given.out or Path("out/accuracy-quick" if given.quick else "out/accuracy")
    cut = 1 if given.quick else None
    seeds, climates = tuple(given.seeds[:cut]), tuple(given.climates[:cut])
    asked = Asked(out.resolve(), frozenset(given.only), given.fresh, given.quick, seeds, climates, given.every)
    return given.parts, asked


def main() -> None:
    parts, asked = parsed()
    scorer_path = SHARED / "scoring" / "score.py"
    if not scorer_path.exists():
        sys.exit(f"no shared scorer at {scorer_path}; set CREWCAST_SHARED")
    if not PEERS_PYTHON.exists() and asked.only != {OURS}:
        sys.exit("the peers' environment is missing: run `sh benchmarks/accuracy/setup.sh`")
    for part in parts:
        print(sentence(part, asked), flush=True)
    scorer = load(scorer_path)
    for grain in houston.GRAINS:
        if grain.name in parts:
            say(on_houston.report(grain, asked, scorer), asked.out / f"{grain.name}.md")
    for climate in asked.climates if SIMULATED in parts else ():
        say(on_simulated.report(climate, asked, scorer), asked.out / f"{SIMULATED}-{climate}.md")


def say(text: str, path: Path) -> None:
    path.write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}\n", flush=True)


if __name__ == "__main__":
    main()
