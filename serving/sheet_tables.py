"""The sheets that are one table each: what they show, and under which headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from domain.manifest import Manifest
from domain.words import CITY_LEVEL
from serving.reading import Tables, categories, frame
from serving.sheets import Column
from serving.words import category_words, short_day

AGES = {"up to a week": 7.0, "8 to 30 days": 30.0, "31 to 90 days": 90.0, "over 90 days": float("inf")}


@dataclass(frozen=True)
class Sheet:
    """title: said on the sheet. about: one sentence, also on the first sheet. columns: of frame, in order."""

    title: str
    about: str
    frame: pd.DataFrame
    columns: list[Column]


def overview(tables: Tables, manifest: Manifest) -> Sheet:
    """Crews by yard, shift and crew type, one column a day."""
    roster = frame(tables, "roster")
    days = sorted(set(roster["date"]))
    index = ["yard", "shift", "crew_type"]
    wide = roster.pivot_table(index=index, columns="date", values="crews", aggfunc="sum", observed=True)
    names = {day: f"day_{i}" for i, day in enumerate(days)}
    table = wide.reindex(columns=days).rename(columns=names).reset_index() if days else roster[index]
    return Sheet(
        "Crews by yard and day",
        "Number of crews on regular work by yard, shift and day.",
        table,
        [
            Column("yard", "Yard", width=22), Column("shift", "Shift", width=10), Column("crew_type", "Crew type"),
            *(Column(name, short_day(day).replace(" ", "\n", 1), "whole", 8) for day, name in names.items()),
        ],
    )  # fmt: skip


def readiness(tables: Tables, manifest: Manifest) -> Sheet:
    table = frame(tables, "readiness").rename(columns={"level": "readiness"})
    table["category"] = table["category"].map(category_words).astype("str")
    return Sheet(
        "Readiness by district and day",
        "How ready to be for events such as flooding, before they come.",
        table,
        [
            Column("date", "Date", "date"), Column("district", "District", width=20), Column("category", "Work"),
            Column("readiness", "Readiness", width=11), Column("crews", "Crews held ready", "whole"),
            Column("yard", "From yard", width=20), Column("expected_requests", "Requests expected", "number"),
            Column("chance_of_exceeding", "Chance of more than that can serve", "share", 14),
            Column("cost", f"Cost of holding it ({manifest.currency})", "number", 14), Column("reason", "Why", "wide"),
        ],
    )  # fmt: skip


def staffing(tables: Tables, manifest: Manifest) -> Sheet:
    table = frame(tables, "staffing_hints")
    table = table.assign(
        category=table["category"].map(category_words).astype("str"),
        district=table["district"].replace(CITY_LEVEL, "whole city"),
    )
    return Sheet(
        "Staffing hints for other owners",
        "People who would answer in time, for work that is not public works' own. A hint, no crews.",
        table,
        [
            Column("date", "Date", "date"), Column("shift", "Shift", width=10),
            Column("district", "District", width=20), Column("category", "Work"), Column("owner", "Who answers"),
            Column("expected_requests", "Requests expected", "number"),
            Column("upper_requests", "Requests on a busy day", "number"), Column("staff", "People", "whole"),
            Column("certainty", "Enough in this share of cases", "share", 13),
        ],
    )  # fmt: skip


def worklist(tables: Tables, manifest: Manifest) -> Sheet:
    table = frame(tables, "worklist").sort_values(["category", "rank", "place"], kind="stable", ignore_index=True)
    table["category"] = table["category"].map(category_words).astype("str")
    return Sheet(
        "Places to look at before they break",
        "Places ranked by new incidents expected in the window ahead.",
        table,
        [
            Column("rank", "Rank", "whole", 7), Column("category", "Work"), Column("place", "Place"),
            Column("area", "Area", width=20), Column("lat", "Latitude", "degrees"),
            Column("lon", "Longitude", "degrees"), Column("window_days", "Days ahead", "whole"),
            Column("expected_incidents", "New incidents expected", "number"),
            Column("probability", "Chance of at least one", "share"),
            Column("incidents_last_year", "Incidents in the last year", "whole"),
            Column("last_incident", "Last incident", "date"), Column("preventive_work", "What to do", "wide", 32),
            Column("reason", "Why", "wide"), Column("done", "Looked at on", "blank"),
            Column("found", "What was found", "blank", 24),
        ],
    )  # fmt: skip


def forecast(tables: Tables, manifest: Manifest) -> Sheet:
    table = frame(tables, "forecasts").drop(columns="samples")
    order = {name: i for i, name in enumerate(categories(tables, manifest))}
    table = table[table["level"] != "area"].assign(rank=table["category"].map(order))
    table = table.sort_values(["rank", "level", "area", "date"], kind="stable", ignore_index=True)
    table = table.assign(
        category=table["category"].map(category_words).astype("str"),
        area=table["area"].replace(CITY_LEVEL, "whole city"),
    )
    return Sheet(
        "Requests expected by day",
        "Requests expected by day for the city and each district; 80 % of cases lie between low and high.",
        table,
        [
            Column("category", "Work"), Column("area", "Where", width=22), Column("date", "Date", "date"),
            Column("mean", "Expected", "number"), Column("q50", "Middle case", "number"),
            Column("q10", "Low (10 % lie below)", "number", 12), Column("q90", "High (10 % lie above)", "number", 12),
        ],
    )  # fmt: skip


def backlog(tables: Tables, manifest: Manifest) -> Sheet:
    """Open requests by category and area: how many, how late, how old."""
    table = frame(tables, "backlog")
    table = table.assign(
        category=table["category"].map(category_words).astype("str"),
        area=table["area"].where(table["area"] != "", "(no area)"),
        planned=~table["is_stale"],
    )
    ages = list(AGES)
    for name, age in zip(ages, pd.cut(table["age_days"], [-1, *AGES.values()], labels=False).pipe(_flags), strict=True):
        table[name] = age
    groups = table.groupby(["category", "area"], sort=True)
    sums = groups[["planned", "is_late", "is_stale", *ages]].sum().join(groups["age_days"].max()).reset_index()
    return Sheet(
        "Open requests by area and age",
        "Open requests at the as-of moment; those older than the category's limit are listed apart, not planned.",
        sums,
        [
            Column("category", "Work"), Column("area", "Area", width=22), Column("planned", "Open", "whole"),
            Column("is_late", "Of these and the old ones: late", "whole", 14),
            Column("is_stale", "Listed apart as too old", "whole", 12),
            *(Column(name, name.capitalize(), "whole", 11) for name in ages),
            Column("age_days", "Oldest (days)", "whole"),
        ],
    )  # fmt: skip


def _flags(codes: pd.Series) -> list[pd.Series]:
    return [codes == i for i in range(len(AGES))]


def health(tables: Tables, manifest: Manifest) -> Sheet:
    return Sheet(
        "Data health",
        "What came in, what was put aside or corrected and why, and what to do about it.",
        frame(tables, "health"),
        [
            Column("kind", "Kind", width=13), Column("item", "What", width=44), Column("value", "How much", width=30),
            Column("severity", "How serious", width=12), Column("remedy", "What to do", "wide"),
        ],
    )  # fmt: skip


def job_lists(tables: Tables, manifest: Manifest) -> Sheet:
    table = frame(tables, "crew_jobs")
    table = table.assign(
        category=table["category"].map(category_words).astype("str"),
        due_at=table["due_at"].dt.tz_convert(manifest.timezone).dt.tz_localize(None),
        is_late=table["is_late"].map({True: "late", False: ""}).astype("str"),
    )
    return Sheet(
        "Open jobs of each crew in driving order",
        "Open jobs of each crew on the next two working days, in driving order; what comes in meanwhile is not on it."
        + (f" {manifest.may_wait}" if manifest.may_wait else ""),
        table,
        [
            Column("date", "Date", "date"), Column("shift", "Shift", width=9), Column("yard", "Yard", width=20),
            Column("crew_type", "Crew type"), Column("crew", "Crew", "whole", 6), Column("stop", "Stop", "whole", 6),
            Column("request_id", "Request", width=18), Column("category", "Work"), Column("area", "Area", width=20),
            Column("lat", "Latitude", "degrees"), Column("lon", "Longitude", "degrees"),
            Column("due_at", "Due", "time"),
            Column("is_late", "Late now", width=8), Column("done", "Done at", "blank", 10),
        ],
    )  # fmt: skip


def reasons(tables: Tables, manifest: Manifest) -> Sheet:
    money, table = manifest.currency, frame(tables, "assignments").sort_values("build_up_order", ignore_index=True)
    return Sheet(
        "Why each assignment",
        "Taken away alone, an assignment costs its leave-one-out value (these do not sum; ± is one standard error, and "
        "what is below two of them cannot be told from nothing); added in the stated order (date, shift, yard, crew "
        f"type) it saves its build-up value (these sum to what the plan saves).{_counted_on(table)}",
        table,
        [
            Column("date", "Date", "date"), Column("shift", "Shift", width=9), Column("yard", "Yard", width=20),
            Column("crew_type", "Crew type"), Column("late_requests_avoided", "Late requests avoided", "number"),
            Column("late_requests_error", "±", "number", 7),
            Column("late_days_avoided", "Late jobs × days avoided", "number"),
            Column("late_days_error", "± days", "number", 7),
            Column("leave_one_out", f"Leave-one-out ({money}), no sum", "number", 13),
            Column("leave_one_out_error", f"± ({money})", "number", 9),
            Column("missed_requests_avoided", "Missed event requests avoided", "number"),
            Column("missed_cost_avoided", f"Missed events avoided ({money})", "number", 13),
            Column("build_up_order", "Build-up: place", "whole"),
            Column("build_up_value", f"Build-up ({money}), sums", "number", 13),
            Column("build_up_cost", f"Cost left then ({money})", "number", 13),
            Column("binds", "What binds", "wide", 34), Column("next_best", "Next best use", "wide", 34),
            Column("drivers", "What drives demand", "wide", 40),
        ],
    )  # fmt: skip


def _counted_on(table: pd.DataFrame) -> str:
    """On how many draws the values and the build-up rest."""
    if table.empty:
        return ""
    alone, built = int(table["draws"].max()), int(table["build_up_draws"].max())
    return (
        f" Leave-one-out is recomputed on {alone} draws. The build-up is counted on {built} and ends at what the plan "
        "costs on these in late days, overtime and contractors."
    )


SHEETS: dict[str, Callable[[Tables, Manifest], Sheet]] = {
    "Overview": overview,
    "Job lists": job_lists,
    "Reasons": reasons,
    "Readiness": readiness,
    "Staffing hints": staffing,
    "Worklist": worklist,
    "Forecast": forecast,
    "Backlog": backlog,
    "Data health": health,
}
