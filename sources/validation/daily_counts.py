"""Daily counts: whole numbers ≥ 0, one a day, area and label."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sources.plugins import Context
from sources.rules import CountRules
from sources.validation.moments import read_times, to_days
from sources.validation.steps import Fault, Step, correction, set_aside, text, without


def check_days(rows: pd.DataFrame, rules: CountRules, ctx: Context) -> Step:
    """Adds `day`, the local day as written."""
    times = read_times(rows["date"], rules)
    day = to_days(times)
    earliest = pd.Timestamp(ctx.plan.city.quality.earliest)
    faults = [
        Fault(~times.given, "date", "date is missing"),
        Fault(~times.read, "date", f"date cannot be read (expected {rules.date_format or 'ISO 8601'})"),
        Fault((day < earliest).to_numpy(), "date", f"dated before {earliest.date()}"),
        Fault((day > pd.Timestamp(ctx.today)).to_numpy(), "date", "dated in the future"),
    ]
    return set_aside(rows.assign(day=day), faults)


def check_numbers(rows: pd.DataFrame, rules: CountRules, ctx: Context) -> Step:
    """`count` as a whole number; negative, fractional and impossible ones go to quarantine."""
    written = text(rows["count"], rules.missing)
    value = pd.to_numeric(written, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    unreadable = ~np.isfinite(value)
    safe = np.where(unreadable, 0.0, value)
    faults = [
        Fault(unreadable, "count", "count is missing or no number"),
        Fault(safe < 0, "count", "count is negative"),
        Fault(safe != np.floor(safe), "count", "count is no whole number"),
        Fault(safe > rules.max_count, "count", f"count above {rules.max_count} (rules.max_count)"),
    ]
    fine = ~np.logical_or.reduce([fault.mask for fault in faults])
    return set_aside(rows.assign(_count=np.where(fine, safe, 0).astype("int64")), faults)


def check_repeated_counts(rows: pd.DataFrame, rules: CountRules, ctx: Context) -> Step:
    """One count a day, area and label: the same again is dropped, of different ones the last in the file wins."""
    rows = rows.assign(_label=rows["label"].str.casefold())
    key = ["day", "area", "_label"]
    same = rows.duplicated([*key, "_count"], keep="last").to_numpy()
    older = rows[~same].duplicated(key, keep="last").reindex(rows.index, fill_value=False).to_numpy()
    shown = rows["day"].dt.strftime("%Y-%m-%d") + " " + rows["area"] + " " + rows["label"]
    notes = [
        correction("same day, area and label with the same count: one kept", same, shown, "once"),
        correction("same day, area and label with different counts: the last in the file kept", older, shown, "once"),
    ]
    gone = same | older
    return without(set_aside(rows.drop(columns="_label"), [], notes), gone, duplicates=int(gone.sum()))
