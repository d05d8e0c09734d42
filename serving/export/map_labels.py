"""Numbers on a printed map: few, none over another or over the yard, each where its jobs are or tied to them by a line.

Points come in the order of the list beside the map, units are those of the drawing, y downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NEAR_X, NEAR_Y = 34.0, 20.0
"""Stops closer than so many units to the middle of a group share its label."""
LONGEST = 24
"""Letters of a label; stops beyond them have one of their own."""
HALF_HEIGHT, GAP = 9.0, 2.0
END, LETTER = 6.0, 3.7
"""Half of a label's width: its round ends, and each letter."""
RINGS = (20.0, 32.0, 46.0, 62.0, 80.0, 100.0, 130.0)
"""How far from its jobs a label is tried, nearest first, in eight directions."""
ROUND = np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (1, -1), (1, 1), (-1, 1), (-1, -1)])

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Label:
    """text at (x, y), half its width wide. tie: where the line from it leads, None where it lies on its jobs."""

    text: str
    x: float
    y: float
    half: float
    tie: Point | None

    @property
    def box(self) -> Box:
        return _box(self.x, self.y, self.half)


def placed(marks: Sequence[tuple[str, Point]], taken: Sequence[Box], width: float, height: float) -> list[Label]:
    """A label a group of stops, inside the drawing and clear of each other and of `taken`.

    A group that finds no room lies where its jobs are, moved inside the drawing.
    """
    found: list[Label] = []
    for texts, middle in _groups(marks):
        full = [*taken, *(one.box for one in found)]
        found.append(_label(ranges(texts), middle, full, width, height))
    return found


def ranges(labels: Sequence[str]) -> str:
    """A1, A2, A3, B2 -> A1–3 B2: numbers in a row as a range, a crew's letter once."""
    parts: list[list[str | int]] = []
    for letter, digits in ((label.rstrip("0123456789"), label) for label in labels):
        number = int(digits.removeprefix(letter))
        if parts and parts[-1][0] == letter and parts[-1][2] == number - 1:
            parts[-1][2] = number
        else:
            parts.append([letter, number, number])
    return " ".join(f"{a}{b}" if b == c else f"{a}{b}–{c}" for a, b, c in parts)


def _groups(marks: Sequence[tuple[str, Point]]) -> list[tuple[list[str], Point]]:
    """Texts and middle of the stops that share a label."""
    groups: list[tuple[list[str], list[Point]]] = []
    for text, at in marks:
        near = next((g for g in groups if _is_near(np.mean(g[1], axis=0), at) and _fits([*g[0], text])), None)
        if near is None:
            groups.append(([text], [at]))
        else:
            near[0].append(text)
            near[1].append(at)
    return [(texts, (float(np.mean([x for x, _ in at])), float(np.mean([y for _, y in at])))) for texts, at in groups]


def _fits(texts: Sequence[str]) -> bool:
    return len(ranges(texts)) <= LONGEST


def _is_near(middle: np.ndarray, at: Point) -> bool:
    return bool(abs(middle[0] - at[0]) < NEAR_X and abs(middle[1] - at[1]) < NEAR_Y)


def _label(text: str, middle: Point, full: Sequence[Box], width: float, height: float) -> Label:
    half = END + LETTER * len(text)
    low, high = (half + GAP, HALF_HEIGHT + GAP), (width - half - GAP, height - HALF_HEIGHT - GAP)
    for step in [np.zeros(2), *(ring * way for ring in RINGS for way in ROUND * (1 + half / 60, 1))]:
        x, y = (float(v) for v in np.clip(np.array(middle) + step, low, high))
        if not any(_overlap(_box(x, y, half), box) for box in full):
            is_off = abs(x - middle[0]) > half or abs(y - middle[1]) > HALF_HEIGHT
            return Label(text, round(x, 1), round(y, 1), half, middle if is_off else None)
    x, y = (float(v) for v in np.clip(middle, low, high))
    return Label(text, round(x, 1), round(y, 1), half, None)


def _box(x: float, y: float, half: float) -> Box:
    return x - half, y - HALF_HEIGHT, x + half, y + HALF_HEIGHT


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] + GAP and other[0] < one[2] + GAP and one[1] < other[3] + GAP and other[1] < one[3] + GAP
