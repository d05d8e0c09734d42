"""What was synced from a city's portal: append-only versions of its rows, and where each data set goes on.

One file, `state.json`, lists the row files and holds every cursor; replacing it is the commit. A process killed before
it leaves files that nobody lists, one killed after it has lost nothing.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationError

from domain.category import Strict
from domain.errors import SnapshotBrokenError
from domain.portal_errors import TooLargeError
from storage.atomic import sweep, sync_folder, write_atomically
from storage.home import CityFolder
from storage.places import without_places
from storage.synced_index import NO_CLOCK, Clocks, Hashes, Index, clock_us, hashed, mixed

SCHEMA_VERSION = 1
PLACE = "synced"
STATE = "state.json"
MERGE_BELOW_ROWS = 50_000
MERGE_FROM_FILES = 16
FREE_BYTES = 256 * 2**20
"""A sync stops rather than fill the disk to its last bytes."""
FEW_VALUES = ("category", "label", "area", "status", "channel", "source", "known_at_basis")
"""Columns written as codes of few values: of the others each row has its own, and codes cost time and room."""
KEY_COLUMNS = ("key_hash", "content_hash", "row_clock")


class SyncedFile(Strict):
    name: str
    sha256: str
    rows: int


class DatasetState(Strict):
    """Where a data set stands.

    is_complete: a first pass has ended. since: the day of creation it began from. what, pass_since, cursor, high, rows:
    the pass under way, from which day, where it goes on, the latest portal clock and the rows it has met. mark: the
    latest clock from which changes are asked for, not after the moment at which the last pass began (`began`), however
    long it took: a row that it had read already may have been edited since. validator: of a file, as read whole last.
    """

    is_complete: bool = False
    what: str = ""
    since: date | None = None
    pass_since: date | None = None
    cursor: str | None = None
    validator: str | None = None
    high: datetime | None = None
    mark: datetime | None = None
    began: datetime | None = None
    ended_at: datetime | None = None
    rows: int = 0


class State(Strict):
    """The manifest. reading: which columns are pulled, by hash. synced_at: when the last whole sync began.

    tried_at, problem, retried: of the last sync: when it began, why it ended early (with its remedy), reason -> calls
    that were made again. side_problem: why late closures were not asked for to the end. coarse: labels whose rows have
    no place here.
    """

    schema_version: int = SCHEMA_VERSION
    reading: str = ""
    synced_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str = ""
    retried: dict[str, int] = Field(default_factory=dict)
    side_problem: str = ""
    next_seq: int = 0
    coarse: tuple[str, ...] = ()
    files: tuple[SyncedFile, ...] = ()
    datasets: dict[str, DatasetState] = Field(default_factory=dict)


@dataclass
class SyncStore:
    """The rows of one city, open for writing by the holder of the city's lock.

    is_coarse: of rows, which are kept no finer than the area: their place tells versions apart, and is never written.
    """

    folder: Path
    state: State
    index: Index = field(default_factory=Index)
    is_coarse: Callable[[pa.Table], pa.Array] | None = None

    @property
    def rows(self) -> int:
        return sum(f.rows for f in self.state.files)

    def append(self, dataset: str, rows: pa.Table, stand: DatasetState, seen_at: datetime, basis: str) -> int:
        """Keep the versions that are new and move the data set's stand, both in one commit; how many were new.

        rows: texts of our columns with `row_clock`, in the order read. A row that says what is known already, or whose
        clock is older than the known one's, is no news; one that differs and has no clock is.
        """
        new = self._news(dataset, rows, seen_at, basis)
        files = self.state.files
        if new.num_rows:
            _check_room(self.folder)
            kept = new if self.is_coarse is None else without_places(new, self.is_coarse(new))
            files = (*files, _write(self.folder, kept))
        total = self.state.next_seq + new.num_rows
        stands = {**self.state.datasets, dataset: stand}
        self.put(self.state.model_copy(update={"files": files, "next_seq": total, "datasets": stands}))
        self.index.add(*_entries(new))
        return int(new.num_rows)

    def put(self, state: State) -> None:
        """Replace the manifest."""
        if state != self.state:
            write_atomically(self.folder / STATE, state.model_dump_json(indent=1).encode())
            self.state = state

    def compact(self) -> None:
        """Merge neighbouring small files, so that years of daily syncs stay quick to read."""
        kept: list[SyncedFile] = []
        small: list[SyncedFile] = []
        for file in [*self.state.files, None]:
            if file is not None and file.rows < MERGE_BELOW_ROWS:
                small.append(file)
                continue
            kept += [_merged(self.folder, small)] if len(small) >= MERGE_FROM_FILES else small
            small = []
            kept += [file] if file is not None else []
        gone = {f.name for f in self.state.files} - {f.name for f in kept}
        self.put(self.state.model_copy(update={"files": tuple(kept)}))
        for name in gone:
            (self.folder / name).unlink()

    def _news(self, dataset: str, rows: pa.Table, seen_at: datetime, basis: str) -> pa.Table:
        table = rows if "is_deleted" in rows.schema.names else rows.append_column(
            "is_deleted", pa.array(np.zeros(rows.num_rows, dtype=bool)))  # fmt: skip
        source = pa.array([dataset], pa.string())
        key = mixed([hashed(table["request_id"]), np.repeat(hashed(source), rows.num_rows)])
        named = [c for c in table.schema.names if c not in ("row_clock", "is_deleted")]
        gone = table["is_deleted"].to_numpy(zero_copy_only=False).astype(np.uint64)
        content = mixed([hashed(*(table[c] for c in named)), gone])
        clock = clock_us(table["row_clock"])
        keep = _newest(key, clock)
        known, before, known_clock = self.index.find(key[keep])
        is_newer = (clock[keep] >= known_clock) | (clock[keep] == NO_CLOCK)
        keep = keep[~known | ((content[keep] != before) & is_newer)]
        chosen = table if len(keep) == table.num_rows else table.take(pa.array(keep))  # most pulls are all news
        seq = self.state.next_seq + np.arange(len(keep), dtype=np.int64)
        count = len(keep)
        for name, column in (
            ("source", source.take(pa.array(np.zeros(count, dtype=np.int64)))),
            ("known_at", pa.array([seen_at] * count, pa.timestamp("us", "UTC"))),
            ("known_at_basis", pa.array([basis] * count, pa.string())),
            ("seq", pa.array(seq)),
            ("key_hash", pa.array(key[keep])),
            ("content_hash", pa.array(content[keep])),
        ):
            chosen = chosen.append_column(name, column)
        return chosen


def open_store(folder: CityFolder, reading: str) -> SyncStore:
    """The store of a city for one way of reading, what a killed sync left swept away.

    reading: a hash of the columns and labels pulled. Under another one the versions so far say nothing of the new
    ones: everything is pulled anew, into a folder of its own, and the old rows stay in use until that is done.
    """
    place = folder.root / PLACE / reading
    place.mkdir(parents=True, exist_ok=True)
    store = SyncStore(place, read_state(place) or State(reading=reading))
    listed = {f.name for f in store.state.files} | {STATE}
    sweep(place)
    for left in sorted(p for p in place.iterdir() if p.name not in listed):
        left.unlink()
    for file in store.state.files:
        store.index.add(*_entries(pq.read_table(place / file.name, columns=list(KEY_COLUMNS), memory_map=True)))
    return store


def replaced(
    store: SyncStore, is_due: Callable[[Path], bool], change: Callable[[pa.Table], tuple[pa.Table, int]]
) -> int:
    """Write files anew with some of their rows changed, what tells versions apart left as it was; rows changed."""
    total, files = 0, []
    for file in store.state.files:
        if is_due(store.folder / file.name):
            table, rows = change(pq.read_table(store.folder / file.name))
            total += rows
            file = _write(store.folder, table) if rows else file
        files.append(file)
    gone = {f.name for f in store.state.files} - {f.name for f in files}
    store.put(store.state.model_copy(update={"files": tuple(files)}))
    for name in gone:
        (store.folder / name).unlink()
    return total


def drop_others(folder: CityFolder, reading: str) -> None:
    """Forget rows pulled under other settings, once those of this one are whole."""
    for place in sorted((folder.root / PLACE).iterdir()):
        if place.is_dir() and place.name != reading:
            shutil.rmtree(place)


def read_state(place: Path) -> State | None:
    """Where a sync stands; None before the first. Raises SnapshotBrokenError for a manifest nobody can read."""
    path = place / STATE
    if not path.exists():
        return None
    try:
        state = State.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise _broken(path, "cannot be read") from error
    for file in state.files:
        if not (place / file.name).exists():
            raise _broken(path, f"lists {file.name}, which is missing")
    return state


def _newest(key: Hashes, clock: Clocks) -> np.ndarray:
    """Positions of the newest row of each key in one page, in their order: by clock, then the one read last."""
    order = np.lexsort((np.arange(len(key)), clock, key))
    last = np.append(key[order][1:] != key[order][:-1], True) if len(key) else np.zeros(0, dtype=bool)
    return np.sort(order[last])


def _entries(table: pa.Table) -> tuple[Hashes, Hashes, Clocks]:
    keys, contents = (table[c].to_numpy(zero_copy_only=False) for c in KEY_COLUMNS[:2])
    return keys, contents, clock_us(table["row_clock"])


def _write(folder: Path, rows: pa.Table) -> SyncedFile:
    temporary = folder / f".tmp-{uuid.uuid4().hex}"
    alike = [c for c in FEW_VALUES if c in rows.schema.names]
    pq.write_table(rows, temporary, compression="zstd", compression_level=1, use_dictionary=alike)
    with temporary.open("rb+") as stream:
        digest = sha256(stream.read()).hexdigest()
        os.fsync(stream.fileno())
    name = f"rows-{digest[:20]}.parquet"
    temporary.replace(folder / name)
    sync_folder(folder)
    return SyncedFile(name=name, sha256=digest, rows=rows.num_rows)


def _merged(folder: Path, files: Iterable[SyncedFile]) -> SyncedFile:
    return _write(folder, pa.concat_tables([pq.read_table(folder / f.name) for f in files]))


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise TooLargeError(
            f"{folder}: {free // 2**20} MiB are left on the disk, {FREE_BYTES // 2**20} are kept free",
            remedy="free some space, or move the home (CREWCAST_HOME); the next sync goes on where this one stopped",
            free_bytes=free,
        )


def _broken(path: Path, what: str) -> SnapshotBrokenError:
    return SnapshotBrokenError(
        f"{path} {what}",
        remedy=f"restore {path.parent} from a backup, or remove it and sync again",
        folder=str(path.parent),
    )
