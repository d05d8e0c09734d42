"""Which version of each request is the newest one known, in 24 bytes a request: hashes of key and content, clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Clocks = NDArray[np.int64]
NO_CLOCK = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Run:
    """Entries sorted by key, each key once."""

    keys: Hashes
    contents: Hashes
    clocks: Clocks


@dataclass
class Index:
    """Sorted runs, each less than half as long as the one before: newer ones come later and win.

    Two of n requests share a 64-bit hash with a chance of about n² / 2⁶⁵: 7 in ten million for five million.
    """

    runs: list[Run] = field(default_factory=list)

    def __len__(self) -> int:
        """Entries held, those that were superseded included."""
        return sum(len(r.keys) for r in self.runs)

    def find(self, keys: Hashes) -> tuple[NDArray[np.bool_], Hashes, Clocks]:
        """Of each key: whether it is known, its content and its clock."""
        known = np.zeros(len(keys), dtype=bool)
        contents = np.zeros(len(keys), dtype=np.uint64)
        clocks = np.full(len(keys), NO_CLOCK, dtype=np.int64)
        for run in reversed(self.runs):
            at = np.minimum(np.searchsorted(run.keys, keys), len(run.keys) - 1)
            hit = (run.keys[at] == keys) & ~known
            contents[hit], clocks[hit] = run.contents[at[hit]], run.clocks[at[hit]]
            known |= hit
        return known, contents, clocks

    def add(self, keys: Hashes, contents: Hashes, clocks: Clocks) -> None:
        """Newer versions, in the order in which they became known; of a key's several the last holds."""
        if not len(keys):
            return
        self.runs.append(_sorted(keys, contents, clocks))
        while len(self.runs) > 1 and len(self.runs[-2].keys) < 2 * len(self.runs[-1].keys):
            newer, older = self.runs.pop(), self.runs.pop()
            merged_keys = np.concatenate((older.keys, newer.keys))
            merged_contents = np.concatenate((older.contents, newer.contents))
            self.runs.append(_sorted(merged_keys, merged_contents, np.concatenate((older.clocks, newer.clocks))))


def hashed(*columns: pa.ChunkedArray | pa.Array) -> Hashes:
    """A hash of each row's texts; null is a value of its own. The same in any run and on any machine."""
    texts = [pc.fill_null(c, "\0") for c in columns]
    whole = pc.binary_join_element_wise(*texts, "\1") if len(texts) > 1 else texts[0]
    found: Hashes = pd.util.hash_array(whole.to_numpy(zero_copy_only=False), categorize=False)
    return found


def mixed(columns: list[Hashes]) -> Hashes:
    """One hash of several, in their order."""
    total = np.zeros(len(columns[0]), dtype=np.uint64)
    for each in columns:
        total = (total ^ each) * np.uint64(0x9E3779B97F4A7C15)
        total ^= total >> np.uint64(29)
    return total


def clock_us(column: pa.ChunkedArray | pa.Array) -> Clocks:
    """Microseconds since 1970, NO_CLOCK for null."""
    found: Clocks = column.cast(pa.int64()).fill_null(NO_CLOCK).to_numpy(zero_copy_only=False)
    return found


def _sorted(keys: Hashes, contents: Hashes, clocks: Clocks) -> Run:
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    last = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.zeros(0, dtype=bool)
    kept = order[last]
    return Run(keys[kept], contents[kept], clocks[kept])
