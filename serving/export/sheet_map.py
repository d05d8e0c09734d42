"""The map of a printed sheet: outlines, the yard and the day's stops, as figures a template draws in SVG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from serving.export.edition import Edition

WIDTH, HEIGHT, MARGIN = 720.0, 430.0, 22.0
"""Units of the drawing."""
CLOSE = 0.15
"""What is shown around the stops, as a share of their extent."""
NEAR_X, NEAR_Y = 34.0, 20.0
"""Stops closer than so many units share one label."""


@dataclass(frozen=True)
class Mark:
    """A stop on the map. label: as in the list beside it. at: longitude and latitude. area: shaded."""

    label: str
    at: tuple[float, float]
    area: str


def area_marks(edition: Edition, areas: list[str]) -> list[Mark]:
    """Areas as stops, numbered from 1; those without an outline are left out."""
    return [Mark(str(i + 1), edition.points[a], a) for i, a in enumerate(areas) if a in edition.points]


def drawing(
    edition: Edition, yard: tuple[float, float] | None, marks: list[Mark], whole: bool = True
) -> dict[str, object] | None:
    """paths: outlines of the areas in sight, those of stops shaded; points of the labelled stops and the yard.

    whole: show the stops' areas to their edges, not only the stops. None where nothing has coordinates.
    """
    stops = {m.area for m in marks}
    corners = [edition.shapes[s].bounds for s in sorted(stops) if whole and s in edition.points]
    around = [*([yard] if yard else []), *[m.at for m in marks], *[c[:2] for c in corners], *[c[2:] for c in corners]]
    if not marks:
        return None
    low, high = np.min(around, axis=0), np.max(around, axis=0)
    margin = CLOSE * np.maximum(high - low, 0.005)
    place = _Projection(low - margin, high + margin)
    window = shapely.box(*(low - 3 * margin), *(high + 3 * margin))
    seen = {a: s for a, s in edition.shapes.items() if shapely.intersects(s, window)}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "areas": [{"path": place.path(s), "is_stop": a in stops, "name": a} for a, s in seen.items()],
        "stops": _apart([(m.label, place.point(m.at)) for m in marks]),
        "yard": place.point(yard) if yard else None,
    }


def _apart(marks: list[tuple[str, dict[str, float]]]) -> list[dict[str, object]]:
    """Labels that would hide each other as one, at the first one's place: A1–A3, B2. half: half its width."""
    groups: list[tuple[dict[str, float], list[str]]] = []
    for label, at in marks:
        near = next(
            (g for g in groups if abs(g[0]["x"] - at["x"]) < NEAR_X and abs(g[0]["y"] - at["y"]) < NEAR_Y), None
        )
        if near is None:
            groups.append((at, [label]))
        else:
            near[1].append(label)
    told = [(at, ranges(labels)) for at, labels in groups]
    return [{"number": text, "half": 6 + 3.3 * len(text), **at} for at, text in told]


def ranges(labels: list[str]) -> str:
    """A1, A2, A3, B2 -> A1–3 B2: numbers in a row as a range, a crew's letter once."""
    parts: list[list[str | int]] = []
    for letter, digits in ((label.rstrip("0123456789"), label) for label in labels):
        number = int(digits.removeprefix(letter))
        if parts and parts[-1][0] == letter and parts[-1][2] == number - 1:
            parts[-1][2] = number
        else:
            parts.append([letter, number, number])
    return " ".join(f"{a}{b}" if b == c else f"{a}{b}–{c}" for a, b, c in parts)


class _Projection:
    """Degrees to units of the drawing, a degree east shortened as at that latitude."""

    def __init__(self, low: np.ndarray, high: np.ndarray) -> None:
        self.low, self.high = low, high
        self.squeeze = float(np.cos(np.radians((low[1] + high[1]) / 2)))
        size = (high - low) * np.array([self.squeeze, 1.0])
        self.scale = float(min((WIDTH - 2 * MARGIN) / size[0], (HEIGHT - 2 * MARGIN) / size[1]))
        self.shift = (np.array([WIDTH, HEIGHT]) - size * self.scale) / 2

    def xy(self, where: np.ndarray) -> np.ndarray:
        """(N, 2) longitude, latitude to x, y downwards."""
        east = (where[:, 0] - self.low[0]) * self.squeeze * self.scale + self.shift[0]
        south = (self.high[1] - where[:, 1]) * self.scale + self.shift[1]
        return np.round(np.column_stack([east, south]), 1)

    def point(self, where: tuple[float, float]) -> dict[str, float]:
        x, y = self.xy(np.array([where]))[0]
        return {"x": float(x), "y": float(y)}

    def path(self, shape: shapely.Geometry) -> str:
        rings = [r for part in shapely.get_parts(shape) for r in shapely.get_rings(part)]
        drawn = [" L".join(f"{x:g},{y:g}" for x, y in self.xy(shapely.get_coordinates(ring))) for ring in rings]
        return " ".join(f"M{points}Z" for points in drawn)
