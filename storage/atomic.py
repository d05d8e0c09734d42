"""Files and folders that appear whole or not at all, also when the machine stops half-way."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = ".tmp-"


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: a reader sees the old bytes or the new ones, never a part of them."""
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}")
    try:
        _write_through(temporary, data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def make_folder_atomically(path: Path) -> Iterator[Path]:
    """A temporary folder beside `path` that takes its name when the block ends without an error.

    The block fills it (no sub-folders) and must not have `path` exist; its files are made durable before the rename.
    """
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for file in sorted(temporary.iterdir()):
            _sync(file)
        sync_folder(temporary)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(path.parent)


def sweep(folder: Path) -> int:
    """Remove what killed writers left in `folder`; how many leftovers. Only the holder of the city's lock may."""
    leftovers = sorted(folder.glob(f"{TEMPORARY}*"))
    for leftover in leftovers:
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()
    return len(leftovers)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    _sync(folder)


def _write_through(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
