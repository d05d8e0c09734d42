"""Faults of real 311 data, put into the rows on purpose; every one is kept on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from domain.chance import generator
from sources.simulator.settings import CATEGORIES, Artefact, WorldSettings

RENAMED = {"Pothole": "Street Defect - Pothole"}
TEST_LABEL = "ZZ Test - do not dispatch"
INFORMATION_LABEL = "Information Request"
JUNK_KINDS = ("year 1900", "in the future", "no date", "unknown label", "no id")
SLIP_KINDS = ("closed before created", "null island")
MIGRATION_DAYS = 3


@dataclass(frozen=True)
class Record:
    """What was done. first, last: days of the rows it touched."""

    kind: str
    first: date
    last: date
    rows: int
    note: str


@dataclass(frozen=True)
class Faulty:
    """Rows on their way through the faults, and what was done to them so far."""

    rows: pd.DataFrame
    records: tuple[Record, ...] = field(default=())

    def then(self, rows: pd.DataFrame, kind: str, first: date, last: date, touched: float, note: str) -> Faulty:
        return Faulty(rows, (*self.records, Record(kind, first, last, int(touched), note)))


def chosen_day(settings: WorldSettings, name: str, low: float, high: float, weekday: int) -> date:
    """A weekday of the years between two shares of the history, fixed by the seed."""
    share = generator(settings.seed, "day of", name).uniform(low, high)
    day = settings.start + timedelta(days=int(share * settings.days))
    day += timedelta(days=(weekday - day.weekday()) % 7)
    return min(day, settings.end)


def inject(settings: WorldSettings, rows: pd.DataFrame) -> Faulty:
    """All faults of the settings, in a fixed order: those asked for by name last but for copies and junk."""
    nowhere = int(rows["area"].isna().sum())
    note = f"{settings.unlocated_share:.1%} of all rows have no area"
    faulty = Faulty(rows).then(rows, "without an area", settings.start, settings.end, nowhere, note)
    if settings.rename:
        faulty = _rename(faulty, chosen_day(settings, "rename", 0.45, 0.60, 0), settings.end, "pothole")
    if settings.migration:
        last = chosen_day(settings, "migration", 0.62, 0.75, 2)
        faulty = _keyed_in_at_once(faulty, last - timedelta(days=MIGRATION_DAYS - 1), last, None, "migration")
    for artefact in settings.artefacts:
        faulty = ON_REQUEST[artefact.kind](settings, faulty, artefact)
    faulty = _information(settings, faulty)
    faulty = _copies(settings, faulty, settings.duplicate_share, same=True)
    faulty = _copies(settings, faulty, settings.conflicting_share, same=False)
    return _junk(settings, _slips(settings, faulty))


def record_table(records: tuple[Record, ...]) -> pd.DataFrame:
    """Columns kind, first, last (local days), rows, note."""
    table = pd.DataFrame([vars(r) for r in records], columns=["kind", "first", "last", "rows", "note"])
    return table.astype({"first": "datetime64[us]", "last": "datetime64[us]", "rows": "int64"})


def _within(rows: pd.DataFrame, first: date, last: date, category: str | None) -> pd.Series:
    day = rows["created"].dt.normalize()
    chosen: pd.Series = (day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last))
    if category is not None:
        chosen &= rows["kind"] == CATEGORIES.index(category)
    return chosen


def _last(artefact: Artefact) -> date:
    return artefact.start + timedelta(days=artefact.days - 1)


def _chosen(settings: WorldSettings, rows: pd.DataFrame, artefact: Artefact) -> pd.Series:
    rng = generator(settings.seed, "artefact", artefact.kind, artefact.start)
    return _within(rows, artefact.start, _last(artefact), artefact.category) & (
        rng.uniform(size=len(rows)) < artefact.share
    )


def _rename(faulty: Faulty, first: date, last: date, category: str | None) -> Faulty:
    rows = faulty.rows.copy()
    chosen = _within(rows, first, last, category)
    new = RENAMED if category == "pothole" else {v: f"{v} (new)" for v in rows.loc[chosen, "label"].unique()}
    rows.loc[chosen, "label"] = rows.loc[chosen, "label"].replace(new)
    note = "; ".join(f"'{a}' became '{b}'" for a, b in sorted(new.items()))
    return faulty.then(rows, "renamed label", first, last, chosen.sum(), note)


def _keyed_in_at_once(faulty: Faulty, first: date, last: date, category: str | None, kind: str) -> Faulty:
    """Rows of the days before are written down on the last day, during office hours."""
    rows = faulty.rows.copy()
    chosen = _within(rows, first, last, category).to_numpy()
    place = np.flatnonzero(chosen)
    minute = 8 * 60 + np.arange(len(place)) * (9 * 60) // max(len(place), 1)
    created = rows["created"].to_numpy().copy()
    created[place] = np.datetime64(last.isoformat(), "s") + minute.astype("timedelta64[m]")
    rows["created"] = created
    closed = rows["closed"].to_numpy().copy()
    closed[place] = np.maximum(closed[place], created[place])
    rows["closed"] = closed
    note = f"rows of {(last - first).days + 1} days carry the last one's date"
    return faulty.then(rows, kind, first, last, chosen.sum(), note)


def _outage(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    lost = _chosen(settings, faulty.rows, artefact)
    return faulty.then(faulty.rows[~lost], "outage", artefact.start, _last(artefact), lost.sum(), "rows were lost")


def _batch(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    return _keyed_in_at_once(faulty, artefact.start, _last(artefact), artefact.category, "batch entry")


def _rename_on_request(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    return _rename(faulty, artefact.start, settings.end, artefact.category)


def _test_rows(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    rng = generator(settings.seed, "test rows", artefact.start)
    moment = np.datetime64(artefact.start.isoformat(), "s")
    extra = _made_up(faulty.rows, artefact.rows, rng).assign(
        label=TEST_LABEL, created=moment + rng.integers(8 * 3600, 17 * 3600, artefact.rows).astype("timedelta64[s]")
    )
    extra["request_id"] = [f"T{artefact.start:%y%m%d}-{i:04d}" for i in range(artefact.rows)]
    extra["closed"] = extra["created"]
    rows = pd.concat([faulty.rows, extra])
    return faulty.then(rows, "test rows", artefact.start, artefact.start, artefact.rows, f"label '{TEST_LABEL}'")


def _clock_shift(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    rows = faulty.rows.copy()
    chosen = _chosen(settings, rows, artefact)
    for column in ("created", "closed", "due"):
        local = rows.loc[chosen, column].dt.tz_localize(settings.timezone, ambiguous="NaT", nonexistent="NaT")
        rows.loc[chosen, column] = local.dt.tz_convert("UTC").dt.tz_localize(None).fillna(rows.loc[chosen, column])
    return faulty.then(rows, "clock in UTC", artefact.start, _last(artefact), chosen.sum(), "times are not local")


def _dates_only(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    rows = faulty.rows.copy()
    chosen = _chosen(settings, rows, artefact)
    rows.loc[chosen, "created"] = rows.loc[chosen, "created"].dt.normalize()
    return faulty.then(rows, "dates only", artefact.start, _last(artefact), chosen.sum(), "hours were lost")


def _swapped(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    rows = faulty.rows.copy()
    chosen = _chosen(settings, rows, artefact) & rows["lat"].notna()
    rows.loc[chosen, ["lat", "lon"]] = rows.loc[chosen, ["lon", "lat"]].to_numpy()
    return faulty.then(rows, "swapped coordinates", artefact.start, _last(artefact), chosen.sum(), "lat and lon")


def _unlocated(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    rows = faulty.rows.copy()
    chosen = _chosen(settings, rows, artefact) & rows["area"].notna()
    rows.loc[chosen, "area"] = None
    rows.loc[chosen, ["lat", "lon"]] = np.nan
    return faulty.then(rows, "area lost", artefact.start, _last(artefact), chosen.sum(), "no area, no coordinates")


def _late(settings: WorldSettings, faulty: Faulty, artefact: Artefact) -> Faulty:
    """Adds `arrives`, the moment from which the portal shows a row: when filed, or whole days later (geometric)."""
    rows = faulty.rows.copy()
    arrives = rows["arrives"] if "arrives" in rows else rows["created"]
    chosen = _chosen(settings, rows, artefact)
    wait = generator(settings.seed, "wait", artefact.start).geometric(1.0 / artefact.wait_days, len(rows))
    rows["arrives"] = arrives.mask(chosen, rows["created"] + pd.to_timedelta(wait, unit="D").as_unit("s"))
    note = f"shown {artefact.wait_days:g} days late on average"
    return faulty.then(rows, "late rows", artefact.start, _last(artefact), chosen.sum(), note)


def _made_up(rows: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Copies of random rows that belong to no incident."""
    copies = rows.iloc[np.sort(rng.integers(0, len(rows), count))].copy()
    return copies.assign(ident=-1, place=-1, duplicate_of=None)


def _information(settings: WorldSettings, faulty: Faulty) -> Faulty:
    rng = generator(settings.seed, "information")
    count = int(settings.information_share * len(faulty.rows))
    extra = _made_up(faulty.rows, count, rng).assign(label=INFORMATION_LABEL, status="closed")
    extra["closed"] = extra["created"] + pd.Timedelta(minutes=6)
    extra["request_id"] = [f"I{i:07d}" for i in range(count)]
    rows = pd.concat([faulty.rows, extra])
    return faulty.then(rows, "information only", settings.start, settings.end, count, f"label '{INFORMATION_LABEL}'")


def _copies(settings: WorldSettings, faulty: Faulty, share: float, *, same: bool) -> Faulty:
    """Rows that come twice, with the same id: unchanged, or with another status or channel."""
    kind = "same id, same content" if same else "same id, other content"
    rng = generator(settings.seed, kind)
    chosen = rng.uniform(size=len(faulty.rows)) < share
    twice = faulty.rows[chosen].copy()
    if not same:
        twice["channel"] = "import"
        twice["closed"] = twice["closed"] + pd.to_timedelta(rng.integers(1, 60, len(twice)), unit="m").as_unit("s")
    rows = pd.concat([faulty.rows, twice])
    return faulty.then(rows, kind, settings.start, settings.end, len(twice), "the second follows the first")


def _slips(settings: WorldSettings, faulty: Faulty) -> Faulty:
    """Good rows with one impossible value, which stay demand: a closing before the filing, coordinates at 0, 0."""
    rng = generator(settings.seed, "slips")
    draw = rng.uniform(size=len(faulty.rows))
    kind = np.where(draw < settings.slip_share, np.where(draw < settings.slip_share / 2, *SLIP_KINDS), "")
    rows = faulty.rows.assign(spoilt=kind.astype(object))
    return faulty.then(rows, "slips", settings.start, settings.end, (kind != "").sum(), ", ".join(SLIP_KINDS))


def _junk(settings: WorldSettings, faulty: Faulty) -> Faulty:
    """Made-up rows that cannot be used, each wrong in one way; their number is a share of all rows."""
    rng = generator(settings.seed, "junk")
    count = int(settings.junk_share * len(faulty.rows))
    bad = _made_up(faulty.rows, count, rng)
    bad["request_id"] = [f"J{i:06d}" for i in range(count)]
    bad["spoilt"] = np.array(JUNK_KINDS, dtype=object)[np.arange(count) % len(JUNK_KINDS)]
    rows = pd.concat([faulty.rows, bad])
    note = ", ".join(JUNK_KINDS)
    return faulty.then(rows, "junk", settings.start, settings.end, count, note)


ON_REQUEST: dict[str, Callable[[WorldSettings, Faulty, Artefact], Faulty]] = {
    "outage": _outage,
    "batch": _batch,
    "rename": _rename_on_request,
    "test_rows": _test_rows,
    "clock_shift": _clock_shift,
    "dates_only": _dates_only,
    "swapped_coordinates": _swapped,
    "unlocated": _unlocated,
    "late": _late,
}
