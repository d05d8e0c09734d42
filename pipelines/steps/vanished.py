"""Rows that a portal no longer has: kept as filed, marked as gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from domain.portal_errors import RowsVanishedError
from sources.portals.wire.rows import SCHEMA
from storage.synced import SyncStore
from storage.synced_index import Hashes, hashed
from storage.synced_read import known_since

FEW = 50
SHARE = 0.2
"""More missing than both is taken for a fault of the portal, not for deletions."""


def mark_vanished(
    store: SyncStore, work: Path, dataset: str, since: date | None, met: Sequence[Hashes], now: datetime, about: str
) -> int:
    """Append a deleted version of each known row created since a day (None: of all) that was not met; how many.

    met: hashes of the ids the portal has. Raises RowsVanishedError where too many are missing to believe it.
    """
    if not store.state.files:
        return 0
    known = known_since(store, work, dataset, since)
    there = np.concatenate(met) if met else np.zeros(0, dtype=np.uint64)
    missing = ~np.isin(hashed(known["request_id"]), there)
    gone = int(missing.sum())
    if gone > max(FEW, SHARE * known.num_rows):
        raise RowsVanishedError(
            f"{about}: {gone:,} of {known.num_rows:,} known requests are missing from the portal's answer",
            remedy="sync again later; if they are really gone, raise nothing and name the data set's successor in the "
            "YAML; runs use the rows synced before",
            missing=gone,
        )
    if gone:
        rows = known.filter(pa.array(missing)).select(SCHEMA.names)
        rows = rows.append_column("is_deleted", pa.array(np.ones(gone, dtype=bool)))
        store.append(dataset, rows, store.state.datasets[dataset], now, "observed")
    return gone
