"""Closures that a side channel knows before the feed does, kept as versions of their own beside the feed's.

A closed request's newest row of the feed is kept once more under the side channel's name, with its closing moment; it
is read after the feed's row until the feed itself writes a newer one. A request that is open again loses that version.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.progress import Progress
from sources.portals.wire.open311 import NAME, LateClosures, Told
from sources.portals.wire.rows import SCHEMA
from storage.synced import DatasetState, SyncStore
from storage.synced_read import known_since

CLOSED = "closed"


def ask_late_closures(
    side: LateClosures, feeds: Sequence[str], store: SyncStore, work: Path, now: datetime, today: date, tell: Progress
) -> int:
    """Ask for the requests that the feeds leave open, from where the last sync stopped; versions kept.

    Raises PortalError's kinds; every call's answers are a commit.
    """
    if not store.state.files:
        return 0
    since = today - timedelta(days=side.config.days)
    rows = still_open(store, work, feeds, since)
    ids = sorted({str(v) for v in rows["request_id"].to_pylist() if v and "," not in v})
    stand = store.state.datasets.get(NAME, DatasetState(is_complete=True))
    start = bisect_right(ids, stand.cursor or "")
    wanted = [*ids[start:], *ids[:start]][: side.config.ids_per_call * side.config.most_calls]
    kept, asked, closed_here = 0, 0, _closed_here(store, work)
    for told in side.told(wanted, now):
        asked = min(asked + side.config.ids_per_call, len(wanted))
        tell(f"{NAME}: {asked:,} of {len(wanted):,} open requests asked for", asked, len(wanted))
        stand = stand.model_copy(update={"cursor": wanted[asked - 1], "ended_at": now})
        kept += store.append(NAME, versions(rows, told, closed_here, now), stand, now, "observed")
    return kept


def still_open(store: SyncStore, work: Path, feeds: Sequence[str], since: date) -> pa.Table:
    """The feeds' newest rows, not gone, filed since a day (ISO dates only), that carry no closing moment."""
    parts = [known_since(store, work, name, since).select(SCHEMA.names) for name in feeds]
    rows = pa.concat_tables([SCHEMA.empty_table(), *parts])
    return rows.filter(pc.equal(pc.fill_null(rows["closed"], ""), ""))


def versions(rows: pa.Table, told: Sequence[Told], closed_here: set[str], now: datetime) -> pa.Table:
    """Rows of `told` as closed, and those that are open again as gone from the side channel."""
    by_id = {t.request_id: t for t in told if t.is_closed or t.request_id in closed_here}
    chosen = rows.filter(pc.is_in(rows["request_id"], pa.array(list(by_id), pa.string())))
    answers = [by_id[i] for i in chosen["request_id"].to_pylist()]
    at = [f"{t.closed_at or now:%Y-%m-%dT%H:%M:%S}+00:00" for t in answers]
    for name, values in (("closed", at), ("status", [CLOSED] * len(at))):
        chosen = chosen.set_column(chosen.schema.get_field_index(name), name, pa.array(values, pa.string()))
    is_open = np.array([not t.is_closed for t in answers], dtype=bool)
    return chosen.append_column("is_deleted", pa.array(is_open))


def _closed_here(store: SyncStore, work: Path) -> set[str]:
    """Requests that are closed by the side channel's word."""
    return {str(v) for v in known_since(store, work, NAME, None)["request_id"].to_pylist()}
