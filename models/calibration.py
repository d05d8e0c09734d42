"""How often the 80 % ranges held, by lead and by area: whether the dispersion that was learnt fits all of them.

`models.residuals` learns one law a category: its size follows the mean, so that busy areas and days scatter otherwise
than quiet ones, its city paths differ by lead, and areas have factors of their own where held-out halves show that they
scatter differently. Whether that is enough is not assumed but counted here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from domain.chance import generator
from domain.panel import Ints
from domain.words import CITY_LEVEL
from models.scores import lead_groups, randomised_pit

SHARE = 0.80
TAIL = (1 - SHARE) / 2
GROUPS = ("quietest third", "middle third", "busiest third")


def inside_rows(outcomes: Ints, samples: Ints, areas: Sequence[str], seed: int, *names: object) -> pd.DataFrame:
    """How many days of one origin fell inside their 80 % range, in sums that add up over origins.

    outcomes (A, H), samples (A, H, S). One row an area, CITY_LEVEL for the whole city, and group of leads: area,
    leads ("1-3"), inside, cells, requests. names: of the random stream that breaks ties, such as the origin.
    """
    y = np.concatenate([outcomes, outcomes.sum(axis=0, keepdims=True)]).astype(float)
    s = np.concatenate([samples, samples.sum(axis=0, keepdims=True)]).reshape(y.size, -1)
    pit = randomised_pit(y.reshape(-1), s, generator(seed, "calibration", *names)).reshape(y.shape)
    inside = (pit > TAIL) & (pit < 1 - TAIL)
    parts = []
    for first, last in lead_groups(y.shape[1]):
        days = slice(first - 1, last)
        found = {"inside": inside[:, days].sum(axis=1), "cells": last - first + 1, "requests": y[:, days].sum(axis=1)}
        parts.append(pd.DataFrame({"area": [*areas, CITY_LEVEL], "leads": f"{first}-{last}", **found}))
    return pd.concat(parts, ignore_index=True)


def calibration(rows: pd.DataFrame) -> dict[str, object]:
    """Rows of `inside_rows` over several origins -> leads: by group the share inside, of area-days and city-days;
    areas: of GROUPS by requests where there are as many areas, and the lowest and highest of all with its name."""
    by_lead = _shares(rows.assign(level=np.where(rows["area"] == CITY_LEVEL, "city_day", "area_day")), "leads", "level")
    own = rows[rows["area"] != CITY_LEVEL]
    of_area = own.groupby("area")[["inside", "cells", "requests"]].sum().sort_values("requests", kind="stable")
    share = of_area["inside"] / of_area["cells"]
    third = np.array(GROUPS)[np.arange(len(of_area)) * len(GROUPS) // len(of_area)]
    sums = of_area.groupby(third, sort=False)[["inside", "cells"]].sum()
    shares = (sums["inside"] / sums["cells"]).items() if len(of_area) >= len(GROUPS) else ()
    areas: dict[str, object] = {str(k): float(n) for k, n in shares}
    ends = {"lowest": (str(share.idxmin()), float(share.min())), "highest": (str(share.idxmax()), float(share.max()))}
    return {"leads": by_lead, "areas": areas | {name: {"area": a, "cover80": s} for name, (a, s) in ends.items()}}


def _shares(rows: pd.DataFrame, *by: str) -> list[dict[str, object]]:
    sums = rows.groupby(list(by), sort=False)[["inside", "cells"]].sum()
    wide = (sums["inside"] / sums["cells"]).unstack().reset_index()
    return [{str(k): v for k, v in row.items()} for row in wide.to_dict("records")]
