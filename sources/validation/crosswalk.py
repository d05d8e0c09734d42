"""Rows of areas that were redrawn since: placed in today's areas, by coordinates or by the shares the YAML states.

Whole requests move, so totals stay. Which of the new areas a request without coordinates goes to hangs on a hash of its
id: the same at every load. A day's count is cut at points that start at a hash of the day (systematic sampling): each
part is whole, within one of its share, and right on average, where the largest remainder of every single day would
give days of one request to the largest area for ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from domain.config_errors import nearest
from domain.errors import ConfigError
from domain.panel import Floats
from sources.plugins import Context
from sources.rules import LabelRules
from sources.validation.moments import local_day
from sources.validation.spelling import bare
from sources.validation.steps import Correction, Mask, Step, correction, set_aside

Names = NDArray[np.object_]


BY_POINT, BY_SHARE = "placed by coordinates", "placed by stated shares"


class Split(NamedTuple):
    """Where the requests of one old area go: share (K,) of each of `into`."""

    old: str
    into: tuple[str, ...]
    share: Floats


@dataclass(frozen=True)
class Stage:
    """One redrawing in the map's spelling. before: rows of earlier days are concerned."""

    before: pd.Timestamp
    splits: tuple[Split, ...]


def old_names(ctx: Context) -> list[str]:
    """Areas of the past that the map does not have."""
    there = {bare(str(a)) for a in _on_map(ctx)}
    listed = [old for each in ctx.plan.city.crosswalk for old in each.from_]
    return sorted({old for old in listed if bare(old) not in there})


def outlived(rows: pd.DataFrame, area: pd.Series, ctx: Context) -> Mask:
    """Rows that name an area of the past on a day when there was none of that name any more."""
    out = np.zeros(len(rows), dtype=bool)
    if not (gone := old_names(ctx)):
        return out
    day = local_day(rows, ctx.plan.city.zone)
    for name in gone:
        ends = [each.date for each in ctx.plan.city.crosswalk if bare(name) in map(bare, each.from_)]
        out |= (area == name).to_numpy(dtype=bool) & (day >= pd.Timestamp(max(ends))).to_numpy()
    return out


def check_redrawn(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """`area` of requests filed before a redrawing, as it is called and drawn now. Reads clean coordinates.

    Raises ConfigError where the crosswalk leads to an area that is neither on the map nor redrawn later.
    """
    area, notes = rows["area"], list[Correction | None]()
    chain = stages(ctx, area)
    if not chain:
        return Step(rows)
    day, settled = local_day(rows, ctx.plan.city.zone), np.zeros(len(rows), dtype=bool)
    for number, stage in enumerate(chain):
        old = area  # all splits of a stage at once: names may be exchanged
        for split in stage.splits:
            here = (old == split.old).to_numpy(dtype=bool) & (day < stage.before).to_numpy() & ~settled
            placed = _placed(rows, here, _leaves(split, chain[number + 1 :]), ctx)
            rest = here & placed.isna().to_numpy()
            area = area.mask(here, placed.fillna(_drawn(rows, rest, split, stage))).astype("str")
            notes.append(correction(f"area redrawn on {stage.before.date()}: {BY_POINT}", here & ~rest, old, area))
            notes.append(correction(f"area redrawn on {stage.before.date()}: {BY_SHARE}", rest, old, area))
            settled |= here & ~rest
    return set_aside(rows.assign(area=area), [], notes)


def split_counts(rows: pd.DataFrame, ctx: Context) -> tuple[pd.DataFrame, tuple[Correction, ...]]:
    """Checked daily counts (`day`, `area`, `label`, `_count`) with those of redrawn areas cut into whole parts."""
    notes: list[Correction | None] = []
    for stage in stages(ctx, rows["area"]):
        early = (rows["day"] < stage.before).to_numpy()
        rule = f"area redrawn on {stage.before.date()}: counts cut by stated shares"
        parts, kept = [], np.ones(len(rows), dtype=bool)
        for split in stage.splits:
            here = (rows["area"] == split.old).to_numpy(dtype=bool) & early
            notes.append(correction(rule, here, rows["area"], " + ".join(split.into)))
            parts += _parts(rows[here], split, stage) if here.any() else []
            kept &= ~here
        rows = pd.concat([rows[kept], *parts], ignore_index=True) if parts else rows
    return rows, tuple(n for n in notes if n is not None)


def stages(ctx: Context, in_rows: pd.Series) -> tuple[Stage, ...]:
    """The redrawings by date, areas spelt as on the map, or where there is none, as in the rows."""
    if not ctx.plan.city.crosswalk:
        return ()
    known = _on_map(ctx)
    spelt = {bare(a): a for a in (known or sorted(map(str, in_rows.unique())))}
    chain = sorted(ctx.plan.city.crosswalk, key=lambda each: each.date)
    for number, each in enumerate(chain):
        later = {bare(old) for after in chain[number + 1 :] for old in after.from_}
        for old, shares in each.from_.items():
            for new in shares:
                if known and bare(new) not in spelt and bare(new) not in later:
                    raise _unknown(each.date.isoformat(), old, new, known)

    def split(old: str, shares: dict[str, float]) -> Split:
        into = tuple(spelt.get(bare(new), new) for new in shares)
        share = np.array(list(shares.values()))
        return Split(spelt.get(bare(old), old), into, share / share.sum())

    return tuple(Stage(pd.Timestamp(e.date), tuple(split(o, s) for o, s in e.from_.items())) for e in chain)


def _leaves(split: Split, later: tuple[Stage, ...]) -> list[str]:
    """The areas of today that an old one may have become part of."""
    names = list(split.into)
    for stage in later:
        onwards = {s.old: s.into for s in stage.splits}
        names = [leaf for name in names for leaf in onwards.get(name, (name,))]
    return sorted(set(names))


def _placed(rows: pd.DataFrame, here: Mask, names: list[str], ctx: Context) -> pd.Series:
    """The first of the areas `names` whose outline holds a row's point; null where none does, or not in `here`."""
    found = pd.Series(pd.NA, index=rows.index, dtype="str")
    if ctx.areas is None or not here.any():
        return found
    outlines = ctx.areas.set_index("area")["geometry"].reindex(names).fillna("")
    lat, lon = (rows[c].to_numpy(dtype=float, na_value=np.nan) for c in ("lat", "lon"))
    open_ = here & np.isfinite(lat) & np.isfinite(lon)
    for name in (n for n in names if outlines[n]):
        inside = np.flatnonzero(open_)
        inside = inside[shapely.intersects_xy(shapely.from_geojson(outlines[name]), lon[inside], lat[inside])]
        found.iloc[inside] = name
        open_[inside] = False
    return found


def _drawn(rows: pd.DataFrame, here: Mask, split: Split, stage: Stage) -> pd.Series:
    """An area for each row of `here`, by its id."""
    drawn = pd.Series(pd.NA, index=rows.index, dtype="str")
    ids = rows.loc[here, "request_id"]
    at = np.searchsorted(np.cumsum(split.share)[:-1], chance(stage, ids), side="right")
    drawn.iloc[np.flatnonzero(here)] = np.array(split.into, dtype=object)[at]
    return drawn


def _parts(rows: pd.DataFrame, split: Split, stage: Stage) -> list[pd.DataFrame]:
    """The rows once for each new area, counts cut so that they sum to what they were."""
    key = rows["day"].dt.strftime("%Y-%m-%d") + "/" + split.old + "/" + rows["label"].astype("str")
    count = rows["_count"].to_numpy()
    edges = np.floor(chance(stage, key)[:, None] + count[:, None] * np.cumsum(split.share))
    edges[:, -1] = count
    parts = np.diff(edges, axis=1, prepend=0.0).astype("int64")
    return [rows.assign(area=name, _count=parts[:, k]) for k, name in enumerate(split.into)]


def chance(stage: Stage, keys: pd.Series) -> Floats:
    """A number in [0, 1) for each key, the same at every load."""
    salt = f"{stage.before.date()}/"
    digests = [hashlib.blake2b((salt + str(k)).encode(), digest_size=6).digest() for k in keys]
    return np.array([int.from_bytes(d, "big") for d in digests], dtype=np.float64) / 2.0**48


def _on_map(ctx: Context) -> list[str]:
    return [] if ctx.areas is None else [str(a) for a in ctx.areas["area"]]


def _unknown(day: str, old: str, new: str, known: list[str]) -> ConfigError:
    close = nearest(new, known)
    return ConfigError(
        f"crosswalk of {day}: area '{old}' becomes '{new}', which is not on the map and is not redrawn later"
        + (f"; did you mean '{close}'?" if close else ""),
        remedy=f"use one of {', '.join(known[:20])}{', …' if len(known) > 20 else ''}",
        key=f"crosswalk.{day}.from.{old}.{new}",
        value=new,
        nearest=close,
    )
