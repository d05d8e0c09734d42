"""The open jobs of each crew in driving order, as sheets and the report show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

import pandas as pd

from serving.words import category_words, short_day

KEY = ["shift", "yard", "crew_type", "crew"]


@dataclass(frozen=True)
class CrewList:
    """One crew's jobs of one day. letter: tells it from the yard's other crews that day. jobs: stop, request, work,
    area, place, due (words), is_late, lat and lon (None where unknown)."""

    letter: str
    shift: str
    crew_type: str
    crew: int
    jobs: tuple[dict[str, Any], ...]


def crew_lists(
    crew_jobs: pd.DataFrame, yard: str, day: pd.Timestamp, place: Callable[[str], str], timezone: str
) -> list[CrewList]:
    """Lists of a yard and day, by shift, crew type and crew. crew_jobs: `domain.tables.CREW_JOBS`; place: an area's
    name."""
    rows = crew_jobs[(crew_jobs["yard"] == yard) & (crew_jobs["date"] == day)]
    groups = rows.sort_values([*KEY, "stop"], kind="stable").groupby(KEY, sort=True)
    return [
        CrewList(_letter(i), str(shift), str(crew_type), int(str(crew)), tuple(_jobs(jobs, place, timezone)))
        for i, ((shift, _, crew_type, crew), jobs) in enumerate(groups)
    ]


def _letter(index: int) -> str:
    """A to Z, then AA, AB and so on."""
    first, last = divmod(index, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


def _jobs(rows: pd.DataFrame, place: Callable[[str], str], timezone: str) -> list[dict[str, Any]]:
    due = rows["due_at"].dt.tz_convert(timezone)
    return [
        {
            "stop": int(row["stop"]),
            "request": str(row["request_id"]),
            "work": category_words(row["category"]),
            "area": str(row["area"]),
            "place": place(row["area"]) if row["area"] else "no area known",
            "due": "" if pd.isna(when) else due_words(when),
            "is_late": bool(row["is_late"]),
            "lat": None if pd.isna(row["lat"]) else float(row["lat"]),
            "lon": None if pd.isna(row["lon"]) else float(row["lon"]),
        }
        for row, when in zip(rows.to_dict("records"), due, strict=True)
    ]


def due_words(when: pd.Timestamp) -> str:
    """Tue 3 Mar 14:30, local."""
    return f"{short_day(when)} {when:%H:%M}"
