"""What the public sees of open requests: each table that repeats them, column by column, with nothing below a stated
count. Pages and API read these tables instead of the published ones, so that none of them can tell more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Any

import pandas as pd

from domain.words import CITY_LEVEL
from serving.plan_rows import KEY, SMALLEST_STOP
from serving.words import category_words, hours, number, plural

Tables = Mapping[str, pd.DataFrame]


class DiscreetTables(Mapping[str, pd.DataFrame]):
    """The tables of a publication as the public may read them. least: open requests below which none are told apart."""

    def __init__(self, tables: Tables, least: int) -> None:
        self._tables, self._least = tables, least
        self._made: dict[str, pd.DataFrame] = {}
        self._lock = RLock()

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in RULES:
            return self._tables[name]
        with self._lock:
            if name not in self._made:
                self._made[name] = RULES[name](self._tables[name], self._least)
            return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def _backlog(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """Areas and kinds with enough open requests, without which ones these are and where."""
    live = table[~table["is_stale"]]
    kept = live[live.groupby(["area", "category"])["request_id"].transform("size") >= least]
    return kept.assign(request_id=[str(at) for at in range(len(kept))], lat=float("nan"), lon=float("nan"))


def _dispatch(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """Places with fewer open jobs are not named: their work is the slot's as a whole."""
    few = (table["area"] != CITY_LEVEL) & (table["backlog_jobs"] < least)
    named = table[~few].assign(reason=_waiting(table[~few]))
    sums = {c: "sum" for c in table.columns if c not in (*KEY, "area", "category", "vintage_id", "reason")}
    hidden = table[few].groupby([*KEY, "category", "vintage_id"], observed=True, as_index=False).agg(sums)
    pooled = hidden.assign(area=CITY_LEVEL, reason=f"places with fewer than {least} open jobs")
    return pd.concat([named, pooled[table.columns]], ignore_index=True) if len(pooled) else named


def _waiting(rows: pd.DataFrame) -> pd.Series:
    """Later days name no place, and theirs is no count of what is open now."""
    told = [
        "" if area == CITY_LEVEL else f"{number(float(jobs))} {category_words(str(category))} jobs open here now"
        for jobs, category, area in zip(rows["backlog_jobs"], rows["category"], rows["area"], strict=True)
    ]
    return pd.Series(told, index=rows.index, dtype="str")


def _roster(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """The published reason counts open and late jobs; this one is made from the other columns."""
    told = [_manned(row) for row in table.to_dict("records")]
    return table.assign(reason=pd.Series(told, index=table.index, dtype="str"))


def _manned(row: Mapping[Any, Any]) -> str:
    crews, ready = int(row["crews"]), int(row["on_readiness"])
    said = [plural(crews, f"{row['crew_type']} crew")] if crews else []
    said += [f"{ready} held ready"] if ready else []
    if not said:
        return "no crew on this shift"
    minutes = float(row["expected_minutes"])
    return "; ".join([*said, *([f"{hours(minutes)} of work expected"] if minutes >= SMALLEST_STOP else [])])


def _assignments(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """What an assignment avoids is a number of late requests; the money says as much, price and lateness known."""
    kept = {kind: table[f"{kind}_avoided"] >= least for kind in ("late_days", "late_requests")}
    counts = {f"{kind}_{c}": table[f"{kind}_{c}"].where(kept[kind]) for kind in kept for c in ("avoided", "error")}
    money = ("leave_one_out", "leave_one_out_error", "build_up_value", "build_up_cost")
    return table.assign(**counts, **dict.fromkeys(money, float("nan")))


def _none(table: pd.DataFrame, least: int) -> pd.DataFrame:
    return table.iloc[:0]


RULES: dict[str, Callable[[pd.DataFrame, int], pd.DataFrame]] = {
    "backlog": _backlog,
    "dispatch": _dispatch,
    "roster": _roster,
    "assignments": _assignments,
    "crew_jobs": _none,
    "sensitivity": _none,
    "worklist": _none,
}
"""Every published table whose columns repeat open requests; a test compares it with the columns there are."""


def named_areas(dispatch: pd.DataFrame) -> pd.Series:
    """By date, shift, yard and crew type: the places named, in words: "Riverside: pothole 120 min"."""
    named = dispatch[(dispatch["area"] != CITY_LEVEL) & (dispatch["expected_minutes"] >= SMALLEST_STOP)]
    told = [
        f"{row['area']}: {category_words(str(row['category']))} {row['expected_minutes']:.0f} min"
        for row in named.to_dict("records")
    ]
    texts = named.assign(areas=pd.Series(told, index=named.index, dtype="str"))
    return texts.groupby(KEY, sort=True)["areas"].agg("; ".join)


def count_words(count: float, least: int) -> str:
    """A number of open requests, or "fewer than 5" where it is below what may be shown."""
    return number(count) if count >= least else f"fewer than {least}"
