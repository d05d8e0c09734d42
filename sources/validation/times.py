"""Created, closed and due: impossible creation dates go to quarantine, bad closing and due dates are let go."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from sources.plugins import Context
from sources.rules import RequestRules
from sources.validation.moments import UTC, Written, read_times, to_days, to_utc
from sources.validation.steps import Correction, Fault, Mask, Step, correction, set_aside

DAY = pd.Timedelta(days=1)
TICK = pd.Timedelta(microseconds=1)


def check_times(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> Step:
    """Adds `created_at`, `closed_at`, `due_at` (UTC), `has_closing` (a closing date was given, good or bad) and
    `only_days` (the same for all rows: they hold days without hours)."""
    created = read_times(rows["created"], rules)
    only_days = rules.dates_only if rules.dates_only is not None else not created.has_hours
    faults = _faults(created, rules, ctx, only_days)
    usable = ~np.logical_or.reduce([fault.mask for fault in faults])
    moments, notes = _moments(created, "created", rules, ctx, only_days, usable)
    checked = set_aside(rows.assign(created_at=moments, only_days=only_days), faults, notes)
    closed_rows, closing = _closing(checked.rows, rules, ctx, only_days)
    due_rows, due = _due(closed_rows, rules, ctx, only_days)
    return Step(due_rows.drop(columns=["created", "due"]), checked.quarantine, checked.corrections + closing + due)


def _faults(created: Written, rules: RequestRules, ctx: Context, only_days: bool) -> list[Fault]:
    """Why rows have no possible day of filing."""
    local = created.aware.dt.tz_convert(ctx.plan.city.zone).dt.tz_localize(None)
    if rules.zone != "local" and not only_days:
        wall = created.wall.dt.tz_localize(_zone(rules, ctx), ambiguous="NaT", nonexistent="NaT")
        shifted = wall.dt.tz_convert(ctx.plan.city.zone).dt.tz_localize(None).astype(created.wall.dtype)
        local = local.fillna(shifted).fillna(created.wall)
    day = to_days(created) if only_days else local.fillna(created.wall).dt.normalize()
    earliest, today = pd.Timestamp(ctx.plan.city.quality.earliest), pd.Timestamp(ctx.today)
    return [
        Fault(~created.given, "created", "creation date is missing"),
        Fault(~created.read, "created", "creation date cannot be read" + _expected(rules)),
        Fault((day < earliest).to_numpy(), "created", f"created before {earliest.date()}"),
        Fault((day > today).to_numpy(), "created", "created in the future"),
    ]


def _moments(
    times: Written, name: str, rules: RequestRules, ctx: Context, only_days: bool, usable: Mask
) -> tuple[pd.Series, list[Correction | None]]:
    """UTC moments of the usable rows, and which wall times had to be decided."""
    if only_days:
        wall, zone, aware = to_days(times), ctx.plan.city.zone, None
    else:
        wall, zone, aware = times.wall, _zone(rules, ctx), times.aware
    local = to_utc(wall.where(usable), zone)
    moments = local.utc if aware is None else local.utc.fillna(aware)
    notes = [
        correction(f"{name}: time that the clock shows twice: first reading", local.ambiguous, wall, local.utc),
        correction(f"{name}: time that the clock skips: moved forward", local.nonexistent, wall, local.utc),
    ]
    return moments.astype(UTC), notes


def _closing(
    rows: pd.DataFrame, rules: RequestRules, ctx: Context, only_days: bool
) -> tuple[pd.DataFrame, tuple[Correction, ...]]:
    times = read_times(rows["closed"], rules)
    moments, notes = _moments(times, "closed", rules, ctx, only_days, times.read)
    if not only_days and times.read.any() and not times.has_hours:
        notes.append(
            correction("closing day without an hour: end of that day", times.read, moments, moments + DAY - TICK)
        )
        moments = moments + DAY - TICK
    end_of_today = to_utc(pd.Series([pd.Timestamp(ctx.today)]) + DAY, ctx.plan.city.zone).utc.iloc[0]
    unreadable = times.given & moments.isna().to_numpy()
    early = (moments < rows["created_at"]).to_numpy()
    late = (moments >= end_of_today).to_numpy()
    notes += [
        correction("closing date cannot be read: closing time unknown", unreadable, rows["closed"], None),
        correction("closed before created: closing time unknown", early, rows["closed"], None),
        correction("closed in the future: closing time unknown", late, rows["closed"], None),
    ]
    rows = rows.assign(closed_at=moments.mask(early | late).astype(UTC), has_closing=times.given & ~late)
    return rows, tuple(n for n in notes if n is not None)


def _due(
    rows: pd.DataFrame, rules: RequestRules, ctx: Context, only_days: bool
) -> tuple[pd.DataFrame, tuple[Correction, ...]]:
    times = read_times(rows["due"], rules)
    moments, notes = _moments(times, "due", rules, ctx, only_days, times.read)
    if times.read.any() and not times.has_hours:
        moments = moments + DAY - TICK  # due on a day means by its end
    unreadable = times.given & moments.isna().to_numpy()
    early = (moments < rows["created_at"]).to_numpy()
    notes += [
        correction("due date cannot be read: none", unreadable, rows["due"], None),
        correction("due before created: no due date", early, rows["due"], None),
    ]
    return rows.assign(due_at=moments.mask(early).astype(UTC)), tuple(n for n in notes if n is not None)


def _zone(rules: RequestRules, ctx: Context) -> ZoneInfo:
    return {"local": ctx.plan.city.zone, "utc": ZoneInfo("UTC")}.get(rules.zone) or ZoneInfo(rules.zone)


def _expected(rules: RequestRules) -> str:
    return f" (expected {rules.date_format})" if rules.date_format else " (expected ISO 8601; else set date_format)"
