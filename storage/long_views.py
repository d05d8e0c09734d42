"""Long views: immutable folders of daily draws over a year or more, and one pointer file that names the newest.

They lie beside the vintages, not in them: draws of 400 days are too large for a daily publication.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from domain.errors import HistoryTooShortError, NothingPublishedError, VintageBrokenError
from domain.long_view import LongViewManifest
from domain.manifest import FileEntry
from domain.panel import Draws, Ints
from domain.tables import Table
from domain.tables.long_view import LONG_VIEW_DRAWS, LONG_VIEW_TOTALS, LONG_VIEW_WEATHER, LONG_VIEW_WEATHER_PATHS
from domain.words import SCHEMA_VERSION
from storage.atomic import make_folder_atomically, sweep, write_atomically
from storage.home import CityFolder
from storage.parquet import read_table

MANIFEST = "manifest.json"
LATEST = "latest.json"
SAMPLES = "samples.parquet"
TABLES: dict[str, Table] = {
    "draws": LONG_VIEW_DRAWS,
    "weather_paths": LONG_VIEW_WEATHER_PATHS,
    "weather": LONG_VIEW_WEATHER,
    "totals": LONG_VIEW_TOTALS,
}
_NAME = re.compile(r"^\d{4}-\d\d-\d\d-\d+d-[a-z0-9-]+-[0-9a-f]{8}$")


@dataclass(frozen=True)
class LongView:
    """One long view. folder: where its files lie, to read only."""

    folder: Path

    @cached_property
    def manifest(self) -> LongViewManifest:
        return _read_manifest(self.folder)

    def frame(self, name: str) -> pd.DataFrame:
        """One of the tables draws, weather_paths, weather, totals."""
        return read_table(self.folder / f"{name}.parquet", TABLES[name])

    def draws(self) -> Draws:
        """The joint index of the draws: the weather path and weight of each."""
        table = self.frame("draws")
        return Draws(
            self.manifest.seed,
            table["weather_path_id"].to_numpy(dtype=np.int32),
            table["weight"].to_numpy(dtype=np.float64),
        )

    def samples(self, category: str) -> Ints:
        """The draws of one category, (A, H, S) in the order of manifest.areas; one category in memory at a time.

        HistoryTooShortError where the view has none of it.
        """
        manifest = self.manifest
        if category not in manifest.categories:
            raise HistoryTooShortError(
                manifest.left_out.get(category, f"{category} is not in the long view {manifest.view_id}"),
                remedy=f"wait until it has a year, or take {category} out of `categories` in a copy of the city's YAML",
            )
        areas, first = len(manifest.areas), manifest.categories.index(category) * len(manifest.areas)
        out: Ints = np.empty((areas, manifest.days, manifest.draws), dtype=np.int32)
        with pq.ParquetFile(self.folder / SAMPLES) as file:
            for area in range(areas):
                column = file.read_row_group(first + area, columns=["samples"]).column("samples")
                flat = pc.list_flatten(column.combine_chunks()).to_numpy(zero_copy_only=False)
                out[area] = flat.reshape(manifest.days, manifest.draws)
        return out

    def verify(self) -> None:
        """Raise VintageBrokenError unless the folder holds exactly the files and bytes that were written."""
        there = {p.name for p in self.folder.iterdir()} - {MANIFEST}
        if there != set(self.manifest.files):
            raise _broken(self.folder, f"files differ from the manifest: {sorted(there ^ set(self.manifest.files))}")
        for name, entry in self.manifest.files.items():
            if _entry(self.folder / name).sha256 != entry.sha256:
                raise _broken(self.folder, f"'{name}' does not hold the bytes that were written")


def find_view(folder: CityFolder, view_id: str) -> LongView | None:
    """The long view of that id, verified; None where there is none yet."""
    path = folder.long_views / view_id
    if not path.is_dir():
        return None
    view = LongView(path)
    view.verify()
    return view


def write_view(
    folder: CityFolder, manifest: LongViewManifest, fill: Callable[[Path], None], *, move_latest: bool
) -> LongView:
    """Make the folder of a view whole or not at all. `fill` writes every file but the manifest into a folder.

    The caller holds the city's lock. move_latest: let the pointer name it, unless it names a later origin.
    """
    folder.long_views.mkdir(parents=True, exist_ok=True)
    sweep(folder.long_views)
    path = folder.long_views / manifest.view_id
    with make_folder_atomically(path) as temporary:
        fill(temporary)
        files = {p.name: _entry(p) for p in sorted(temporary.iterdir())}
        text = manifest.model_copy(update={"files": files}).model_dump_json(indent=1) + "\n"
        (temporary / MANIFEST).write_bytes(text.encode())
    view = LongView(path)
    if move_latest:
        point(folder, view.manifest)
    return view


def point(folder: CityFolder, manifest: LongViewManifest) -> None:
    """Let `latest.json` name this view for its scenario, unless the one it names has a later origin or as-of day."""
    named = _pointers(folder)
    there = named.get(manifest.scenario)
    mine = {"view_id": manifest.view_id, "origin": str(manifest.origin), "as_of": str(manifest.as_of)}
    if there is None or (mine["origin"], mine["as_of"]) >= (there["origin"], there["as_of"]):
        named[manifest.scenario] = mine
        write_atomically(folder.long_views / LATEST, json.dumps(named, indent=1, sort_keys=True).encode())


def latest_view(folder: CityFolder, scenario: str) -> LongView:
    """The newest long view of a scenario; NothingPublishedError where there is none."""
    named = _pointers(folder)
    if scenario not in named:
        raise NothingPublishedError(
            f"{folder.root.name}: there is no long view of the scenario '{scenario}'",
            remedy=f"run 'crewcast forecast {folder.root.name} --scenario {scenario}'",
            city=folder.root.name,
            scenario=scenario,
        )
    return LongView(folder.long_views / named[scenario]["view_id"])


def list_views(folder: CityFolder) -> list[str]:
    """Ids of all long views, by as-of day."""
    return sorted(p.name for p in folder.long_views.glob("*") if _NAME.match(p.name))


def _pointers(folder: CityFolder) -> dict[str, dict[str, str]]:
    path = folder.long_views / LATEST
    named: dict[str, dict[str, str]] = json.loads(path.read_bytes()) if path.exists() else {}
    return named


def _entry(path: Path) -> FileEntry:
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else None
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(sha256=digest, bytes=path.stat().st_size, rows=rows)


def _read_manifest(folder: Path) -> LongViewManifest:
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise _broken(folder, f"its manifest cannot be read ({error})") from error
    if raw.get("schema_version") != SCHEMA_VERSION:
        raise _broken(folder, f"schema {raw.get('schema_version')}; this release reads schema {SCHEMA_VERSION}")
    return LongViewManifest.model_validate(raw)


def _broken(folder: Path, what: str) -> VintageBrokenError:
    return VintageBrokenError(
        f"long view {folder.name}: {what}",
        remedy="delete its folder and run 'crewcast forecast' again",
        folder=str(folder),
    )
