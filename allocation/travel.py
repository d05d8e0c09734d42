"""Driving from yards to areas: straight lines with a detour, at a mean speed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.city import Travel, Yard
from domain.panel import AreaMap, Floats

EARTH_RADIUS_KM = 6371.0088


def distance_km(yards: Sequence[Yard], areas: AreaMap) -> Floats:
    """Great-circle distance from each yard to each area's point, (Y, A) km; NaN where either is unknown.

    Haversine formula (Sinnott 1984, "Virtues of the haversine").
    """
    lat = np.radians([np.nan if y.lat is None else y.lat for y in yards])[:, None]
    lon = np.radians([np.nan if y.lon is None else y.lon for y in yards])[:, None]
    a_lat, a_lon = np.radians(areas.lat)[None, :], np.radians(areas.lon)[None, :]
    chord = np.sin((a_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(a_lat) * np.sin((a_lon - lon) / 2) ** 2
    km: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return km


def drive_minutes(yards: Sequence[Yard], areas: AreaMap, travel: Travel) -> list[tuple[float | None, ...]]:
    """Minutes one way from each yard to each area, rounded to 0.01; None where unknown."""
    minutes = np.round(distance_km(yards, areas) * travel.detour / travel.speed_kmh * 60, 2)
    return [tuple(None if np.isnan(m) else float(m) for m in row) for row in minutes]
