"""A map of areas without anything from outside: outlines of the publication filled by a value, or ranked bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from serving.report.outlines import outlines
from serving.report.source import Source
from serving.words import number

SHADES = 5
MOST_BARS = 25
FINE = 0.1
"""Requests between the ends of the first shade below which they are named to two places."""
NO_VALUE = "var:map-none"


@dataclass(frozen=True)
class Scale:
    """ends: upper ends of all shades but the last, rising. colours, titles: one a shade."""

    ends: tuple[float, ...]
    colours: tuple[str, ...]
    titles: tuple[str, ...]

    def shade(self, value: float) -> int | None:
        """The place of a value's shade; None where it is missing."""
        return None if np.isnan(value) else int(np.searchsorted(self.ends, value, side="left"))


def rising_scale(values: Sequence[float]) -> Scale:
    """Five shades between the least and the most, wider upwards: few areas have many. One where all are the same."""
    known = [v for v in values if not np.isnan(v)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    if high <= low:
        return Scale((), ("var:map-2",), (number(low),))
    ends = low + (high - low) * np.linspace(0, 1, SHADES + 1) ** 2
    words = number if ends[1] - ends[0] >= FINE else "{:.2f}".format
    titles = [f"{words(a)} to {words(b)}" for a, b in pairwise(ends)]
    return Scale(tuple(ends[1:-1].tolist()), tuple(f"var:map-{i}" for i in range(SHADES)), tuple(titles))


RATIO_SCALE = Scale(
    (0.5, 0.8, 1.25, 2.0),
    tuple(f"var:turn-{i}" for i in range(SHADES)),
    ("half of usual or less", "fewer", "about as usual", "more", "over twice as many"),
)
"""What an area expects against what such days usually bring there."""


def drawn(
    source: Source, rows: pd.DataFrame, scale: Scale, more: Mapping[str, str]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces and layout. rows: area, place, value (may be missing), words (for the pointer). more: parameters that a
    link to an area's page carries."""
    shapes = outlines(source.areas)
    if shapes is None:
        return _bars(rows, scale)
    known = {str(row["area"]): row for row in rows.to_dict("records")}
    traces = [
        _area(known[area], area, shape, scale, more)
        for area, shape in zip(source.areas["area"].astype(str), shapes, strict=True)
        if area in known and shape["x"]
    ]
    return [*traces, *_legend(scale, bool(rows["value"].isna().any()))], _layout(source)


def _area(
    row: Mapping[Any, Any], area: str, shape: Mapping[str, Any], scale: Scale, more: Mapping[str, str]
) -> dict[str, Any]:
    shade = scale.shade(float(row["value"]))
    return {
        "type": "scatter", "mode": "lines", "x": shape["x"], "y": shape["y"], "fill": "toself",
        "fillcolor": NO_VALUE if shade is None else scale.colours[shade], "line": {"color": "var:map-line", "width": 1},
        "name": str(row["place"]), "text": str(row["words"]), "hoveron": "fills", "hoverinfo": "text",
        "showlegend": False, "meta": {"href": f"/area?{urlencode({**more, 'area': area})}"},
    }  # fmt: skip


def _legend(scale: Scale, has_gaps: bool) -> list[dict[str, Any]]:
    """One empty trace a shade, so that the shades are named."""
    pairs = [*zip(scale.colours, scale.titles, strict=True), *([(NO_VALUE, "not forecast")] if has_gaps else [])]
    return [
        {
            "type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": title, "hoverinfo": "skip",
            "marker": {"size": 14, "symbol": "square", "color": colour, "line": {"color": "var:map-line", "width": 1}},
        }
        for colour, title in pairs
    ]  # fmt: skip


def _layout(source: Source) -> dict[str, Any]:
    hidden = {"visible": False, "showgrid": False, "zeroline": False}
    return {
        "xaxis": hidden,
        "yaxis": {**hidden, "scaleanchor": "x", "scaleratio": stretch(source)},
        "margin": {"l": 4, "r": 4, "t": 8, "b": 4},
    }


def stretch(source: Source) -> float:
    """How much longer a degree north is than a degree east, where the city lies."""
    latitude = float(source.areas["lat"].mean())
    return 1.0 if np.isnan(latitude) else round(1 / max(float(np.cos(np.radians(latitude))), 0.1), 4)


def _bars(rows: pd.DataFrame, scale: Scale) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Where there are no outlines: the areas with most, ranked."""
    most = rows[rows["value"].notna()].sort_values(["value", "place"], ascending=[False, True]).head(MOST_BARS)
    shades = [scale.shade(float(value)) or 0 for value in most["value"]]
    trace = {
        "type": "bar", "orientation": "h", "y": most["place"].tolist(), "x": most["value"].round(3).tolist(),
        "hovertext": most["words"].tolist(), "hoverinfo": "text",
        "marker": {"color": [scale.colours[shade] for shade in shades], "line": {"color": "var:map-line", "width": 1}},
    }  # fmt: skip
    return [trace], {"yaxis": {"autorange": "reversed", "showgrid": False}, "xaxis": {"rangemode": "tozero"}}
