"""The canary's world: raw frames as sources give them, their future altered, and the loads that store them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from domain.category import Category
from domain.city import CityPlan
from domain.tables import AREAS, CALENDAR, CORRECTIONS, QUARANTINE
from domain.words import WEATHER_VARIABLES
from storage.home import open_home
from storage.snapshots import Incoming, Snapshot, commit

ZONE = "America/Chicago"
ORIGIN = date(2024, 3, 10)
DAY = pd.Timestamp(ORIGIN)
FIRST, LAST = DAY - pd.Timedelta(days=430), DAY + pd.Timedelta(days=25)
FIRST_LOAD = datetime(2024, 4, 6, 12, tzinfo=UTC)
LEADS = 14
EVENTS = pd.date_range("2023-01-14", "2024-03-01", freq="11D", unit="us")
WATCHED_DAYS = 36
LATE_SHARE, LATE_DAYS = 0.3, 3
AHEAD = DAY + pd.Timedelta(days=LEADS + 8)
"""What the calendar says from here on concerns no day ahead, nor a day near one."""


@dataclass(frozen=True)
class World:
    """Raw frames as sources give them. later: what a load after the first finds, or None.

    is_watched: loads ran every other day before the origin, and some rows came late, so that delays are learnt.
    """

    rows: pd.DataFrame
    observed: pd.DataFrame
    issued: pd.DataFrame
    calendar: pd.DataFrame
    terms: pd.DataFrame
    later: pd.DataFrame | None = None
    later_observed: pd.DataFrame | None = None
    is_watched: bool = False


def city_plan() -> CityPlan:
    """Flooding in three areas, with weather."""
    flooding = {
        "schema": 1, "category": "flooding", "title": "Flooding", "noun": "flooding requests", "kind": "queue",
        "skill": "drainage", "service_minutes": {"value": 40, "basis": "expert"},
        "queue": {"due_hours": 96, "cost_per_late_day": 25},
    }  # fmt: skip
    noise = {
        "schema": 1, "category": "noise", "title": "Noise", "noun": "noise complaints", "kind": "perishable",
        "owner": "police", "skill": "noise", "service_minutes": {"value": 25, "basis": "expert"},
        "perishable": {"response_minutes": 60},
    }  # fmt: skip
    crews = {
        "shifts": [{"name": "day", "start": "07:00", "end": "15:00", "minutes": 400}],
        "types": [{"name": "vac", "skills": {"drainage": None}, "cost_per_hour": 100}],
        "yards": [{"name": "North", "crews": {"vac": 2}}],
    }
    city: dict[str, Any] = {
        "schema": 1, "city": "canary", "title": "Canary", "timezone": ZONE, "holidays": {"country": "US"},
        "requests": {"kind": "files", "path": "rows.csv"}, "areas": {"kind": "files"}, "weather": {"kind": "files"},
        "categories": ("flooding", "noise"), "crews": crews,
    }  # fmt: skip
    return CityPlan(city=city, categories=tuple(Category.model_validate(c) for c in (flooding, noise)))  # type: ignore[arg-type]


def requests_table(days: pd.DatetimeIndex, rain: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of `requests` without versions: more on wet days and at events, closed after hours to weeks."""
    per_day = rng.poisson((12 + rain / 2) * np.where(days.isin(EVENTS), 3, 1))
    day = np.repeat(np.arange(len(days)), per_day)
    count = len(day)
    local = days[day] + pd.to_timedelta(rng.uniform(7, 22, count), unit="h").round("s")
    created = pd.Series(local).dt.tz_localize(ZONE, nonexistent="shift_forward", ambiguous=True).dt.tz_convert("UTC")
    closed = created + pd.Series(pd.to_timedelta(rng.exponential(120, count), unit="h").round("s"))
    closed = closed.where(closed < pd.Timestamp(FIRST_LOAD) - pd.Timedelta(days=2))
    unknown = np.full(count, np.nan)
    return pd.DataFrame(
        {
            "city": "canary",
            "request_id": [f"r{i:05d}" for i in range(count)],
            "category": np.where(rng.random(count) < 0.8, "flooding", "noise"),
            "area": rng.choice(["A", "B", "C"], count, p=[0.5, 0.3, 0.2]),
            "created_at": created.astype("datetime64[us, UTC]"),
            "closed_at": closed.astype("datetime64[us, UTC]"),
            "due_at": pd.Series(pd.NaT, index=range(count), dtype="datetime64[us, UTC]"),
            "status": np.where(closed.isna(), "open", "closed"),
            "channel": "",
            "lat": unknown,
            "lon": unknown,
            "duplicate_of": "",
            "source": "rows.csv",
        }
    )


def weather_table(days: pd.DatetimeIndex, rain: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    mean = 15 - 10 * np.cos(2 * np.pi * days.day_of_year.to_numpy() / 365.25) + rng.normal(0, 3, len(days))
    values = dict.fromkeys(WEATHER_VARIABLES, np.zeros(len(days)))
    values |= {"temperature_min_c": mean - 5, "temperature_mean_c": mean, "temperature_max_c": mean + 5}
    values |= {"precipitation_mm": rain, "precipitation_max_hour_mm": rain * rng.uniform(0.2, 0.9, len(days))}
    values["freeze_thaw_crossings"] = 2.0 * (np.abs(mean) < 5)
    known_at = (days + pd.Timedelta(days=1)).tz_localize(ZONE).tz_convert("UTC")
    return pd.DataFrame({"city": "canary", "date": days, **values, "source": "station", "known_at": known_at})


def issued_table(observed: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What came, blurred, issued on each of the last 150 days before the data end."""
    parts = []
    for back in range(LEADS, 150):
        at = len(observed) - 1 - back
        part = observed.iloc[at + 1 : at + 1 + LEADS].assign(origin=observed["date"].iloc[at])
        blur = rng.normal(0, 0.5 + 0.3 * np.arange(LEADS))
        for name in ("temperature_min_c", "temperature_mean_c", "temperature_max_c"):
            part[name] = part[name] + blur
        part["precipitation_mm"] = part["precipitation_mm"] * rng.gamma(2, 0.5, LEADS)
        part["known_at"] = part["origin"].dt.tz_localize("UTC") + pd.Timedelta(hours=12)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def true_world() -> World:
    rng = np.random.default_rng(8)
    days = pd.date_range(FIRST, LAST, freq="D", unit="us")
    rain = np.where(rng.random(len(days)) < 0.3, rng.gamma(0.8, 10, len(days)), 0.0)
    observed = weather_table(days, rain, rng)
    rows = requests_table(days, rain, rng)
    return World(rows, observed, issued_table(observed, rng), calendar_table(), school_terms())


def after(moments: pd.Series) -> pd.Series:
    return moments > pd.Timestamp(ORIGIN + timedelta(days=1), tz=ZONE)


def altered_after_the_origin(world: World) -> World:
    """The same past, another future: rows, closures, weather and issued forecasts, and edits of the past."""
    rng = np.random.default_rng(99)
    rows, late = world.rows, after(world.rows["created_at"])
    more = pd.concat([rows, rows[late].assign(request_id=rows["request_id"] + "x")], ignore_index=True)
    more["area"] = more["area"].where(~after(more["created_at"]), "C")
    closes = after(more["closed_at"])
    more["closed_at"] = more["closed_at"].where(~closes, more["closed_at"] + pd.Timedelta(hours=9))
    observed, issued = world.observed.copy(), world.issued.copy()
    observed.loc[observed["date"] > DAY, "precipitation_mm"] += 60
    issued.loc[issued["origin"] > DAY, "precipitation_mm"] += 90
    past = more[~after(more["created_at"])]
    relabelled = past.sample(frac=0.3, random_state=rng).assign(area="C", category="flooding")
    unseen = past.sample(n=200, random_state=rng).assign(category="flooding", status="open")
    unseen["request_id"] += "late"
    unseen["closed_at"] = unseen["closed_at"].where(np.zeros(len(unseen), dtype=bool))
    kept = more[~more["request_id"].isin(relabelled["request_id"])]
    corrected = observed[observed["date"] <= DAY].assign(precipitation_mm=lambda w: w["precipitation_mm"] * 2 + 5)
    corrected["known_at"] = pd.Timestamp(FIRST_LOAD) + pd.Timedelta(hours=20)
    later = pd.concat([kept, relabelled, unseen], ignore_index=True)
    return replace(
        world,
        rows=more,
        observed=observed,
        issued=issued,
        calendar=calendar_table(beyond="2024-04-02"),
        terms=school_terms(beyond="2024-04-15"),
        later=later,
        later_observed=corrected,
    )


def moved_before_the_origin(world: World) -> World:
    """The origin's last week filed in another area."""
    created = world.rows["created_at"]
    last_week = (created > pd.Timestamp(ORIGIN - timedelta(days=6), tz=ZONE)) & ~after(created)
    return replace(world, rows=world.rows.assign(area=world.rows["area"].where(~last_week, "B")))


def with_one_change(world: World, what: str) -> World:
    """With one thing changed that is known at the origin: the rain of a day (observed, issued), an event, a term."""
    if what == "event":
        return replace(world, calendar=calendar_table("2024-03-20"))
    if what == "term":
        return replace(world, terms=school_terms("2024-03-19"))
    frame, day = {"observed": (world.observed, "date"), "issued": (world.issued, "origin")}[what]
    frame = frame.copy()
    frame.loc[frame[day] == DAY, "precipitation_mm"] += 40
    return replace(world, observed=frame) if what == "observed" else replace(world, issued=frame)


def calendar_table(ahead: str = "2024-03-16", beyond: str = "2024-04-09") -> pd.DataFrame:
    """Holidays, and events: those of the past, one on a day ahead, one beyond them."""
    holidays = {"2023-07-04": "Independence Day", "2023-12-25": "Christmas Day", "2024-01-01": "New Year's Day"}
    events = dict.fromkeys([*EVENTS.strftime("%Y-%m-%d"), ahead, beyond], "Game")
    rows = [("canary", day, holidays.get(day, ""), events.get(day)) for day in sorted({*holidays, *events})]
    frame = pd.DataFrame(rows, columns=["city", "date", "holiday", "event"])
    return CALENDAR.validate(frame.astype({"date": "datetime64[us]", "holiday": "str", "event": "str", "city": "str"}))


def school_terms(break_: str = "2024-03-15", beyond: str = "2024-04-01") -> pd.DataFrame:
    """Terms before the origin, a break that begins within the days ahead, and a term beyond them."""
    start, end = ["2023-01-09", "2023-08-21", beyond], ["2023-06-09", break_, "2024-06-14"]
    days = {"start": pd.to_datetime(start), "end": pd.to_datetime(end)}
    frame = pd.DataFrame({"city": "canary", **days, "name": ["spring", "winter", "spring"]})
    return frame.astype({"start": "datetime64[us]", "end": "datetime64[us]", "name": "str", "city": "str"})


def stored(world: World, home: Path) -> Snapshot:
    """The world after its loads, committed the way a run does."""
    folder = open_home(home).city("canary")
    loads = [*(early_loads(world) if world.is_watched else []), (world.rows, world.observed, world.issued, FIRST_LOAD)]
    if world.later is not None:
        assert world.later_observed is not None
        loads.append((world.later, world.later_observed, world.issued, FIRST_LOAD + timedelta(days=1)))
    for rows, observed, issued, now in loads:
        incoming = Incoming(
            rows=rows,
            counts=None,
            weather_observed=observed,
            weather_issued=issued,
            areas=AREAS.empty(),
            calendar=world.calendar,
            quarantine=QUARANTINE.empty(),
            corrections=CORRECTIONS.empty(),
            rows_read=len(rows),
            has_hours=True,
            files={"rows.csv": "0" * 64},
            school_terms=world.terms,
        )
        snapshot = commit(folder, city_plan(), incoming, now)
    return snapshot


def early_loads(world: World) -> list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, datetime]]:
    """What loads at the end of every other day to the origin could see."""
    number = world.rows["request_id"].str.slice(1, 6).astype(int)
    wait = pd.to_timedelta(np.where(number % 10 < 10 * LATE_SHARE, LATE_DAYS, 0), unit="D")
    is_of_the_past = ~after(world.rows["created_at"])
    loads = []
    for back in range(WATCHED_DAYS, -1, -2):
        now = datetime.combine(ORIGIN - timedelta(days=back), time(23, 59), ZoneInfo(ZONE)).astimezone(UTC)
        rows = world.rows[is_of_the_past & (world.rows["created_at"] + wait <= now)].copy()
        is_closed = rows["closed_at"] <= now
        rows["closed_at"] = rows["closed_at"].where(is_closed)
        rows["status"] = np.where(is_closed, "closed", "open")
        observed, issued = (frame[frame["known_at"] <= now] for frame in (world.observed, world.issued))
        loads.append((rows, observed, issued, now))
    return loads
