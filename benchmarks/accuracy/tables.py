"""Scores and costs as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from benchmarks.accuracy.kept import Result
from benchmarks.accuracy.peer import Peer
from benchmarks.accuracy.scoring import SUMMED

LEVELS = ("area-day", "area-week", "city-day", "city-week")


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells hold no bar."""
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(c).replace("|", "/") for c in line) + " |" for line in lines)


def percent(value: float) -> str:
    return "" if math.isnan(value) else f"{value:+.1%}".replace("-", "−").replace("%", " %")


def interval(low: float, high: float) -> str:
    if math.isnan(low):
        return ""
    return f"{100 * low:+.1f} … {100 * high:+.1f}".replace("-", "−")


def summary(scores: pd.DataFrame) -> str:
    """One row a category and forecaster: CRPS against the better baseline at each level, best first."""
    columns = [*LEVELS, *(lv + SUMMED for lv in LEVELS[2:])]
    rows = []
    for category, of_category in scores.groupby("category"):
        wide = of_category.pivot(index="forecaster", columns="level", values="best")[columns]
        ordered = wide.sort_values("area-day")
        rows += [
            [str(category), str(name), *map(percent, row)]
            for name, row in zip(ordered.index, ordered.to_numpy(), strict=True)
        ]
    return markdown(["category", "forecaster", *columns], rows)


def details(scores: pd.DataFrame, costs: dict[str, Result]) -> str:
    """One row a category, level and forecaster, best first, with seconds and memory beside the accuracy."""
    head = [
        "category",
        "level",
        "forecaster",
        "CRPS",
        "vs best",
        "95 % CI",
        "vs crewcast",
        "95 % CI",
        "in 80 %",
        "in 95 %",
    ]
    rows = []
    order = {lv: n for n, lv in enumerate([*LEVELS, *(lv + SUMMED for lv in LEVELS[2:])])}
    by = scores.assign(order=scores["level"].map(order)).sort_values(["category", "order", "crps"])
    for row in by.to_dict("records"):
        cost = costs.get(str(row["forecaster"]))
        rows.append(
            [
                row["category"], row["level"], row["forecaster"], f"{row['crps']:.4f}",
                percent(row["best"]), interval(row["best_low"], row["best_high"]),
                percent(row.get("ours", float("nan"))),
                interval(row.get("ours_low", float("nan")), row.get("ours_high", float("nan"))),
                f"{row['cover80']:.3f}", f"{row['cover95']:.3f}",
                f"{cost.seconds:.0f}" if cost else "", f"{cost.peak_mib:.0f}" if cost else "",
            ]
        )  # fmt: skip
    return markdown([*head, "seconds", "peak MiB"], rows)


def cost_table(results: Iterable[Result], peers: dict[str, Peer], origins: dict[str, int]) -> str:
    """One row a competitor: what it is, what it took, and every failure with its reason."""
    head = [
        "forecaster",
        "library",
        "sees weather",
        "uncertainty",
        "origins",
        "seconds",
        "peak MiB",
        "series failed",
        "why",
    ]
    rows = []
    for result in results:
        peer = peers.get(result.name)
        library = f"{peer.library} {result.version}" if peer else "this checkout"
        reasons = "; ".join(f"{n} × {why}" for why, n in result.failures.items())
        rows.append(
            [
                result.name, library.strip(), "no" if peer and not peer.sees_weather else "yes",
                peer.intervals if peer else "joint sample paths", str(origins[result.name]),
                f"{result.seconds:.0f}", f"{result.peak_mib:.0f}",
                "all" if result.error else str(result.failed), result.error or reasons,
            ]
        )  # fmt: skip
    return markdown(head, rows)


def ratios(scores: pd.DataFrame, truth: str) -> str:
    """CRPS ÷ the true paths', by category, forecaster and level; scores: crps summed over origins and seeds."""
    sums = scores.groupby(["category", "forecaster", "level"], sort=False)["crps"].sum().unstack("level")
    rows = []
    for category in dict.fromkeys(sums.index.get_level_values("category")):
        of_category = sums.loc[category]
        best = of_category.loc[truth]
        ordered = (of_category.drop(index=truth)[list(LEVELS)] / best[list(LEVELS)]).sort_values("area-day")
        rows += [
            [str(category), str(name), *(f"{r:.3f}" for r in row)]
            for name, row in zip(ordered.index, ordered.to_numpy(), strict=True)
        ]
    return markdown(["category", "forecaster", *LEVELS], rows)
