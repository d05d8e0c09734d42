"""The share of a day's requests that is known some days later, from delays that are cut off by the present.

Late requests of the last days are not there to be counted, so a plain share of early ones would flatter. The reverse
hazard does not mind: of the requests that arrived within k days, the part that took exactly k, counted on days old
enough to show it. Their product is the share known after each delay (Kalbfleisch and Lawless, 1991; Lawless, 1994;
the chain ladder of insurers).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from domain.panel import Floats

LEAST_REQUESTS = 300
"""Fewer observed requests teach nothing: no correction."""
LEAST_DAYS = 28
MOST_DELAY = 60
PRIOR_REQUESTS = 100.0
"""Requests' worth of all categories' delays that stand beside a category's own."""
NEGLIGIBLE = 0.001


def reported_share(
    delays: pd.DataFrame, categories: tuple[str, ...], dates: pd.DatetimeIndex, seen_until: date
) -> Floats | None:
    """(C, T) expected share of each day's requests known on `seen_until`; None where too little was observed, or where
    rows come at once.

    delays: as `storage.delays.observed_delays`. dates: (T,), ending at the origin.
    """
    if delays["count"].sum() < LEAST_REQUESTS or delays["day"].nunique() < LEAST_DAYS:
        return None
    triangles = [_triangle(delays[delays["category"] == c], delays["day"], seen_until) for c in categories]
    age = _age(delays["day"].drop_duplicates().sort_values(), seen_until)
    pooled = hazards(np.sum(triangles, axis=0), age)
    share = np.ones((len(categories), len(dates)))
    waited = _age(dates, seen_until)
    recent = waited <= MOST_DELAY
    for c, triangle in enumerate(triangles):
        share[c, recent] = known_after(hazards(triangle, age, pooled))[np.maximum(waited[recent], 0)]
    return None if (share > 1.0 - NEGLIGIBLE).all() else share


def hazards(triangle: Floats, age: Floats, prior: Floats | None = None) -> Floats:
    """(K + 1,) part of the requests known within k days that took exactly k.

    triangle: (D, K + 1) requests by day and delay. age: (D,) days seen since. prior: hazards to draw to.
    """
    within = np.cumsum(triangle, axis=1)
    out = np.zeros(triangle.shape[1])
    for k in range(1, triangle.shape[1]):
        old = age >= k
        took, of = triangle[old, k].sum(), within[old, k].sum()
        beside = 0.0 if prior is None else PRIOR_REQUESTS
        own = 0.0 if prior is None else prior[k]
        out[k] = (took + beside * own) / (of + beside) if of + beside > 0 else 0.0
    return out


def known_after(hazard: Floats) -> Floats:
    """(K + 1,) share of a day's requests known after 0 … K days; 1 after K."""
    later = np.concatenate([np.cumprod((1.0 - hazard)[::-1])[::-1][1:], [1.0]])
    share: Floats = np.maximum(later, 1e-3)
    return share


def _triangle(rows: pd.DataFrame, days: pd.Series, seen_until: date) -> Floats:
    """(D, K + 1) requests of the rows, over all the days observed; delays beyond K count as K."""
    every = days.drop_duplicates().sort_values()
    out = np.zeros((len(every), MOST_DELAY + 1))
    at = pd.Index(every).get_indexer(pd.Index(rows["day"]))
    np.add.at(out, (at, np.minimum(rows["delay"].to_numpy(dtype=int), MOST_DELAY)), rows["count"].to_numpy())
    return out


def _age(days: pd.Series | pd.DatetimeIndex, seen_until: date) -> Floats:
    age: Floats = (pd.Timestamp(seen_until) - pd.DatetimeIndex(days)).days.to_numpy()
    return age
