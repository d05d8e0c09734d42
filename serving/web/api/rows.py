"""The tables that the API gives: a publication and what was asked -> rows with a stable `id` first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from domain.errors import NotThereError
from serving.plan_rows import KEY, plan_rows
from serving.web.discreet import named_areas
from serving.web.pages.health import TYPED, counted
from serving.web.publication import Publication
from serving.web.roles import Role
from serving.web.weeks import weeks

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """least_shown: below so many open requests say "fewer than"; 0 where all may be shown."""

    role: Role
    least_shown: int = 0


def forecasts(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """By level, period, category, area and dates. A week is seven days from the first planned one, its draws summed;
    a stretch shorter than that at the end is left out."""
    _known(shown, asked)
    if asked["period"] == "week":
        rows = weeks(shown, str(asked["level"]))
    else:
        whole = shown.table("forecasts")
        rows = whole[whole["level"] == asked["level"]].drop(columns=["vintage_id", "samples", "origin"])
        rows = rows.assign(days=1)
    return _with_id(_chosen(rows, asked), "forecast", ["level", "area", "category", "date", "days"])


def plan(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """Crews by date, shift, yard and crew type; to the public nothing finer than `least_shown` open jobs."""
    rows = _between(plan_rows(shown.tables), asked)
    if least := reader.least_shown:
        areas = rows[KEY].merge(named_areas(shown.table("dispatch")), on=KEY, how="left")["areas"].fillna("")
        late = rows["expected_late"].where(rows["expected_late"] >= least)
        rows = rows.assign(areas=areas.to_numpy(), expected_late=late)
    return _with_id(_of_yard(shown, rows, asked), "shift", ["date", "shift", "yard", "crew_type"])


def reasons(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """Why each assignment: what it buys, what binds it, what else its crews could do."""
    rows = _between(shown.table("assignments").drop(columns="vintage_id"), asked)
    return _with_id(_of_yard(shown, rows, asked), "shift", ["date", "shift", "yard", "crew_type"])


def worklists(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """Places to look at before they break."""
    _known(shown, asked)
    rows = _chosen(shown.table("worklist").drop(columns="vintage_id"), asked)
    return _with_id(rows.sort_values(["category", "rank"], kind="stable"), "place", ["category", "place"])


def scores(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """Evidence on earlier folds."""
    _known(shown, asked)
    rows = _chosen(shown.table("scores").drop(columns="vintage_id"), asked)
    return _with_id(rows, "score", ["category", "forecaster", "level"])


def health(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """Freshness, quarantine, corrections, modes, breaks; what was typed at the source for planners alone."""
    rows = shown.table("health").drop(columns="vintage_id")
    if reader.role < Role.PLANNER:
        masked = rows["value"].map(counted).astype("str")
        rows = rows.assign(value=rows["value"].mask(rows["kind"].isin(TYPED), masked))
    return _with_id(rows, "finding", ["kind", "item"])


def areas(shown: Publication, asked: Asked, reader: Reader) -> pd.DataFrame:
    """Areas with their district; the outlines come as GeoJSON."""
    rows = shown.areas[["area", "name", "district", "lat", "lon"]]
    return _with_id(rows, "area", ["area"])


def _known(shown: Publication, asked: Asked) -> None:
    """Raise NotThereError for a category that the publication does not hold."""
    category = asked.get("category")
    if category is not None and category not in shown.source.categories:
        known = ", ".join(shown.source.categories)
        raise NotThereError(f"there is no category '{category}'", remedy=f"use one of: {known}")


def _chosen(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """By category, area and dates, where these were asked for. Raises NotThereError for an area without a row."""
    for name in ("category", "area"):
        if asked.get(name) is not None:
            rows = rows[rows[name] == asked[name]]
            if name == "area" and rows.empty:
                raise NotThereError(f"there is nothing of an area '{asked[name]}'", remedy="see /areas for their ids")
    return _between(rows, asked)


def _between(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    first, last = asked.get("first"), asked.get("last")
    if isinstance(first, date):
        rows = rows[rows["date"] >= pd.Timestamp(first)]
    if isinstance(last, date):
        rows = rows[rows["date"] <= pd.Timestamp(last)]
    return rows


def _of_yard(shown: Publication, rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    yard = asked.get("yard")
    if yard is None:
        return rows
    if yard not in set(shown.table("roster")["yard"]):
        raise NotThereError(f"there is no yard '{yard}'", remedy="see /plan for the yards there are")
    own: pd.DataFrame = rows[rows["yard"] == yard]
    return own


def _with_id(rows: pd.DataFrame, kind: str, key: list[str]) -> pd.DataFrame:
    """`id` first: kind and key with colons between; the same in every publication that holds the row."""
    parts = [rows[c].dt.strftime("%Y-%m-%d") if c == "date" else rows[c].astype("str") for c in key]
    ids = pd.Series(kind, index=rows.index, dtype="str")
    for part in parts:
        ids = ids + ":" + part
    named = rows.assign(id=ids)
    return named[["id", *[c for c in named.columns if c != "id"]]].reset_index(drop=True)
