"""Open or closed, with or without work, and a closing time for every closed request."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sources.plugins import Context
from sources.rules import RequestRules
from sources.validation.labels import fold
from sources.validation.moments import UTC
from sources.validation.steps import Correction, Mask, Step, correction, set_aside, text

UNNAMED = "status that no rule names: decided by the closing date"
REOPENED = "open with a closing date: the date is let go"
TIMELESS = "closed at an unknown time: taken as closed when filed"
WORKLESS = "closed without work, so no job came of it"
UNTOLD = "no row has a status or a closing date: taken as closed when filed, there is no backlog"


def check_status(rows: pd.DataFrame, rules: RequestRules, ctx: Context) -> Step:
    """Makes `status` "open" or "closed" and `channel` plain text.

    Rules: a status that no rule names is decided by whether there is a closing date. Open with a closing date: filed
    again, the date is let go. Closed at an unknown time: taken as closed when filed, so that it is never backlog;
    likewise all rows of a source that has neither a status nor a closing date (it has no backlog to tell). Closed
    without work, by its status: told by category, with its share of what is closed.
    """
    written = text(rows["status"], rules.missing)
    workless = _said(written, rules.closed_without_work)
    says_closed, says_open = workless | _said(written, rules.closed_status), _said(written, rules.open_status)
    unclear = ~(says_closed | says_open)
    silent = written.isna().all() and not rows["has_closing"].any()
    closed = np.where(unclear, silent | rows["has_closing"].to_numpy(), says_closed)
    has_time = rows["closed_at"].notna().to_numpy()
    status = pd.Series(np.where(closed, "closed", "open"), index=rows.index, dtype="str")
    reopened, timeless = ~closed & has_time, closed & ~has_time
    closed_at = rows["closed_at"].mask(reopened).mask(timeless, rows["created_at"]).astype(UTC)
    notes = [
        correction(UNNAMED, unclear & written.notna().to_numpy(), written, status),
        correction(REOPENED, reopened, rows["closed_at"], None),
        correction(UNTOLD if silent else TIMELESS, timeless, rows["closed"], closed_at),
        *_workless(rows["category"], closed, workless, written),
    ]
    channel = text(rows["channel"], rules.missing).fillna("").astype("str")
    return set_aside(rows.assign(status=status, closed_at=closed_at, channel=channel), [], notes)


def _workless(category: pd.Series, closed: Mask, workless: Mask, written: pd.Series) -> Iterator[Correction | None]:
    """One entry a category that has any."""
    for name in sorted(category[workless].unique()):
        mine = (category == name).to_numpy()
        share = (mine & workless).sum() / (mine & closed).sum()
        yield correction(f"{name}: {WORKLESS} ({share:.0%} of those closed)", mine & workless, written, "closed")


def _said(written: pd.Series, statuses: tuple[str, ...]) -> Mask:
    """Rows whose status is one of these, in any case. Looks each distinct status up once."""
    codes, distinct = pd.factorize(written)
    meant = {fold(status) for status in statuses}
    found: Mask = np.array([*(fold(str(d)) in meant for d in distinct), False], dtype=bool)[codes]
    return found
