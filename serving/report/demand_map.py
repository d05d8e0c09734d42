"""Section "Where requests are expected": a map of areas, or ranked bars where there are no outlines."""

from __future__ import annotations

import numpy as np

from serving.report.outlines import outlines
from serving.report.page import rounded
from serving.report.source import Source
from serving.report.sums import Cube, cube, summed
from serving.words import short_day

DAYS = 7


def data(source: Source) -> dict[str, object]:
    """Areas with outlines; by category the mean of each day (A, H) and the first days' total with its range."""
    shapes = outlines(source.areas)
    listed = source.areas["area"].tolist()
    by_category = {c: _category(found, listed) for c in source.categories if (found := cube(source, c))}
    return {
        "areas": [
            {"name": source.place(area), "district": source.district_of[area], **(shapes[i] if shapes else {})}
            for i, area in enumerate(listed)
        ],
        "mapped": shapes is not None,
        "ratio": _stretch(source),
        "days": _days(source),
        "by_category": by_category,
    }


def _days(source: Source) -> list[str]:
    forecasts = source.table("forecasts")
    return [short_day(day) for day in sorted(set(forecasts["date"]))]


def _category(found: Cube, areas: list[str]) -> dict[str, object]:
    """In the order of `areas`; an area that was not forecast is null."""
    at = {area: i for i, area in enumerate(found.areas)}
    order = [at.get(area, -1) for area in areas]
    daily = (found.samples * found.weight).sum(axis=-1)
    total = summed(found.samples[:, :DAYS].sum(axis=1), found.weight)
    pick = np.array(order) < 0
    return {
        "daily": rounded(np.where(pick[:, None], np.nan, daily[order])),
        **{name: rounded(np.where(pick, np.nan, getattr(total, name)[order])) for name in ("mean", "low", "high")},
    }


def _stretch(source: Source) -> float:
    """How much longer a degree north is than a degree east, where the city lies."""
    latitude = float(source.areas["lat"].mean())
    return 1.0 if np.isnan(latitude) else round(1 / max(float(np.cos(np.radians(latitude))), 0.1), 4)
