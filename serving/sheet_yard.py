"""One yard's own sheet: who works when and where, and columns for what really happened and for locks."""

from __future__ import annotations

import pandas as pd

from domain.tables.actuals import LEFT_PLAN
from serving.plan_rows import few_digits, kinds_of_work, plan_rows
from serving.reading import Tables, frame
from serving.sheet_tables import Sheet
from serving.sheets import Column
from serving.words import category_words


def yard_names(tables: Tables) -> list[str]:
    """Yards of the roster, sorted."""
    return sorted(set(frame(tables, "roster")["yard"]))


def yard_sheet(tables: Tables, yard: str) -> Sheet:
    """The flat plan of one yard, with the columns a foreman fills in, which `crewcast actuals` reads back, and one for
    a lock.

    Columns that say nothing anywhere in the roster (no overtime, nothing bought in, nothing fixed) are left out,
    so that the sheet still prints on one page's width.
    """
    rows = few_digits(plan_rows(tables))
    silent = {name for name in SOMETIMES if not rows[name].any()}
    table = rows[rows["yard"] == yard].reset_index(drop=True)
    columns = [column for column in (*COLUMNS, *_done(tables)) if column.field not in silent]
    return Sheet(yard, f"Plan of the yard {yard}; yellow columns are for the foreman.", _shown(table), columns)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(is_locked=table["is_locked"].map({True: "fixed", False: ""}).astype("str"))


SOMETIMES = ("held_ready", "overtime_hours", "contractor_hours", "is_locked")

LOCK_HEADER = "Lock crews at"
"""Read back by `crewcast plan --lock plan.xlsx` (configs/lock_sheet.py)."""

HOURS_HEADER = "Done: hours, all crews, without breaks"
"""Read back by `crewcast actuals` (sources/actuals/columns.py), as is the shorter one of older workbooks."""

COLUMNS = [
    Column("date", "Date", "date"), Column("shift", "Shift", width=9), Column("crew_type", "Crew type", width=12),
    Column("crews", "Crews", "whole", 6.5), Column("held_ready", "Held ready besides", "whole", 8),
    Column("readiness", "Readiness", width=9.5), Column("overtime_hours", "Overtime (h)", "number", 9),
    Column("contractor_hours", "Bought in (h)", "number", 9), Column("areas", "Where, with minutes", "wide", 44),
    Column("expected_minutes", "Work with travel (min)", "whole", 10),
    Column("expected_served", "Jobs done, expected", "jobs", 9),
    Column("expected_late", "Jobs late, expected", "jobs", 9), Column("is_locked", "Fixed by planner", width=8),
    Column("reason", "Why", "wide", 34), Column("yard", "Yard", width=12),
]  # fmt: skip


def _done(tables: Tables) -> list[Column]:
    """Crews, hours, jobs of each kind of work that crews are sent to, and why the plan was left."""
    return [
        Column("done_crews", "Done: crews", "blank", 7), Column("done_hours", HOURS_HEADER, "blank", 14),
        *(Column(f"done_jobs_{c}", f"Done: jobs, {category_words(c)}", "blank", 8.5) for c in kinds_of_work(tables)),
        Column("left_plan", "Why we left the plan", "blank", 18, LEFT_PLAN),
        Column("lock", LOCK_HEADER, "blank", 9),
    ]  # fmt: skip
