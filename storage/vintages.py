"""Vintages: immutable publications behind one pointer file. Killed at any moment, what `latest` names is whole."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

import domain.tables
from domain.errors import NothingPublishedError, VintageBrokenError
from domain.manifest import FileEntry, Manifest
from domain.panel import Ints
from domain.words import SCHEMA_VERSION
from storage.atomic import make_folder_atomically, sweep, write_atomically
from storage.home import CityFolder
from storage.parquet import read_samples, read_table

MANIFEST = "manifest.json"
HASH_LENGTH = 8
_NAME = re.compile(rf"^(\d{{4}}-\d\d-\d\d)-r(\d+)-([0-9a-f]{{{HASH_LENGTH}}})$")
_TABLES = {t.name: t for t in domain.tables.PUBLISHED}
_REMEDY = "publish again; earlier vintages stay readable (see 'crewcast runs')"


@dataclass(frozen=True)
class Vintage:
    """One publication. folder: where its files lie, to read only."""

    folder: Path

    @cached_property
    def manifest(self) -> Manifest:
        """What it was made from and what it holds."""
        return _read_manifest(self.folder)

    def bytes(self, name: str) -> bytes:
        """The bytes of one file, e.g. "plan.csv"; VintageBrokenError where it is not listed or was altered."""
        entry = self.manifest.files.get(name)
        path = self.folder / name
        if entry is None or not path.is_file():
            raise _broken(self.folder, f"no file '{name}'; there are {', '.join(self.manifest.files)}")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise _broken(self.folder, f"'{name}' does not hold the bytes that were published")
        return data

    def frame(self, table_name: str) -> pd.DataFrame:
        """One table of `domain.tables.PUBLISHED`; the draws in `samples` as one integer array a row."""
        return read_table(self.bytes(f"{table_name}.parquet"), _TABLES[table_name])

    def samples(self, table_name: str = "forecasts") -> Ints:
        """The draws of the rows of a table that hold any (`forecasts`: at area level), in their order: (R, S)."""
        return read_samples(self.bytes(f"{table_name}.parquet"), _TABLES[table_name])

    def verify(self) -> None:
        """Raise VintageBrokenError unless the folder holds exactly the files and bytes that were published."""
        there = {p.name for p in self.folder.iterdir()} - {MANIFEST}
        if there != set(self.manifest.files):
            raise _broken(self.folder, f"files differ from the manifest: {sorted(there ^ set(self.manifest.files))}")
        for name in self.manifest.files:
            self.bytes(name)


def vintage_id(as_of: date, revision: int, inputs_hash: str) -> str:
    """The name of a publication: as-of day, revision of that day, hash (hex) of everything it was made from."""
    name = f"{as_of}-r{revision}-{inputs_hash[:HASH_LENGTH]}"
    if not _NAME.match(name):
        raise ValueError(f"'{name}' is no vintage id: the hash must be {HASH_LENGTH} or more hex digits")
    return name


def publish(
    folder: CityFolder,
    manifest: Manifest,
    tables: dict[str, bytes],
    files: dict[str, bytes],
    *,
    move_latest: bool = True,
) -> Path:
    """Write a vintage whole, then let `latest` name it if it is newer. The caller holds the city's lock.

    tables: name -> Parquet bytes (stored as NAME.parquet). files: file name -> bytes. The manifest's `files` are
    filled in here. A vintage that is already there with the same content is verified and returned.
    Raises VintageBrokenError where one of that id is there with other content.
    """
    sweep(folder.root)
    sweep(folder.vintages)
    contents = {**{f"{name}.parquet": data for name, data in tables.items()}, **files}
    full = manifest.model_copy(update={"files": {name: _entry(name, contents[name]) for name in sorted(contents)}})
    text = (full.model_dump_json(indent=1) + "\n").encode()
    path = folder.vintages / manifest.vintage_id
    if path.exists():
        _check_same(path, text)
    else:
        with make_folder_atomically(path) as temporary:
            for name, data in {**contents, MANIFEST: text}.items():
                (temporary / name).write_bytes(data)
    if move_latest and _is_newer(folder, full):
        write_atomically(folder.latest, _pointer(full))
    return path


def latest(folder: CityFolder) -> Vintage:
    """The vintage that `latest` names; NothingPublishedError where there is none."""
    if not folder.latest.exists():
        raise NothingPublishedError(
            f"{folder.root.name}: nothing has been published yet",
            remedy=f"run 'crewcast run {folder.root.name}'",
            city=folder.root.name,
        )
    return read_vintage(folder, str(json.loads(folder.latest.read_bytes())["vintage_id"]))


def read_vintage(folder: CityFolder, vintage: str) -> Vintage:
    """The vintage of that id. Raises NothingPublishedError where there is none, VintageBrokenError where it cannot be
    read or a newer release wrote it."""
    path = folder.vintages / vintage
    if not _NAME.match(vintage) or not path.is_dir():
        known = ", ".join(list_vintages(folder)[-5:]) or "none yet"
        raise NothingPublishedError(
            f"{folder.root.name}: there is no vintage '{vintage}'",
            remedy=f"choose one of those published, newest last: {known}",
            vintage=vintage,
        )
    opened = Vintage(path)
    _ = opened.manifest  # a schema that cannot be read is refused here, not at the first table
    return opened


def list_vintages(folder: CityFolder) -> list[str]:
    """Ids of all vintages by as-of day and revision, newest last."""
    found = [m for p in folder.vintages.iterdir() if (m := _NAME.match(p.name))]
    return [m[0] for m in sorted(found, key=lambda m: (m[1], int(m[2]), m[3]))]


def next_revision(folder: CityFolder, as_of: date) -> int:
    """The first revision of an as-of day that is not taken, from 0."""
    return max((revision for day, revision, _ in _names(folder) if day == str(as_of)), default=-1) + 1


def find_by_inputs(folder: CityFolder, as_of: date, inputs_hash: str) -> int | None:
    """The revision under which an as-of day was already published from the same inputs, or None."""
    short = inputs_hash[:HASH_LENGTH]
    return next((r for day, r, found in _names(folder) if day == str(as_of) and found == short), None)


def _names(folder: CityFolder) -> list[tuple[str, int, str]]:
    matches = [_NAME.match(name) for name in list_vintages(folder)]
    return [(m[1], int(m[2]), m[3]) for m in matches if m]


def _entry(name: str, data: bytes) -> FileEntry:
    rows = pq.read_metadata(BytesIO(data)).num_rows if name.endswith(".parquet") else None
    return FileEntry(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), rows=rows)


def _check_same(path: Path, text: bytes) -> None:
    if (path / MANIFEST).read_bytes() != text:
        raise _broken(path, "it was published before with other content from the same inputs")
    Vintage(path).verify()


def _pointer(manifest: Manifest) -> bytes:
    names = {"vintage_id", "origin", "as_of", "revision"}
    return manifest.model_dump_json(indent=1, include=names).encode()


def _is_newer(folder: CityFolder, manifest: Manifest) -> bool:
    """By (origin, as-of day, revision): of two with one origin, the later as-of day knows more weather."""
    if not folder.latest.exists():
        return True
    there = json.loads(folder.latest.read_bytes())
    before = (there["origin"], there["as_of"], int(there["revision"]))
    return (str(manifest.origin), str(manifest.as_of), manifest.revision) > before


def _read_manifest(folder: Path) -> Manifest:
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise _broken(folder, f"its manifest cannot be read ({error})") from error
    version = raw.get("schema_version")
    if version != SCHEMA_VERSION:
        raise VintageBrokenError(
            f"vintage {folder.name}: schema {version}; this release reads schema {SCHEMA_VERSION}",
            remedy="open it with the release that wrote it, or update crewcast",
            schema_version=version,
        )
    return Manifest.model_validate(raw)


def _broken(folder: Path, what: str) -> VintageBrokenError:
    return VintageBrokenError(f"vintage {folder.name}: {what}", remedy=_REMEDY, folder=str(folder))
