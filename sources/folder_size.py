"""A folder of a cache is kept within a size."""

from __future__ import annotations

from pathlib import Path


def prune(folder: Path, most: int) -> None:
    """Remove the oldest files of a flat cache until the rest has at most `most` bytes."""
    there = [f for f in folder.iterdir() if f.is_file()] if folder.is_dir() else []
    files = [(f.stat().st_mtime, f.stat().st_size, f) for f in there]
    size = sum(s for _, s, _ in files)
    for _, own, file in sorted(files):
        if size <= most:
            return
        file.unlink(missing_ok=True)
        size -= own
