"""The plots of a selection as SVG text: errors by level, coverage by level, the paired gain fold by fold.

Drawn without pyplot, so that threads do not share a figure; ids come from a fixed salt and no date is written, so that
equal scores give equal bytes. Colours: Okabe and Ito (2008), readable without colour vision.
"""

from __future__ import annotations

import logging
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.challenge import losses
from models.promotion import differences, gain
from models.scores import LEVELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SALT = "crewcast"
OURS, THEIRS, INK = "#0072B2", "#B0B0B0", "#333333"
SHARES = {"80 % interval": ("inside80", 0.80, "#E69F00"), "95 % interval": ("inside95", 0.95, OURS)}
ERRORS, COVERAGE, FOLDS = "plots/errors_by_level.svg", "plots/coverage_by_level.svg", "plots/gain_by_fold.svg"


def plots(scores: pd.DataFrame, *, has_baseline: bool = True) -> dict[str, str]:
    """File name -> SVG; {} where the selection left no records of its folds (`attrs["by_fold"]`).

    has_baseline: whether ratios are against the best baseline; else they are against the best of those compared.
    """
    rows = pd.DataFrame(scores.attrs.get("by_fold", []))
    if rows.empty or scores.empty or "inside80" not in rows:
        return {}
    own = [str(n) for n in scores.loc[scores["is_published"].astype(bool), "forecaster"].unique()]
    if not own:
        return {}
    against = "best baseline's" if has_baseline else "best of those compared"
    drawn = {ERRORS: _errors(scores, own[0], against), COVERAGE: _coverage(rows[rows["forecaster"] == own[0]])}
    if (rival := best_rival(scores, own[0])) is not None:
        drawn[FOLDS] = _by_fold(scores, own[0], rival)
    return drawn


def best_rival(scores: pd.DataFrame, own: str) -> str | None:
    """The other candidate with the lowest mean ratio."""
    ratios = scores.groupby("forecaster", sort=False)["ratio"].mean().drop(own, errors="ignore")
    return None if ratios.empty else str(ratios.idxmin())


def _levels(frame: pd.DataFrame) -> list[str]:
    there = [str(level) for level in frame["level"].unique()]
    return [level for level in LEVELS if level in there] + [level for level in there if level not in LEVELS]


def _errors(scores: pd.DataFrame, own: str, against: str) -> str:
    """Bars: CRPS ÷ what it is against, a group a level, a bar a candidate, the published one in blue."""
    figure, axes = _figure()
    names = [str(n) for n in scores["forecaster"].unique()]
    levels = _levels(scores)
    table = scores.pivot_table(index="level", columns="forecaster", values="ratio").reindex(levels)
    width = 0.8 / len(names)
    for i, name in enumerate(names):
        place = np.arange(len(levels)) + (i - (len(names) - 1) / 2) * width
        shade = OURS if name == own else THEIRS
        axes.bar(place, table[name].to_numpy(), 0.9 * width, color=shade, label=name)
        for x, y in zip(place, table[name].to_numpy(), strict=True):
            axes.text(x, y, f"{y:.2f}", ha="center", va="bottom", fontsize=7, color=INK)
    axes.axhline(1.0, color=INK, linewidth=0.8)
    axes.set_xticks(np.arange(len(levels)), levels)
    axes.set_ylabel(f"CRPS ÷ {against}")
    others = ", ".join(n for n in names if n != own)
    axes.set_title(f"Error by level; blue: {own}" + (f", grey: {others}" if others else ""), fontsize=8)
    return _svg(figure)


def _coverage(rows: pd.DataFrame) -> str:
    """Dots: share of outcomes inside the central intervals by level; lines where they should lie."""
    figure, axes = _figure()
    levels = _levels(rows)
    sums = rows.groupby("level")[["inside80", "inside95", "cells"]].sum().reindex(levels)
    place = np.arange(len(levels))
    for label, (column, share, colour) in SHARES.items():
        held = (sums[column] / sums["cells"]).to_numpy()
        axes.axhline(share, color=colour, linewidth=0.8, linestyle="--")
        axes.plot(place, held, "o", color=colour, label=label)
        for x, y in zip(place, held, strict=True):
            axes.annotate(f"{y:.0%}", (x, y), (6, 3), textcoords="offset points", fontsize=7, color=INK)
    axes.set_xticks(place, levels)
    axes.set_xlim(-0.5, len(levels) - 0.5)
    axes.set_ylim(min(0.5, axes.get_ylim()[0]), 1.02)
    axes.set_ylabel("share of outcomes inside")
    axes.legend(loc="lower right", fontsize=7, frameon=False)
    axes.set_title("Coverage by level, by randomised PIT; dashed: where it should lie", fontsize=8)
    return _svg(figure)


def _by_fold(scores: pd.DataFrame, own: str, rival: str) -> str:
    """Stems: the relative gain over the best other candidate in each window, with the always-valid bounds."""
    figure, axes = _figure()
    found = losses(scores)
    paired = differences(found.get(rival, {}), found.get(own, {}))
    values = 100 * np.array(list(paired.values()))
    place = np.arange(len(values))
    axes.vlines(place, 0, values, color=OURS, linewidth=2)
    axes.plot(place, values, "o", color=OURS)
    axes.axhline(0.0, color=INK, linewidth=0.8)
    summed = gain(paired)
    if np.isfinite([summed.low, summed.high]).all():
        axes.axhspan(100 * summed.low, 100 * summed.high, color=OURS, alpha=0.12, linewidth=0)
    axes.set_xticks(place, [o.isoformat() for o in paired], rotation=60, fontsize=6)
    axes.set_ylabel("gain in % (above 0: better)")
    axes.set_title(f"{own} against {rival}, window by window; band: always-valid 95 %", fontsize=8)
    return _svg(figure)


def _figure() -> tuple[Figure, Axes]:
    for name in ("matplotlib", "matplotlib.font_manager"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.4))
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _svg(figure: Figure) -> str:
    from matplotlib import rc_context

    sink = StringIO()
    figure.subplots_adjust(left=0.11, right=0.98, top=0.90, bottom=0.24)
    with rc_context({"svg.hashsalt": SALT, "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return sink.getvalue()
