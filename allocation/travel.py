"""Driving from yards to areas: straight lines with a detour, at a mean speed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from domain.city import Travel, Yard
from domain.errors import ConfigError
from domain.panel import AreaMap, Floats

EARTH_RADIUS_KM = 6371.0088


def distance_km(yards: Sequence[Yard], areas: AreaMap) -> Floats:
    """Great-circle distance from each yard to each area's point, (Y, A) km; NaN where either is unknown."""
    return distance_between(yards, areas.lat, areas.lon)


def distance_between(yards: Sequence[Yard], area_lat: Floats, area_lon: Floats) -> Floats:
    """The same for points (A,).

    Haversine formula (Sinnott 1984, "Virtues of the haversine").
    """
    lat = np.radians([np.nan if y.lat is None else y.lat for y in yards])[:, None]
    lon = np.radians([np.nan if y.lon is None else y.lon for y in yards])[:, None]
    a_lat, a_lon = np.radians(area_lat)[None, :], np.radians(area_lon)[None, :]
    chord = np.sin((a_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(a_lat) * np.sin((a_lon - lon) / 2) ** 2
    km: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return km


def drive_minutes(yards: Sequence[Yard], areas: AreaMap, travel: Travel) -> list[tuple[float | None, ...]]:
    """Minutes one way from each yard to each area: the matrix's, else by distance, rounded to 0.01; None where unknown.

    Raises ConfigError where the matrix names an area that the city does not have.
    """
    by_distance = np.round(distance_km(yards, areas) * travel.detour / travel.speed_kmh * 60, 2)
    given = travel.matrix.minutes if travel.matrix else {}
    _areas_are_known(given, areas)
    return [
        tuple(
            given.get(yard.name, {}).get(area, None if np.isnan(m) else float(m))
            for area, m in zip(areas.names, row, strict=True)
        )
        for yard, row in zip(yards, by_distance, strict=True)
    ]


def _areas_are_known(given: dict[str, dict[str, float]], areas: AreaMap) -> None:
    known = set(areas.names)
    for yard, minutes in given.items():
        if odd := sorted(set(minutes) - known):
            raise ConfigError(
                f"the travel matrix has a drive from '{yard}' to '{odd[0]}', which is no area of this city",
                remedy=f"name areas as the city's map does ('{areas.names[0]}', for one), or remove the row",
                yard=yard,
                areas=odd,
            )
