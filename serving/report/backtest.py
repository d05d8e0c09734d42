"""The report of a backtest: how far off the forecasts were, against the best spreadsheet forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from serving.report.page import asset, render
from serving.report.skill_lines import Chart, chart
from serving.words import LEVEL_WORDS


def backtest_html(scores: Mapping[str, Any], title: str, label: str, notes: Sequence[str] = ()) -> str:
    """One self-contained page without script or network; the same scores give the same text.

    scores: city, from, to, every (days), horizon (days), origins (ISO days), and by category its levels
    (crps, wape, cover80, cover95, baselines {name: crps}, ratio), by_origin (origin, level, crps, best_baseline),
    recipes (origin, forecaster, sentence) and, where it was counted, calibration (leads, areas: shares of the days
    inside their 80 % range). notes are added to those in scores. A missing number is None.
    """
    categories = scores["categories"]
    return render(
        "backtest.html.j2",
        {
            "scores": scores,
            "title": title,
            "label": label,
            "notes": list(dict.fromkeys([*scores.get("notes", []), *notes])),
            "categories": [_category(name, one, scores["origins"]) for name, one in categories.items()],
            "level_words": LEVEL_WORDS,
            "css": asset("report.css"),
        },
    )


def _category(name: str, one: Mapping[str, Any], origins: Sequence[str]) -> dict[str, object]:
    levels = sorted(one["levels"], key=_rank)
    return {
        "name": name,
        "levels": [(level, one["levels"][level]) for level in levels],
        "baselines": sorted({baseline for level in levels for baseline in one["levels"][level]["baselines"]}),
        "calibration": one.get("calibration"),
        "chart": _skill(one["by_origin"], origins),
        "by_origin": sorted(one["by_origin"], key=lambda row: (row["origin"], _rank(row["level"]))),
        "published": _published(one["recipes"]),
    }


def _rank(level: str) -> tuple[int, str]:
    """From the smallest level to the largest, unknown ones last."""
    known = list(LEVEL_WORDS)
    return (known.index(level) if level in known else len(known), level)


def _skill(rows: Sequence[Mapping[str, Any]], origins: Sequence[str]) -> Chart:
    levels = sorted({row["level"] for row in rows}, key=_rank)
    return chart({level: {r["origin"]: _ratio(r) for r in rows if r["level"] == level} for level in levels}, origins)


def _ratio(row: Mapping[str, Any]) -> float:
    ours, best = row["crps"], row["best_baseline"]
    return ours / best if ours is not None and best else float("nan")


def _published(recipes: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Stretches of origins with the same forecaster: the first and last origin, how many, and the last sentence."""
    ordered = sorted(recipes, key=lambda row: row["origin"])
    stretches = [list(rows) for _, rows in groupby(ordered, key=lambda row: row["forecaster"])]
    return [
        {
            "from": rows[0]["origin"], "to": rows[-1]["origin"], "origins": len(rows),
            "forecaster": rows[0]["forecaster"], "sentence": rows[-1]["sentence"],
        }
        for rows in stretches
    ]  # fmt: skip
