"""Charts as PNG, for mail programs: they run no script and many show no SVG. Drawn on white, as dark modes leave them.

Text in a picture is a day, a number or a word of ours: names of places stand in the tables beside.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from threading import Lock

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from domain.budget_entry import BudgetEntry
from serving.report.outlines import Line, outlines
from serving.report.source import Source
from serving.web.choropleth import Scale, rising_scale, stretch
from serving.web.fan import BANDS
from serving.words import percent, short_day, whole

WIDTH, DOTS = 640, 144
"""Pixels that a picture is shown at, and dots an inch: twice as many pixels, for screens that have them."""
INK, MUTED, GRID, LINE, PAST, BAND = "#1b2430", "#4d5866", "#d7dce2", "#0b5fa5", "#6b7683", "#3d8bd0"
SHADES = ("#eef4fa", "#c3dbf0", "#8dbbe0", "#4a8ec6", "#175a96")
NONE = "#ffffff"
_drawing = Lock()
"""matplotlib's caches of fonts are not made for several threads."""


def fan(past: pd.DataFrame, ahead: pd.DataFrame) -> bytes:
    """Counts so far and the ranges ahead. past: date, count; ahead: date, mean and the quantiles of BANDS."""

    def draw(axes: Axes) -> None:
        counted, days = past["date"].to_numpy(), ahead["date"].to_numpy()
        for low, high, name, strength in BANDS:
            axes.fill_between(days, ahead[low], ahead[high], color=BAND, alpha=strength, lw=0, label=name)
        axes.plot(counted, past["count"], color=PAST, lw=1.5, marker="o", ms=3, label="counted")
        axes.plot(days, ahead["mean"], color=LINE, lw=2.5, marker="o", ms=4, label="expected")
        axes.set_ylim(bottom=0)
        axes.set_ylabel("requests a day", color=INK, fontsize=12)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(_day))
        axes.legend(fontsize=11, ncols=5, loc="lower left", bbox_to_anchor=(0, 1), frameon=False, handlelength=1.4)

    return _png(draw, 260)


def area_map(source: Source, values: pd.Series) -> bytes | None:
    """Areas shaded by a value each. values: by area, missing where there is none. None where no outline is known."""
    shapes = outlines(source.areas)
    if shapes is None:
        return None
    scale = rising_scale(values.tolist())

    def draw(axes: Axes) -> None:
        for area, shape in zip(source.areas["area"].astype(str), shapes, strict=True):
            if shape["x"]:
                path = _path(shape["x"], shape["y"])
                axes.add_patch(PathPatch(path, facecolor=_shade(scale, values, area), edgecolor=MUTED, lw=0.5))
        axes.autoscale_view()
        axes.set_aspect(stretch(source))
        axes.set_axis_off()
        marks = [axes.scatter([], [], s=60, marker="s", color=_colour(scale, i), edgecolors=MUTED, label=title)
                 for i, title in enumerate(scale.titles)]  # fmt: skip
        axes.legend(handles=marks, fontsize=11, ncols=len(marks), loc="lower center", bbox_to_anchor=(0.5, 1),
                    frameon=False)  # fmt: skip

    return _png(draw, 400)


def frontier(points: pd.DataFrame, entry: BudgetEntry) -> bytes:
    """What mixes of crews cost against what they do in time. points: money, share, low, high, kind (now, advised)."""
    looks = {"other": ("a mix of crews", LINE, "o", 22), "now": ("today’s crews", "#a3450b", "D", 60),
             "advised": ("the mix on regular hours", "#2c6e36", "*", 130)}  # fmt: skip

    def draw(axes: Axes) -> None:
        axes.vlines(points["money"], points["low"], points["high"], color=BAND, alpha=0.45, lw=3)
        for kind, (name, colour, marker, size) in looks.items():
            rows = points[points["kind"] == kind]
            axes.scatter(rows["money"], rows["share"], s=size, color=colour, marker=marker, label=name, zorder=3)
        axes.axhline(entry.target, color=INK, lw=1, ls="--")
        axes.set_ylim(-0.02, 1.03)
        axes.set_ylabel("in time, kind that does worst", color=INK, fontsize=12)
        axes.set_xlabel("money", color=INK, fontsize=12)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: whole(value)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
        axes.legend(fontsize=11, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)

    return _png(draw, 300)


def _png(draw: Callable[[Axes], None], height: int) -> bytes:
    """The drawing at WIDTH × height pixels, twice as fine; its bytes depend on what is drawn alone."""
    target = BytesIO()
    with _drawing:
        figure = Figure(figsize=(2 * WIDTH / DOTS, 2 * height / DOTS), dpi=DOTS, layout="constrained")
        axes = figure.add_subplot()
        axes.set_facecolor("white")
        axes.grid(visible=True, color=GRID, lw=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(colors=INK, labelsize=11)
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        figure.savefig(target, format="png", metadata={"Software": None})
    return target.getvalue()


def _day(value: float, _: object) -> str:
    return short_day(pd.Timestamp(value, unit="D"))


def _path(x: Line, y: Line) -> Path:
    """Rings parted by None as one path."""
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    begins = True
    for across, up in zip(x, y, strict=True):
        if across is None or up is None:
            begins = True
            continue
        points.append((across, up))
        codes.append(int(Path.MOVETO if begins else Path.LINETO))
        begins = False
    return Path(np.asarray(points), codes)


def _shade(scale: Scale, values: pd.Series, area: str) -> str:
    at = scale.shade(float(values.get(area, float("nan"))))
    return NONE if at is None else _colour(scale, at)


def _colour(scale: Scale, at: int) -> str:
    """The middle shade where all values are the same."""
    return SHADES[at] if len(scale.colours) == len(SHADES) else SHADES[2]
