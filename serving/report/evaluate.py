"""The report of a replay: what each way of planning would have cost, and how far its promises held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from serving.report.page import asset, render

SIZE, MARGIN = 260, 34


@dataclass(frozen=True)
class Plot:
    """A reliability plot in SVG coordinates: dots (x, y, radius, text), and the size of its square."""

    dots: tuple[tuple[float, float, float, str], ...]
    size: int = SIZE
    margin: int = MARGIN


def evaluate_html(report: Mapping[str, Any], title: str, label: str) -> str:
    """One self-contained page without script or network; the same report gives the same text.

    report: `policies.json`, as `allocation.evaluate.report.report` makes it.
    """
    return render(
        "evaluate.html.j2",
        {
            "report": report,
            "title": title,
            "label": label,
            "loads": [_load(report, name) for name in report["policies"]],
            "css": asset("report.css"),
        },
    )


def _load(report: Mapping[str, Any], name: str) -> dict[str, Any]:
    promises = report["promises"][name]
    return {
        "name": name,
        "reached": report["loads"][name]["reached"],
        "factor": report["loads"][name]["jobs_factor"],
        "policies": [(report["titles"].get(p, p), p, sums) for p, sums in report["policies"][name].items()],
        "gaps": [(report["titles"].get(p, p), gap) for p, gap in report["gaps"][name].items()],
        "event_gaps": [(report["titles"].get(p, p), gap) for p, gap in report["event_gaps"][name].items()],
        "gains": report["gains"][name],
        "promises": [p for p in promises if not p["district"]],
        "districts": [p for p in promises if p["district"]],
        "plots": {p["category"]: reliability_plot(p["bins"]) for p in promises if not p["district"]},
    }


def reliability_plot(bins: Sequence[Mapping[str, float]]) -> Plot:
    """Promised chance to the right, share met upwards; a dot's area grows with its jobs."""
    most = max((b["jobs"] for b in bins), default=1.0) or 1.0
    return Plot(
        tuple(
            (
                _along(b["promised"]),
                round(SIZE - _along(b["met"]), 1),
                round(2.5 + 7 * (b["jobs"] / most) ** 0.5, 1),
                f"promised {b['promised']:.0%}, met {b['met']:.0%}, {b['jobs']:,.0f} jobs",
            )
            for b in bins
        )
    )


def _along(share: float) -> float:
    return round(MARGIN + (SIZE - 2 * MARGIN) * share, 1)
