"""Area ids, spelt as the map spells them: `8`, `08` and `8.0` are one area where the map has one of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from domain.words import NO_AREA, WHOLE_CITY
from sources.plugins import Context
from sources.rules import LabelRules
from sources.validation.crosswalk import old_names, outlived
from sources.validation.spelling import bare
from sources.validation.steps import Fault, Step, correction, mapped, set_aside, text

ONE_AREA = "no map, and no row names an area: the whole city is one"
ONE_SPELLING = "area id spelt in several ways: the longest without a fraction"


def check_areas(rows: pd.DataFrame, rules: LabelRules, ctx: Context) -> Step:
    """`area` as on the map, or as the rows spell it best where there is none; NO_AREA where it is empty.

    An id that fits two areas of the map equally well is ambiguous and goes to quarantine; so does one that fits
    none, unless `on_unknown_area` keeps such rows without an area. Where there is no map and no row names an area,
    the whole city is one. An area of the past (`crosswalk`) is as good as one on the map for rows of its time.
    """
    written = text(rows["area"], rules.missing)
    names = [str(v) for v in written.dropna().unique()]
    known = [] if ctx.areas is None else [str(a) for a in ctx.areas["area"]]
    past = old_names(ctx) if known else []
    if not names and not known:
        note = correction(ONE_AREA, written.isna().to_numpy(), written, WHOLE_CITY)
        return set_aside(rows.assign(area=WHOLE_CITY), [], [note])
    lookup = spellings(names, known + past) if known else merged(names)
    area = mapped(written, {n: a for n, a in lookup.items() if a is not None})
    area = area.mask(outlived(rows, area, ctx)) if past else area
    lost = (area.isna() & written.notna()).to_numpy(dtype=bool)
    torn = (mapped(written, {n: "1" for n, a in lookup.items() if a is None}).notna()).to_numpy(dtype=bool)
    respelt = ((area != written) & area.notna()).to_numpy(dtype=bool)
    notes = [correction("area id spelt as on the map" if known else ONE_SPELLING, respelt, written, area)]
    faults = [Fault(torn, "area", "area id fits more than one area of the map", written)]
    if rules.on_unknown_area == "no_area":
        notes.append(correction("area that is not on the map: kept without an area", lost & ~torn, written, None))
    else:
        faults.append(Fault(lost & ~torn, "area", "area is not on the map", written))
    return set_aside(rows.assign(area=area.fillna(NO_AREA).astype("str")), faults, notes)


def spellings(names: Iterable[str], known: Iterable[str]) -> dict[str, str | None]:
    """Name in the rows -> the map's spelling; None where it fits several; left out where it fits none."""
    exact = set(known)
    alike: dict[str, list[str]] = defaultdict(list)
    for area in sorted(exact):
        alike[bare(area)].append(area)
    found: dict[str, str | None] = {}
    for name in names:
        fits = [name] if name in exact else alike.get(bare(name), [])
        if fits:
            found[name] = fits[0] if len(fits) == 1 else None
    return found


def merged(names: Iterable[str]) -> dict[str, str | None]:
    """Without a map: of the spellings of one id, the longest without a fraction (a zero lost is lost by software)."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[bare(name)].append(name)
    found: dict[str, str | None] = {}
    for group in groups.values():
        plain = {plainly(name) for name in group}
        best = sorted(plain, key=lambda n: (-len(n), n))[0]
        found |= dict.fromkeys(group, best)
    return found


def plainly(name: str) -> str:
    """`8.0` as `8`; any other id as it is, blanks made single."""
    return re.sub(r"^(\+?\d+)\.0*$", r"\1", " ".join(name.split()))
