"""A line chart of skill over origins as plain SVG: the backtest's report stays small and needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 34
MOST_TICKS = 8


@dataclass(frozen=True)
class Line:
    """name: the level. points: SVG coordinates "x,y x,y" of each unbroken stretch. style: index of its look."""

    name: str
    points: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    style: int


@dataclass(frozen=True)
class Chart:
    """Ticks are (position, text); one_at is the height of ratio 1."""

    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    one_at: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def chart(ratios: Mapping[str, Mapping[str, float]], origins: Sequence[str]) -> Chart:
    """ratios: level -> origin -> our error ÷ the best baseline's. The scale is logarithmic: ½ and 2 lie alike."""
    known = [value for line in ratios.values() for value in line.values() if value > 0]
    reach = max(abs(np.log(known)).max() if known else 0.0, np.log(1.25)) * 1.05
    place = {origin: _x(i, len(origins)) for i, origin in enumerate(origins)}
    return Chart(
        lines=tuple(_line(name, line, origins, place, reach, i) for i, (name, line) in enumerate(ratios.items())),
        x_ticks=tuple((place[origin], origin) for origin in origins[:: max(1, -(-len(origins) // MOST_TICKS))]),
        y_ticks=tuple((_y(value, reach), f"{value:g}") for value in _ticks(float(reach))),
        one_at=_y(1.0, reach),
    )


def _x(index: int, count: int) -> float:
    return round(LEFT + 8 + (WIDTH - LEFT - RIGHT - 16) * (index / (count - 1) if count > 1 else 0.5), 1)


def _y(ratio: float, reach: float) -> float:
    """Height of a ratio; better (smaller) is lower."""
    share = (np.log(ratio) + reach) / (2 * reach)
    return round(float(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)), 1)


def _ticks(reach: float) -> list[float]:
    steps = [0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0]
    wide = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
    return [value for value in (steps if reach < 1 else wide) if abs(np.log(value)) <= reach]


def _line(
    name: str, ratios: Mapping[str, float], origins: Sequence[str], place: Mapping[str, float], reach: float, style: int
) -> Line:
    """Broken where an origin has no ratio (nothing came, or no baseline could forecast)."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for origin in origins:
        ratio = ratios.get(origin, float("nan"))
        if ratio > 0:
            stretches[-1].append((place[origin], _y(ratio, reach)))
        else:
            stretches.append([])
    points = tuple(" ".join(f"{x:g},{y:g}" for x, y in one) for one in stretches if one)
    return Line(name, points, tuple(dot for one in stretches for dot in one), style)
