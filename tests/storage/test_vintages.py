from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.errors import NothingPublishedError, VintageBrokenError
from domain.manifest import Manifest
from domain.tables import HEALTH
from storage.home import CityFolder, open_home
from storage.parquet import table_bytes
from storage.vintages import (
    find_by_inputs,
    latest,
    list_vintages,
    next_revision,
    publish,
    read_vintage,
    vintage_id,
)

AS_OF = date(2024, 3, 10)
INPUTS = "ab" * 32
ROOT = Path(__file__).parents[2]
Build = Callable[..., Manifest]


@pytest.fixture
def build_manifest() -> Build:
    def build(as_of: date = AS_OF, revision: int = 0, inputs: str = INPUTS, **fields: Any) -> Manifest:
        settings: dict[str, Any] = {
            "schema_version": 1,
            "vintage_id": vintage_id(as_of, revision, inputs),
            "city": "testville",
            "title": "Testville",
            "label": "",
            "is_simulated": True,
            "crews_are_invented": True,
            "timezone": "America/Chicago",
            "as_of": as_of,
            "origin": as_of,
            "revision": revision,
            "horizon_days": 14,
            "first_date": as_of,
            "last_date": as_of,
            "modes": (),
            "data_ages": {"requests": 0, "issued weather": None},
            "seed": 7,
            "snapshot": "s",
            "code_version": "c",
            "lock_hash": "l",
            "config_hash": "c",
            "recipes": (),
            "solve": None,
            "currency": "USD",
            "unlocated_share": {"pothole": 0.04},
            **fields,
        }
        return Manifest(**settings)

    return build


@pytest.fixture(scope="module")
def tables() -> dict[str, bytes]:
    row = {"vintage_id": "v", "kind": "note", "item": "a", "value": "b", "severity": "ok", "remedy": ""}
    return {"health": table_bytes(pd.DataFrame([row]), HEALTH)}


FILES = {"plan.csv": b"date,yard\n", "report.html": b"<html></html>"}


def test_a_vintage_holds_what_was_published_and_lists_it(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    path = publish(folder, build_manifest(), tables, FILES)
    vintage = latest(folder)
    assert vintage.folder == path
    assert list(vintage.manifest.files) == ["health.parquet", "plan.csv", "report.html"]
    assert vintage.manifest.files["health.parquet"].rows == 1
    assert vintage.manifest.files["plan.csv"].rows is None
    assert vintage.bytes("plan.csv") == FILES["plan.csv"]
    assert vintage.frame("health")["item"].tolist() == ["a"]
    vintage.verify()


def test_publishing_the_same_again_gives_the_same_vintage(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    path = publish(folder, build_manifest(), tables, FILES)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in path.iterdir()}
    assert publish(folder, build_manifest(), tables, FILES) == path
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in path.iterdir()} == before
    assert list_vintages(folder) == [path.name]


def test_other_content_under_the_same_id_is_an_error_and_changes_nothing(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    publish(folder, build_manifest(), tables, FILES)
    with pytest.raises(VintageBrokenError, match="other content"):
        publish(folder, build_manifest(), tables, {**FILES, "plan.csv": b"other"})
    latest(folder).verify()


def test_only_a_newer_vintage_moves_latest(folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]) -> None:
    def published(as_of: date, revision: int = 0, **fields: Any) -> str:
        publish(folder, build_manifest(as_of, revision, **fields), tables, FILES)
        return latest(folder).manifest.vintage_id

    first = published(AS_OF)
    assert published(date(2024, 3, 1)) == first
    second = published(AS_OF, 1)
    assert second != first
    later = published(date(2024, 3, 11), 0, origin=AS_OF)
    assert later.startswith("2024-03-11")
    assert published(AS_OF, 2) == later
    assert len(list_vintages(folder)) == 5


def test_latest_stays_where_it_is_when_asked_to(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    publish(folder, build_manifest(), tables, FILES, move_latest=False)
    with pytest.raises(NothingPublishedError, match="nothing has been published"):
        latest(folder)
    assert len(list_vintages(folder)) == 1


def test_latest_is_a_plain_file_and_the_home_can_be_moved(
    tmp_path: Path, folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    publish(folder, build_manifest(), tables, FILES)
    assert folder.latest.is_file()
    assert not folder.latest.is_symlink()
    (tmp_path / "home").rename(tmp_path / "moved")
    latest(open_home(tmp_path / "moved").city("testville")).verify()


def test_revisions_count_up_and_the_same_inputs_find_theirs(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    assert (next_revision(folder, AS_OF), find_by_inputs(folder, AS_OF, INPUTS)) == (0, None)
    for revision in range(11):
        publish(folder, build_manifest(revision=revision, inputs=f"{revision:08x}"), tables, FILES)
    assert next_revision(folder, AS_OF) == 11
    assert next_revision(folder, date(2024, 3, 11)) == 0
    assert find_by_inputs(folder, AS_OF, f"{9:08x}ffff") == 9
    assert find_by_inputs(folder, date(2024, 3, 11), f"{9:08x}") is None
    assert [v.split("-")[3] for v in list_vintages(folder)] == [f"r{r}" for r in range(11)]


@pytest.mark.parametrize("name", ["health.parquet", "plan.csv"])
def test_an_altered_file_is_noticed(
    name: str, folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    path = publish(folder, build_manifest(), tables, FILES)
    data = bytearray((path / name).read_bytes())
    data[5] ^= 1
    (path / name).write_bytes(bytes(data))
    with pytest.raises(VintageBrokenError, match=f"'{name}' does not hold the bytes"):
        latest(folder).verify()


def test_a_missing_or_an_added_file_is_noticed(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    path = publish(folder, build_manifest(), tables, FILES)
    (path / "plan.csv").rename(path / "plan2.csv")
    with pytest.raises(VintageBrokenError, match=r"\['plan.csv', 'plan2.csv'\]"):
        latest(folder).verify()
    with pytest.raises(VintageBrokenError, match=r"no file 'plan.csv'"):
        latest(folder).bytes("plan.csv")


def test_a_vintage_of_an_unknown_schema_is_refused_in_words(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    path = publish(folder, build_manifest(schema_version=2), tables, FILES)
    with pytest.raises(VintageBrokenError, match="schema 2; this release reads schema 1"):
        read_vintage(folder, path.name)


@pytest.mark.parametrize("name", ["2024-03-10-r0-00000000", "../vintages", ".tmp-1", ""])
def test_a_vintage_that_is_not_there_is_named_with_those_that_are(
    name: str, folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    there = publish(folder, build_manifest(), tables, FILES).name
    with pytest.raises(NothingPublishedError) as caught:
        read_vintage(folder, name)
    assert there in caught.value.remedy


def test_what_killed_writers_left_is_swept_by_the_next(
    folder: CityFolder, build_manifest: Build, tables: dict[str, bytes]
) -> None:
    (folder.vintages / ".tmp-dead").mkdir()
    (folder.root / ".tmp-pointer").write_bytes(b"half")
    publish(folder, build_manifest(), tables, FILES)
    assert [p.name for p in folder.root.rglob("*") if p.name.startswith(".tmp-")] == []


PUBLISHERS = """
import itertools, os, sys
from datetime import timedelta
from pathlib import Path
from domain.manifest import Manifest
from storage.home import open_home
from storage.vintages import publish, vintage_id
folder = open_home(Path(sys.argv[1])).city("testville")
start = Manifest.model_validate_json(Path(sys.argv[2]).read_bytes())

def tell(word):
    os.write(1, f"{word}\\n".encode())  # one write, as two processes share the pipe

def publish_for_ever(first):
    for step in itertools.count(first):
        day = start.as_of + timedelta(days=step)
        named = start.model_copy(update={"as_of": day, "origin": day, "vintage_id": vintage_id(day, 0, "ab" * 8)})
        publish(folder, named, {}, {f"file{i}": bytes([i]) * 20_000 for i in range(8)})
        tell("published")

for line in sys.stdin:
    told, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(told, 1)  # not before the test knows whom to kill
        publish_for_ever(int(line))
    tell(child)
    os.write(go, b"!")
    os.waitpid(child, 0)
    tell("dead")
"""
"""A process that starts one publisher after the other, so that imports are paid for once."""
KILLS = 40


def test_killed_at_any_moment_latest_names_a_whole_vintage(
    tmp_path: Path, folder: CityFolder, build_manifest: Build
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(build_manifest().model_dump_json())
    moments, seen, step, pace = random.Random(2), [], 0, 0.01
    command = [sys.executable, "-c", PUBLISHERS, str(tmp_path / "home"), str(manifest)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(KILLS):
            print(step, file=nursery.stdin, flush=True)
            publisher, since = int(nursery.stdout.readline()), time.monotonic()
            whole = moments.randrange(3)
            for _ in range(whole):
                assert nursery.stdout.readline() == "published\n"
            pace = (time.monotonic() - since) / whole if whole else pace
            time.sleep(moments.uniform(0.0, pace))
            os.kill(publisher, signal.SIGKILL)
            while nursery.stdout.readline() != "dead\n":
                pass
            if folder.latest.exists():
                seen.append(latest(folder).manifest.as_of)
                latest(folder).verify()
            step = max([0, *((date.fromisoformat(n[:10]) - AS_OF).days for n in list_vintages(folder))])
        nursery.stdin.close()
    for name in list_vintages(folder):
        read_vintage(folder, name).verify()
    assert seen == sorted(seen)
    assert len(set(seen)) > KILLS // 4
