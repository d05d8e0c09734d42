"""Requests become incidents at places: grid cells, and one incident for reports that follow each other closely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from domain.panel import Floats

REOPENS_AFTER_DAYS = 14
"""A request is a new incident where its cell had none in the 14 days before; else it repeats the last one."""

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Incidents:
    """Cells that ever had a request, and when new incidents began there.

    cell: (N, 2) column and row on the grid. lat, lon: (N,) of the centre. area: (N,) where most of its requests lie.
    place: (I,) cell of each incident, day: (I,) days before the origin it began (0 is the origin). span: days of
    history up to the origin.
    """

    cell: Index
    lat: Floats
    lon: Floats
    area: tuple[str, ...]
    place: Index
    day: Index
    span: int

    @property
    def places(self) -> int:
        return len(self.cell)

    def counted(self, first: int, last: int) -> Floats:
        """(N,): incidents that began `first` up to, not including, `last` days before the origin."""
        inside = (self.day >= first) & (self.day < last)
        counts: Floats = np.bincount(self.place[inside], minlength=self.places).astype(np.float64)
        return counts

    def discounted(self, as_of: int, half_life: float) -> tuple[Floats, float]:
        """Incidents and days, each halved every `half_life` days back from `as_of` days before the origin."""
        age = self.day - as_of
        past = age >= 0
        weight = 0.5 ** (age[past] / half_life)
        counts: Floats = np.bincount(self.place[past], weights=weight, minlength=self.places).astype(np.float64)
        days = (0.5 ** (np.arange(max(self.span - as_of, 1)) / half_life)).sum()
        return counts, float(days)


def incidents_of(rows: pd.DataFrame, origin: date, cell_m: float) -> Incidents | None:
    """Located requests of one category (columns area, date, lat, lon) as incidents; None where there are none."""
    rows = rows.dropna(subset=["lat", "lon"])
    rows = rows.assign(date=pd.to_datetime(rows["date"]))
    rows = rows[rows["date"] <= pd.Timestamp(origin)]
    if rows.empty:
        return None
    to_grid = _projection(rows)
    cell, place = np.unique(_cells(rows, to_grid, cell_m), axis=0, return_inverse=True)
    age = (pd.Timestamp(origin) - rows["date"]).dt.days.to_numpy()
    order = np.lexsort((-age, place.ravel()))
    place, age = place.ravel()[order], age[order]
    is_new = np.ones(len(place), dtype=bool)
    is_new[1:] = (place[1:] != place[:-1]) | (age[:-1] - age[1:] > REOPENS_AFTER_DAYS)
    middle = (cell + 0.5) * cell_m
    lon, lat = to_grid.transform(middle[:, 0], middle[:, 1], direction="INVERSE")
    area = _most_common(rows["area"].astype(str).to_numpy()[order], place)
    return Incidents(cell, lat, lon, area, place[is_new], age[is_new], int(age.max()) + 1)


def cells_of(rows: pd.DataFrame, cell_m: float) -> Index:
    """(R, 2): column and row of the grid cell each located request lies in."""
    return _cells(rows, _projection(rows), cell_m)


def place_ids(cells: Index) -> list[str]:
    """The name of each grid cell, the same as long as the city's middle stays by the same whole degree."""
    return [f"x{x}y{y}" for x, y in cells]


def _cells(rows: pd.DataFrame, to_grid: Transformer, cell_m: float) -> Index:
    x, y = to_grid.transform(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    cells: Index = np.floor(np.stack([x, y], axis=1) / cell_m).astype(np.intp)
    return cells


def _projection(rows: pd.DataFrame) -> Transformer:
    """Equal-area around the whole degree next to the city's middle, so that cells keep their ids as rows come in."""
    lat, lon = round(float(rows["lat"].median())), round(float(rows["lon"].median()))
    local = f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
    return Transformer.from_crs("EPSG:4326", local, always_xy=True)


def _most_common(area: NDArray[np.object_], place: Index) -> tuple[str, ...]:
    """For each place the area named most often; the first by name where two are equal."""
    counts = pd.DataFrame({"place": place, "area": area}).value_counts().reset_index(name="rows")
    counts = counts.sort_values(["place", "rows", "area"], ascending=[True, False, True], kind="stable")
    return tuple(str(a) for a in counts.drop_duplicates("place")["area"])
