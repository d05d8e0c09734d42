"""What a replay found, as Markdown: measures by policy, savings, promises by category and district, their reliability.

    python -m benchmarks.decisions.tables DIR [--load 1]

DIR is the folder that `benchmarks.decisions.replay` or `crewcast evaluate` wrote.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MEASURES = {
    "cost": "cost",
    "late_requests": "late requests",
    "late_request_days": "late request-days",
    "open_request_days": "open request-days",
    "missed_events": "missed events",
    "idle_standbys": "idle standbys",
    "overtime_hours": "overtime, hours",
    "worst_area_late_days": "worst area, late days a week",
    "changed_a_day": "changed assignments a day",
}
WITH_DECIMALS = ("worst_area_late_days", "changed_a_day")


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table, one line a row."""
    names = list(header)
    return [f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *map(list, rows))]


def measures(policies: dict[str, dict[str, float]]) -> list[str]:
    """Policy by measure, policies whose morning moves are played."""
    rows = ([name, *(_number(m, told[m]) for m in MEASURES)] for name, told in policies.items())
    return table(["policy", *MEASURES.values()], rows)


def savings(gaps: dict[str, dict[str, Any]]) -> list[str]:
    """Policy, what it saves against the best simple policy with its interval, and the same without what is charged for
    work late after the last week."""
    header = ["policy", "best simple", "saved", "best simple in the weeks alone", "saved in the weeks alone"]
    rows = [
        [name, *(text for part in (g, g["without_closing"]) for text in (part["best_simple"], _money(part["saved"])))]
        for name, g in gaps.items()
    ]
    return table(header, rows)


def promises(found: list[dict[str, Any]]) -> list[str]:
    """Category and district: promised and met shares of the jobs that fell due, and Brier scores."""
    rows = [
        [p["category"], p["district"] or "all", f"{p['jobs']:,.0f}", _share(p["promised"]), _share(p["met"]),
         _brier(p["brier"]), _brier(p["base_brier"])]
        for p in found
    ]  # fmt: skip
    return table(["category", "district", "jobs due", "promised", "met", "Brier score", "of the mean alone"], rows)


def reliability(found: list[dict[str, Any]]) -> list[str]:
    """The bins of the reliability plot of each category, all districts together."""
    whole = (p for p in found if not p["district"])
    rows = [
        [p["category"], _share(b["promised"]), _share(b["met"]), f"{b['jobs']:,.0f}"] for p in whole for b in p["bins"]
    ]
    return table(["category", "promised", "met", "jobs due"], rows)


def _number(measure: str, value: float) -> str:
    return f"{value:,.2f}" if measure in WITH_DECIMALS else f"{value:,.0f}"


def _money(saved: dict[str, float]) -> str:
    return f"{saved['value']:+,.0f} ({saved['low']:+,.0f} to {saved['high']:+,.0f})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _brier(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where policies.json lies")
    parser.add_argument("--load", help="one load only, as policies.json names it (1, not 1.0)")
    given = parser.parse_args()
    report = json.loads((given.folder / "policies.json").read_bytes())
    loads = [given.load] if given.load else list(report["policies"])
    if unknown := set(loads) - set(report["policies"]):
        parser.error(f"no load {', '.join(sorted(unknown))} in {given.folder}; it has {', '.join(report['policies'])}")
    for load in loads:
        own = report["promises"][load]
        print(f"\nload {load}, {report['weeks']} weeks, money in {report['currency']}", "", sep="\n")
        parts = (measures(report["policies"][load]), savings(report["gaps"][load]), promises(own), reliability(own))
        print(*(line for part in parts for line in (*part, "")), sep="\n")


if __name__ == "__main__":
    main()
