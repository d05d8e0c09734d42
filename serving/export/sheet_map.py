"""The map of a printed sheet: outlines, the yard and the day's stops, as figures a template draws in SVG."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from serving.export.edition import Edition
from serving.export.map_labels import Box, placed

WIDTH, HEIGHT, MARGIN = 720.0, 430.0, 22.0
"""Units of the drawing, a quarter of a millimetre on paper. Height: the most there is."""
LOWEST = 235.0
FEW_LINES, LINE = 18, 26.0
"""Lines of tables beside which there is room for the whole height; what each line more takes of it."""
CLOSE = 0.15
"""What is shown around the stops, as a share of their extent."""


@dataclass(frozen=True)
class Mark:
    """A stop on the map. label: as in the list beside it. at: longitude and latitude. area: shaded."""

    label: str
    at: tuple[float, float]
    area: str


def area_marks(edition: Edition, areas: list[str]) -> list[Mark]:
    """Areas as stops, numbered from 1; those without an outline are left out."""
    return [Mark(str(i + 1), edition.points[a], a) for i, a in enumerate(areas) if a in edition.points]


def height_beside(lines: int) -> float:
    """Height that a page with so many lines of tables has room for: drawn for it, labels keep their size on paper."""
    return max(LOWEST, HEIGHT - LINE * max(lines - FEW_LINES, 0))


def drawing(
    edition: Edition,
    yard: tuple[float, float] | None,
    marks: list[Mark],
    whole: bool = True,
    height: float = HEIGHT,
) -> dict[str, object] | None:
    """paths: outlines of the areas in sight, those of stops shaded; labels and points of the stops, and the yard.

    whole: show the stops' areas to their edges, not only the stops. None where nothing has coordinates.
    """
    stops = {m.area for m in marks}
    corners = [edition.shapes[s].bounds for s in sorted(stops) if whole and s in edition.points]
    around = [*([yard] if yard else []), *[m.at for m in marks], *[c[:2] for c in corners], *[c[2:] for c in corners]]
    if not marks:
        return None
    low, high = np.min(around, axis=0), np.max(around, axis=0)
    margin = CLOSE * np.maximum(high - low, 0.005)
    place = _Projection(low - margin, high + margin, height)
    window = shapely.box(*(low - 3 * margin), *(high + 3 * margin))
    seen = {a: s for a, s in edition.shapes.items() if shapely.intersects(s, window)}
    points = [place.point(m.at) for m in marks]
    home = place.point(yard) if yard else None
    labelled = [(m.label, (p["x"], p["y"])) for m, p in zip(marks, points, strict=True)]
    return {
        "width": WIDTH,
        "height": height,
        "areas": [{"path": place.path(s), "is_stop": a in stops, "name": a} for a, s in seen.items()],
        "points": points,
        "labels": placed(labelled, _yard_boxes(home), WIDTH, height),
        "yard": home,
    }


def _yard_boxes(yard: dict[str, float] | None) -> list[Box]:
    """Its square and the word above it."""
    if yard is None:
        return []
    x, y = yard["x"], yard["y"]
    return [(x - 9, y - 9, x + 9, y + 9), (x - 17, y - 26, x + 17, y - 9)]


class _Projection:
    """Degrees to units of the drawing, a degree east shortened as at that latitude."""

    def __init__(self, low: np.ndarray, high: np.ndarray, height: float) -> None:
        self.low, self.high = low, high
        self.squeeze = float(np.cos(np.radians((low[1] + high[1]) / 2)))
        size = (high - low) * np.array([self.squeeze, 1.0])
        self.scale = float(min((WIDTH - 2 * MARGIN) / size[0], (height - 2 * MARGIN) / size[1]))
        self.shift = (np.array([WIDTH, height]) - size * self.scale) / 2

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
