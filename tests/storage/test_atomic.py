from __future__ import annotations

from pathlib import Path

import pytest

from storage.atomic import make_folder_atomically, sweep, write_atomically


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "pointer"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pointer"
    write_atomically(path, b"old")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_appears_under_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "vintage"
    with make_folder_atomically(path) as temporary:
        (temporary / "a").write_bytes(b"1")
        assert not path.exists()
    assert [p.name for p in path.iterdir()] == ["a"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_whose_making_fails_never_appears(tmp_path: Path) -> None:
    def fail(temporary: Path) -> None:
        (temporary / "a").write_bytes(b"1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), make_folder_atomically(tmp_path / "vintage") as temporary:
        fail(temporary)
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_killed_writers_are_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"")
    (tmp_path / ".tmp-file").write_bytes(b"")
    (tmp_path / ".tmp-folder").mkdir()
    (tmp_path / ".tmp-folder" / "part").write_bytes(b"")
    assert sweep(tmp_path) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]
