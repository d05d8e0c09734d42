"""The flat plan: one row a date, shift, yard and crew type, with where the crews go and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from domain.words import CITY_LEVEL
from serving.reading import Tables, frame
from serving.words import WEEKDAYS, category_words, listing

KEY = ["date", "shift", "yard", "crew_type"]
COLUMNS = [
    *KEY[:1], "weekday", *KEY[1:], "crews", "held_ready", "areas", "expected_minutes", "expected_served",
    "expected_late", "readiness", "overtime_hours", "contractor_hours", "is_locked", "reason",
]  # fmt: skip


SMALLEST_STOP = 5.0
"""Expected minutes from which a stop is named: what lies below is work on few of the draws."""
FIRM_JOBS = 0.5
"""Expected jobs from which a place is a stop: what lies below comes up in less than every other case, and nobody can be
sent to a tenth of a job."""
MOST_DECIMALS = 6
"""Of a number of jobs: what is smaller still is none."""
LIKELIEST = 3
"""Places named for the minutes that belong to no stop."""


def plan_rows(tables: Tables) -> pd.DataFrame:
    """Columns COLUMNS, sorted by KEY. areas names minutes by area and category on the next two working days and
    a range of minutes on later ones. expected_minutes in minutes; served and late in jobs, means over the draws."""
    roster = frame(tables, "roster").rename(columns={"on_readiness": "held_ready"})
    work = _work(frame(tables, "dispatch"))
    rows = roster.drop(columns="expected_minutes").merge(work, on=KEY, how="left", validate="one_to_one")
    rows = rows.assign(
        weekday=rows["date"].dt.day_of_week.map(dict(enumerate(WEEKDAYS))).astype("str"),
        areas=rows["areas"].fillna(""),
        expected_minutes=rows["expected_minutes"].fillna(roster["expected_minutes"]),
        **{c: rows[c].fillna(0.0) for c in ("expected_served", "expected_late")},
    )
    return rows[COLUMNS].sort_values(KEY, kind="stable", ignore_index=True)


def kinds_of_work(tables: Tables) -> list[str]:
    """Categories that crews are sent to or held for, sorted: what a shift sheet counts jobs of."""
    return sorted({*frame(tables, "dispatch")["category"], *frame(tables, "readiness")["category"]})


def few_digits(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as CSV and workbook write their expected jobs."""
    return rows.assign(**{c: rounded(rows[c]) for c in ("expected_served", "expected_late")})


def rounded(values: pd.Series) -> pd.Series:
    """Two decimals; below 1 three significant digits, so that a small number does not become none."""
    size = np.log10(values.abs().clip(lower=10.0 ** (2 - MOST_DECIMALS)))
    scale = 10.0 ** (2 - np.floor(size)).clip(lower=2, upper=MOST_DECIMALS)
    few: pd.Series = (values * scale).round() / scale
    return few


def _work(dispatch: pd.DataFrame) -> pd.DataFrame:
    """Dispatch summed to KEY: areas in words, minutes, served and late."""
    ordered = dispatch.sort_values(
        [*KEY, "expected_minutes", "area", "category"], ascending=[True] * 4 + [False, True, True], kind="stable"
    )
    sums = ordered.groupby(KEY, sort=True)[["expected_minutes", "expected_served", "expected_late"]].sum()
    is_pooled = ordered["area"] == CITY_LEVEL
    named = ordered[is_firm(ordered) | (is_pooled & (ordered["expected_minutes"] >= SMALLEST_STOP))]
    texts = named.assign(areas=stops(named)).groupby(KEY, sort=True)["areas"].agg("; ".join)
    texts = (
        pd.concat([texts, _loose(ordered[~is_firm(ordered) & ~is_pooled])]).groupby(level=KEY, sort=True).agg("; ".join)
    )
    return sums.join(texts).reset_index()


def is_firm(dispatch: pd.DataFrame) -> pd.Series:
    """Rows that are worth sending a crew to by name."""
    return (dispatch["expected_served"] >= FIRM_JOBS) & (dispatch["expected_minutes"] >= SMALLEST_STOP)


def _loose(rows: pd.DataFrame) -> pd.Series:
    """Minutes of a slot that belong to no stop, and where they are likeliest; rows: most minutes first."""
    groups = rows.groupby(KEY, sort=True)
    minutes = groups["expected_minutes"].sum()
    where = rows[rows["expected_minutes"] >= SMALLEST_STOP].groupby(KEY, sort=True)["area"].agg(_likeliest)
    spare = "jobs not sure yet " + minutes.round().astype("int64").astype("str") + " min"
    text = spare + where.reindex(minutes.index, fill_value="")
    return text[minutes >= SMALLEST_STOP].astype("str").rename("areas")


def _likeliest(areas: pd.Series) -> str:
    return f", likeliest in {listing(list(dict.fromkeys(areas))[:LIKELIEST])}"


def stops(dispatch: pd.DataFrame) -> pd.Series:
    """One phrase a row: "Riverside: pothole 120 min", or the range where no area is named yet."""
    category = dispatch["category"].map(category_words).astype("str")
    low, mean, high = (
        dispatch[c].round().astype("int64").astype("str") for c in ("minutes_low", "expected_minutes", "minutes_high")
    )
    named = dispatch["area"] + ": " + category + " " + mean + " min"
    later = category + " " + low + " to " + high + " min, areas named nearer the day"
    return named.where(dispatch["area"] != CITY_LEVEL, later).astype("str")
