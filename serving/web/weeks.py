"""Whole weeks of a forecast: sums of draws over seven days from the first planned one, by place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.words import CITY_LEVEL, QUANTILE_COLUMNS, QUANTILES
from serving.report.sums import cube, weighted_quantile
from serving.web.publication import Publication

WEEK = 7
COLUMNS = ("date", "level", "area", "category", "mean", *QUANTILE_COLUMNS, "days")


def weeks(shown: Publication, level: str) -> pd.DataFrame:
    """COLUMNS of every category at a level; date: the week's first day. A shorter stretch at the end is left out."""
    found = [_of(shown, category, level) for category in shown.source.categories]
    parts = [part for part in found if part is not None]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)] if parts else pd.DataFrame(columns=COLUMNS)


def _of(shown: Publication, category: str, level: str) -> pd.DataFrame | None:
    """One category's sums of draws by place and week; None where there are no draws."""
    found = cube(shown.source, category)
    if found is None:
        return None
    paths = found.samples[:, found.dates >= pd.Timestamp(shown.manifest.first_date)]
    dates = found.dates[found.dates >= pd.Timestamp(shown.manifest.first_date)]
    count = len(dates) // WEEK
    summed = paths[:, : count * WEEK].reshape(len(found.areas), count, WEEK, -1).sum(axis=2)
    places, groups = _places(shown, found.areas, level)
    total = np.stack([summed[group].sum(axis=0) for group in groups]) if groups else summed[:0]
    starts = dates[: count * WEEK : WEEK]
    rows = pd.MultiIndex.from_product([places, starts], names=["area", "date"]).to_frame(index=False)
    flat = total.reshape(-1, total.shape[-1])
    spread = {
        name: weighted_quantile(flat, found.weight, share)
        for name, share in zip(QUANTILE_COLUMNS, QUANTILES, strict=True)
    }
    return rows.assign(level=level, category=category, mean=flat @ found.weight, days=WEEK, **spread)


def _places(shown: Publication, areas: tuple[str, ...], level: str) -> tuple[list[str], list[list[int]]]:
    """Names of a level and, for each, the positions of its areas."""
    if level == "area":
        return list(areas), [[i] for i in range(len(areas))]
    if level == "city":
        return [CITY_LEVEL], [list(range(len(areas)))]
    of = [shown.source.district_of.get(a, "") for a in areas]
    names = sorted(set(of))
    return names, [[i for i, name in enumerate(of) if name == one] for one in names]
