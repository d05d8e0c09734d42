"""One yard's own sheet: who works when and where, and columns for what really happened."""

from __future__ import annotations

import pandas as pd

from serving.plan_rows import plan_rows
from serving.reading import Tables, frame
from serving.sheet_tables import Sheet
from serving.sheets import Column


def yard_names(tables: Tables) -> list[str]:
    """Yards of the roster, sorted."""
    return sorted(set(frame(tables, "roster")["yard"]))


def yard_sheet(tables: Tables, yard: str) -> Sheet:
    """The flat plan of one yard, with four columns a foreman fills in."""
    rows = plan_rows(tables)
    table = rows[rows["yard"] == yard].reset_index(drop=True)
    return Sheet(yard, f"Plan of the yard {yard}; yellow columns are for the foreman.", _shown(table), COLUMNS)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(is_locked=table["is_locked"].map({True: "fixed", False: ""}).astype("str"))


COLUMNS = [
    Column("date", "Date", "date"), Column("shift", "Shift", width=10), Column("crew_type", "Crew type", width=13),
    Column("crews", "Crews", "whole", 7), Column("held_ready", "Of these held ready", "whole", 9),
    Column("readiness", "Readiness", width=10), Column("overtime_hours", "Overtime (h)", "number", 9),
    Column("contractor_hours", "Contractor (h)", "number", 10), Column("areas", "Where, with minutes", "wide", 46),
    Column("expected_minutes", "Work with travel (min)", "whole", 11),
    Column("expected_served", "Jobs expected done", "number", 9),
    Column("expected_late", "Jobs expected late", "number", 9), Column("is_locked", "Fixed by planner", width=9),
    Column("reason", "Why", "wide", 40), Column("done_crews", "Done: crews", "blank", 8),
    Column("done_hours", "Done: hours", "blank", 8), Column("done_jobs", "Done: jobs", "blank", 8),
    Column("left_plan", "Why we left the plan", "blank", 26),
]  # fmt: skip
