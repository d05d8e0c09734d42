"""Area, district and city rows from the same draws: totals are sums of draws, so every level agrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.panel import AreaMap, Floats, Ints, SamplePaths
from domain.words import CITY_LEVEL, QUANTILE_COLUMNS, QUANTILES


@dataclass(frozen=True)
class Group:
    """One published unit: its level, its name and the areas it sums, as positions on the A axis."""

    level: str
    name: str
    members: NDArray[np.intp]


def groups(areas: AreaMap) -> list[Group]:
    """Districts by name, then the city."""
    district = np.array(areas.district)
    found = [Group("district", name, np.flatnonzero(district == name)) for name in areas.districts]
    return [*found, Group("city", CITY_LEVEL, np.arange(len(areas.names)))]


def at_every_level(values: NDArray[Any], areas: AreaMap, axis: int = 1) -> NDArray[Any]:
    """Values with the area axis replaced by areas, then districts, then the city, each the sum of its areas."""
    first = np.moveaxis(values, axis, 0)
    sums = [first[group.members].sum(axis=0, dtype=values.dtype)[None] for group in groups(areas)]
    return np.moveaxis(np.concatenate([first, *sums]), 0, axis)


def units(areas: AreaMap) -> pd.DataFrame:
    """level and area of each entry of `at_every_level`, in its order."""
    rows = [("area", name) for name in areas.names] + [(g.level, g.name) for g in groups(areas)]
    return pd.DataFrame(rows, columns=["level", "area"])


def quantiles(samples: NDArray[Any], weight: Floats) -> Floats:
    """Weighted quantiles over the last axis, (..., 7): the smallest draw whose cumulated weight reaches each."""
    if np.allclose(weight, weight[0]):
        position = np.ceil(np.array(QUANTILES) * len(weight) - 1e-9).astype(int) - 1
        found: Floats = np.sort(samples, axis=-1)[..., position].astype(float)
        return found
    order = np.argsort(samples, axis=-1, kind="stable")
    reached = np.cumsum(weight[order], axis=-1)
    position = np.stack([(reached < q - 1e-12).sum(axis=-1) for q in QUANTILES], axis=-1)
    position = np.minimum(position, len(weight) - 1)
    ordered = np.take_along_axis(samples, order, axis=-1)
    return np.take_along_axis(ordered, position, axis=-1).astype(np.float64)


def summary_columns(samples: NDArray[Any], weight: Floats) -> dict[str, Floats]:
    """mean and quantile columns of samples (..., S), flattened in C order."""
    quantile = quantiles(samples, weight).reshape(-1, len(QUANTILES))
    mean = (samples @ weight).reshape(-1)
    return {"mean": mean, **{name: quantile[:, i] for i, name in enumerate(QUANTILE_COLUMNS)}}


def forecast_table(paths: SamplePaths, areas: AreaMap) -> tuple[pd.DataFrame, Ints]:
    """The table `forecasts` without vintage_id, and the samples (rows, S) of its area rows.

    Rows are ordered by level (area, district, city), area, category, date; the area rows come first, in the order of
    the samples. The column `samples` is null throughout: the writer fills it for the area rows.
    """
    everywhere = np.moveaxis(at_every_level(paths.samples, areas), 1, 0)
    unit = units(areas)
    count, categories, days, size = everywhere.shape
    frame = pd.DataFrame(
        {
            "origin": pd.Timestamp(paths.origin).as_unit("us"),
            "date": np.tile(paths.dates.as_unit("us").to_numpy(), count * categories),
            "level": np.repeat(unit["level"].to_numpy(), categories * days),
            "area": np.repeat(unit["area"].to_numpy(), categories * days),
            "category": np.tile(np.repeat(np.array(paths.categories, dtype=object), days), count),
            **summary_columns(everywhere, paths.draws.weight),
            "samples": None,
        }
    )
    located = everywhere[: len(areas.names)].reshape(-1, size)
    return frame, np.ascontiguousarray(located)
