"""Raw rows → validated tables, with an account of every row: used, quarantined, excluded or a duplicate."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from domain.city import Quality
from domain.errors import TooManyBadRowsError, TooManyUnlocatedError
from domain.words import NO_AREA
from sources.plugins import Context, Requests
from sources.rules import CountRules, LabelRules, RequestRules
from sources.validation.area_ids import check_areas
from sources.validation.coordinates import check_coordinates
from sources.validation.crosswalk import check_redrawn, split_counts
from sources.validation.crosswalk_doubts import check_crosswalk
from sources.validation.daily_counts import check_days, check_numbers, check_repeated_counts
from sources.validation.ids import check_ids
from sources.validation.label_changes import check_label_changes
from sources.validation.labels import check_label_dates, check_labels
from sources.validation.moments import WALL
from sources.validation.placing import check_placed
from sources.validation.repeats import check_repeats
from sources.validation.status import UNTOLD, check_status
from sources.validation.steps import Step, corrections_table, quarantine_table, run
from sources.validation.times import check_times

REQUEST_COLUMNS = (
    *("request_id", "created", "closed", "due", "label", "status", "channel"),
    *("area", "lat", "lon", "duplicate_of"),
)
COUNT_COLUMNS = ("date", "area", "label", "count")

REQUEST_CHECKS = (
    *(check_labels, check_ids, check_times, check_label_dates, check_label_changes, check_status, check_areas),
    *(check_placed, check_coordinates, check_crosswalk, check_redrawn, check_repeats),
)
COUNT_CHECKS = (
    *(check_labels, check_days, check_label_dates, check_areas, check_numbers, check_repeated_counts),
    check_crosswalk,
)

ROWS = [
    *("city", "request_id", "category", "area", "created_at", "closed_at", "due_at", "status", "channel"),
    *("lat", "lon", "duplicate_of", "source"),
]


def validate_requests(
    raw: pd.DataFrame,
    rules: RequestRules,
    ctx: Context,
    source: str = "requests",
    *,
    quarantined: tuple[pd.DataFrame, ...] = (),
) -> Requests:
    """Rows as a source wrote them → rows of `domain.tables.REQUESTS` without known_at and its basis.

    raw: the columns REQUEST_COLUMNS (those left out count as empty), text or native types, missing as NaN or None;
    times naive in `rules.zone` or with an offset. Its index is the row number, 1 being the first below the header;
    a column `source` names the file of each row where there are several. quarantined: rows the reader itself could
    not take apart, as columns source, row, column, value, reason, request_id.
    Result: rows by created_at and request_id; rows_read = rows_used + quarantine + excluded + duplicates.
    The checks, in order, are REQUEST_CHECKS; each states its rules. Raises ConfigError for rules that do not fit
    the city.
    """
    rows = _prepared(raw, REQUEST_COLUMNS, source)
    step = run(rows, REQUEST_CHECKS, rules, ctx)
    used = step.rows.assign(city=ctx.plan.city.city)[ROWS]
    used = used.sort_values(["created_at", "request_id"], kind="stable", ignore_index=True)
    has_hours = not step.rows["only_days"].any()
    return _account(raw, step, ctx, source, quarantined, rows=used, has_hours=has_hours)


def validate_counts(
    raw: pd.DataFrame,
    rules: CountRules,
    ctx: Context,
    source: str = "counts",
    *,
    quarantined: tuple[pd.DataFrame, ...] = (),
) -> Requests:
    """Daily counts as a source wrote them → rows of `domain.tables.COUNTS` without known_at.

    raw: the columns COUNT_COLUMNS, otherwise as in `validate_requests`. Labels of one category are summed;
    counts of areas that were redrawn since are cut.
    """
    rows = _prepared(raw, COUNT_COLUMNS, source)
    step = run(rows, COUNT_CHECKS, rules, ctx)
    key = ["date", "area", "category"]
    cut, notes = split_counts(step.rows, ctx)
    step = replace(step, corrections=step.corrections + notes)
    valid = cut.drop(columns=["date", "count"]).rename(columns={"day": "date", "_count": "count"})
    sums = valid.groupby(key, sort=True, as_index=False).agg(count=("count", "sum"), source=("source", "last"))
    sums = sums.assign(city=ctx.plan.city.city, date=sums["date"].astype(WALL))
    counts = sums[["city", "date", "area", "category", "count", "source"]]
    return _account(raw, step, ctx, source, quarantined, counts=counts, has_hours=False)


def check_share(requests: Requests, quality: Quality) -> None:
    """Stops the run above `quality.max_quarantined_share`, or where no row can be used.

    Raises TooManyBadRowsError naming the most frequent reasons, each with an example and where it was found first;
    TooManyUnlocatedError where a category has more requests without an area than `quality.max_unlocated_share`.
    """
    bad = len(requests.quarantine)
    share = bad / max(requests.rows_read, 1)
    if share <= quality.max_quarantined_share and requests.rows_used > 0:
        _check_located(requests, quality)
        return
    groups = requests.quarantine.groupby(["column", "reason"], sort=True)
    reasons = groups.agg(
        size=("value", "size"), value=("value", "first"), row=("row", "first"), file=("source", "first")
    )
    top = reasons.sort_values("size", ascending=False, kind="stable").head(3).reset_index()
    listed = "; ".join(
        f"{r.size} × {r.column}: {r.reason} (such as '{r.value}' in row {r.row} of {r.file})"
        for r in (_Reason(*row) for row in top.itertuples(index=False, name=None))
    )
    raise TooManyBadRowsError(
        f"{bad} of {requests.rows_read} rows ({share:.1%}) cannot be used, "
        f"{quality.max_quarantined_share:.1%} are allowed: {listed or 'no row is left'}",
        remedy="correct the rules (labels, date_format, zone) or the source, or raise quality.max_quarantined_share; "
        "the last vintage stays as it is",
        share=share,
        reasons=listed,
    )


class _Reason(NamedTuple):
    column: str
    reason: str
    size: int
    value: str
    row: int
    file: str


def _check_located(requests: Requests, quality: Quality) -> None:
    """Forecasts and plans are by area: requests that name none can only be spread over the others."""
    if requests.counts is not None:
        frame = requests.counts[["category", "area", "count"]]
    else:
        assert requests.rows is not None
        frame = requests.rows[["category", "area"]].assign(count=1)
    lost = frame["count"].where(frame["area"] == NO_AREA, 0).groupby(frame["category"]).sum()
    share = lost / frame.groupby("category")["count"].sum().clip(lower=1)
    if share.max() > quality.max_unlocated_share:
        worst = str(share.idxmax())
        raise TooManyUnlocatedError(
            f"{lost[worst]:,} requests of '{worst}' ({share[worst]:.1%}) name no area, "
            f"{quality.max_unlocated_share:.1%} are allowed",
            remedy="name the column that holds the area, set `areas: {kind: from_rows}` to plan for the whole city as "
            "one area, or raise quality.max_unlocated_share; the last vintage stays as it is",
            category=worst,
            share=float(share[worst]),
        )


def _prepared(raw: pd.DataFrame, columns: tuple[str, ...], source: str) -> pd.DataFrame:
    """The columns the checks read, with `row` and `source`, numbered from 0."""
    absent = {c: pd.Series(pd.NA, index=raw.index, dtype="str") for c in columns if c not in raw}
    row = raw.index.to_numpy() if pd.api.types.is_integer_dtype(raw.index.dtype) else range(1, len(raw) + 1)
    named = raw["source"].astype("str").to_numpy() if "source" in raw else source
    rows = raw.assign(**absent)[list(columns)].assign(row=row, source=named)
    return rows.assign(source=rows["source"].astype("str"), row=rows["row"].astype("int64")).reset_index(drop=True)


def _account(
    raw: pd.DataFrame,
    step: Step,
    ctx: Context,
    source: str,
    quarantined: tuple[pd.DataFrame, ...],
    *,
    rows: pd.DataFrame | None = None,
    counts: pd.DataFrame | None = None,
    has_hours: bool,
) -> Requests:
    city = ctx.plan.city.city
    return Requests(
        rows=rows,
        counts=counts,
        quarantine=quarantine_table((*quarantined, *step.quarantine), city),
        corrections=corrections_table(step.corrections, city, source, len(raw)),
        rows_read=len(raw) + sum(len(q) for q in quarantined),
        has_hours=has_hours,
        files={},
        rows_used=len(step.rows),
        excluded=step.excluded,
        duplicates=step.duplicates,
        has_backlog=counts is None and UNTOLD not in {c.rule for c in step.corrections},
    )


__all__ = ["CountRules", "LabelRules", "RequestRules", "check_share", "validate_counts", "validate_requests"]
