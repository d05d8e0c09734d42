"""The plan tables of the made-up city: roster, dispatch, readiness, hints, backlog, worklist."""

from __future__ import annotations

import numpy as np
import pandas as pd
from made_forecast import CREW_TYPES, SHIFTS, YARDS, Shape, days, levels

from domain.chance import generator
from domain.words import CITY_LEVEL


def yards(shape: Shape) -> tuple[str, ...]:
    return ("=Overview", "'quoted'", "<b>Yard</b>") if shape.hostile else YARDS


def plan(shape: Shape, areas: pd.DataFrame, samples: dict[str, np.ndarray]) -> dict[str, pd.DataFrame]:
    """Roster, dispatch, readiness and staffing hints that agree on yards, dates and shifts."""
    rng = generator(5, "plan")
    working = days(shape)[days(shape).day_of_week < 5]
    rows = pd.MultiIndex.from_product(
        [working, SHIFTS[:2], yards(shape), CREW_TYPES], names=["date", "shift", "yard", "crew_type"]
    ).to_frame(index=False)
    crews = rng.integers(1, 6, size=len(rows))
    rainy = rows["date"].isin(working[2:4]) & (rows["crew_type"] == "drainage")
    roster = rows.assign(
        crews=crews,
        available=crews + 1,
        on_readiness=np.where(rainy, 1, 0),
        overtime_hours=np.where(crews == 5, 2.0, 0.0),
        contractor_hours=0.0,
        readiness=np.where(rows["date"].isin(working[2:4]), "standby", "normal"),
        is_locked=False,
        expected_minutes=crews * 400.0,
        reason="demand of " + pd.Series(crews).astype(str) + " crews' work is expected after two wet days",
    )
    return {
        "roster": roster,
        "dispatch": dispatch(shape, areas, roster, list(working[:2])),
        "readiness": readiness(shape, areas, samples["flooding"], list(working[2:4])),
        "staffing_hints": hints(shape, areas, samples["noise"]),
    }


def dispatch(shape: Shape, areas: pd.DataFrame, roster: pd.DataFrame, named: list[pd.Timestamp]) -> pd.DataFrame:
    """Three areas a row on the next two working days, `*` afterwards."""
    rng = generator(6, "dispatch")
    near = roster[roster["date"].isin(named)]
    start = np.repeat(np.arange(len(near)) * 3, 3) + np.tile(np.arange(3), len(near))
    near = near.loc[near.index.repeat(3)].assign(area=areas["area"].to_numpy()[start % shape.areas])
    far = roster[~roster["date"].isin(named)].assign(area=CITY_LEVEL)
    rows = pd.concat([near, far], ignore_index=True)
    minutes = rng.uniform(60, 420, size=len(rows))
    return rows[["date", "shift", "yard", "crew_type", "area"]].assign(
        category=np.where(rows["crew_type"] == "patching", "pothole", "flooding"),
        crews=minutes / 420,
        expected_minutes=minutes,
        minutes_low=minutes * 0.7,
        minutes_high=minutes * 1.4,
        expected_served=minutes / 45,
        expected_late=rng.uniform(0, 2, size=len(rows)),
        backlog_jobs=rng.integers(0, 9, size=len(rows)).astype(float),
        marginal_value=rng.uniform(0, 90, size=len(rows)),
        reason="4 open, 2 of them late; 3.1 more expected",
    )


def readiness(shape: Shape, areas: pd.DataFrame, sample: np.ndarray, raised: list[pd.Timestamp]) -> pd.DataFrame:
    parts = []
    for level, name, paths in levels(areas, sample):
        if level != "district":
            continue
        up = days(shape).isin(raised) & (name != "District 1")
        part = pd.DataFrame({"date": days(shape), "expected_requests": paths.mean(axis=1)})
        part["level"] = np.where(up, "standby", "normal")
        part["crews"], part["cost"] = np.where(up, 1, 0), np.where(up, 180.0, 0.0)
        part["yard"] = np.where(up, yards(shape)[0], "")
        part["chance_of_exceeding"] = (paths > 7).mean(axis=1)
        part["reason"] = np.where(up, "24 mm of rain likely, 3.4 × the usual requests", "no heavy rain in sight")
        parts.append(part.assign(district=name, category="flooding"))
    return pd.concat(parts, ignore_index=True)


def hints(shape: Shape, areas: pd.DataFrame, sample: np.ndarray) -> pd.DataFrame:
    parts = []
    for level, name, paths in levels(areas, sample):
        if level == "area":
            continue
        for shift, share in zip(SHIFTS, (0.2, 0.4, 0.4), strict=True):
            part = pd.DataFrame({"date": days(shape), "expected_requests": paths.mean(axis=1) * share})
            part["upper_requests"] = np.quantile(paths * share, 0.8, axis=1)
            part["staff"] = np.ceil(part["upper_requests"] / 4).astype(int)
            parts.append(part.assign(district=name, shift=shift))
    return pd.concat(parts, ignore_index=True).assign(category="noise", owner="police", certainty=0.83)


def backlog(shape: Shape, areas: pd.DataFrame) -> pd.DataFrame:
    rng = generator(8, "backlog")
    size = 260
    age = rng.exponential(12, size=size)
    now = pd.Timestamp(shape.as_of, tz="UTC") + pd.Timedelta(hours=28)
    category = np.where(np.arange(size) % 4, "pothole", "flooding")
    created = pd.Series(now - pd.to_timedelta(age, unit="D"))
    due = created + pd.Timedelta(hours=96)
    return pd.DataFrame(
        {
            "request_id": [f"r{i:05d}" for i in range(size)],
            "category": category,
            "area": areas["area"].to_numpy()[rng.integers(0, shape.areas, size=size)],
            "created_at": created,
            "due_at": due.where(np.arange(size) % 10 > 0),
            "due_basis": np.where(np.arange(size) % 10 > 0, "category", "none"),
            "age_days": age,
            "is_late": (due < now).to_numpy() & (np.arange(size) % 10 > 0),
            "is_stale": age > 60,
            "lat": 43.05,
            "lon": -87.8,
        }
    )


def worklist(shape: Shape, areas: pd.DataFrame) -> pd.DataFrame:
    rng = generator(9, "worklist")
    parts = []
    for category, work in (("pothole", "inspect and seal cracks"), ("flooding", "clean the inlets")):
        at = rng.integers(0, shape.areas, size=25)
        expected = np.sort(rng.gamma(2, 0.5, size=25))[::-1]
        parts.append(
            pd.DataFrame(
                {
                    "category": category,
                    "rank": np.arange(1, 26),
                    "place": [f"{category[0]}-{i:03d}" for i in range(25)],
                    "area": areas["area"].to_numpy()[at],
                    "lat": areas["lat"].to_numpy()[at] + rng.uniform(-0.008, 0.008, 25),
                    "lon": areas["lon"].to_numpy()[at] + rng.uniform(-0.01, 0.01, 25),
                    "window_days": 30,
                    "expected_incidents": expected,
                    "probability": 1 - np.exp(-expected),
                    "incidents_last_year": rng.integers(1, 20, 25),
                    "last_incident": pd.Timestamp(shape.as_of) - pd.to_timedelta(rng.integers(1, 300, 25), unit="D"),
                    "preventive_work": work,
                    "reason": "11 incidents last year, most of them in spring; a thaw is likely",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
