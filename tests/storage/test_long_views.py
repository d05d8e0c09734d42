"""Long views appear whole or not at all, and the pointer never goes back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.errors import VintageBrokenError
from domain.long_view import LongViewManifest
from storage.home import CityFolder, open_home
from storage.long_samples import writing_samples
from storage.long_views import find_view, latest_view, list_views, write_view

DATES = pd.date_range("2024-07-01", periods=3, unit="us")
SAMPLES = np.arange(2 * 3 * 4, dtype=np.int32).reshape(2, 3, 4) * 3000


@pytest.fixture
def folder(tmp_path: Path) -> CityFolder:
    return open_home(tmp_path).city("testville")


def manifest(as_of: date = date(2024, 6, 30)) -> LongViewManifest:
    return LongViewManifest(
        schema_version=1, view_id=f"{as_of}-3d-wet-year-0123abcd", city="testville", title="Testville", label="",
        is_simulated=False, timezone="UTC", as_of=as_of, origin=as_of, days=3, first_date=DATES[0].date(),
        last_date=DATES[-1].date(), scenario="wet-year", rule="wet", weather="none", weather_paths=0, draws=4, seed=7,
        areas=("a", "b"), categories=("pothole", "noise"), modes=(), params={}, learnt={}, unlocated_share={},
        attribution=(), snapshot="s", code_version="c", lock_hash="l", config_hash="h",
    )  # fmt: skip


def fill(folder: Path) -> None:
    with writing_samples(folder / "samples.parquet", ("a", "b"), DATES, 4) as writer:
        writer.write("pothole", SAMPLES)
        writer.write("noise", SAMPLES + 1)


def test_samples_come_back_as_they_were_written(folder: CityFolder) -> None:
    view = write_view(folder, manifest(), fill, move_latest=True)
    np.testing.assert_array_equal(view.samples("pothole"), SAMPLES)
    np.testing.assert_array_equal(view.samples("noise"), SAMPLES + 1)
    assert view.manifest.files["samples.parquet"].rows == 12
    assert latest_view(folder, "wet-year").folder == view.folder


def test_a_view_half_written_is_not_there(folder: CityFolder) -> None:
    def fail(into: Path) -> None:
        fill(into)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="disk"):
        write_view(folder, manifest(), fail, move_latest=True)
    assert list_views(folder) == []
    assert find_view(folder, manifest().view_id) is None


def test_an_earlier_origin_does_not_move_the_pointer(folder: CityFolder) -> None:
    newest = write_view(folder, manifest(), fill, move_latest=True)
    write_view(folder, manifest(date(2024, 1, 31)), fill, move_latest=True)
    assert len(list_views(folder)) == 2
    assert latest_view(folder, "wet-year").folder == newest.folder


def test_an_altered_or_lost_file_is_found_out(folder: CityFolder) -> None:
    view = write_view(folder, manifest(), fill, move_latest=True)
    (view.folder / "samples.parquet").unlink()
    with pytest.raises(VintageBrokenError, match="differ from the manifest"):
        find_view(folder, view.folder.name)
