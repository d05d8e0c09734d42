"""Drafts of one city, a small file each. A change names the revision it was made on; another one meanwhile wins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from domain.draft import Draft
from domain.errors import ChangedMeanwhileError, CityBusyError, NotThereError
from storage.atomic import write_atomically
from storage.home import CityFolder

MOST = 200
WAIT_SECONDS = 10.0


def list_drafts(folder: CityFolder) -> list[Draft]:
    """All drafts by name. One that cannot be read, as a newer release wrote it, is left out."""
    found = [_read(path) for path in sorted(_folder(folder).glob("*.json"))]
    return sorted((draft for draft in found if draft is not None), key=lambda d: d.name.casefold())


def read_draft(folder: CityFolder, name: str) -> Draft:
    """The draft of that name. Raises NotThereError."""
    path = _path(folder, name)
    draft = _read(path) if path.exists() else None
    if draft is None:
        raise NotThereError(f"there is no draft '{name[:80]}'", remedy="see the list of drafts")
    return draft


def save_draft(folder: CityFolder, draft: Draft) -> None:
    """Keep a draft whose revision is one above the kept one's, 0 for a new one.

    Raises ChangedMeanwhileError, and keeps what is there, where somebody else was quicker.
    """
    with _alone(folder):
        path = _path(folder, draft.name)
        there = _read(path) if path.exists() else None
        expected = -1 if there is None else there.revision
        if draft.revision != expected + 1:
            raise _overtaken(draft.name, there)
        if there is None and len(list(_folder(folder).glob("*.json"))) >= MOST:
            raise ChangedMeanwhileError(f"there are {MOST} drafts already", remedy="remove those no longer needed")
        write_atomically(path, draft.model_dump_json(indent=1).encode())


def remove_draft(folder: CityFolder, name: str, revision: int) -> None:
    """Remove a draft as it was read. Raises NotThereError, ChangedMeanwhileError."""
    with _alone(folder):
        there = read_draft(folder, name)
        if there.revision != revision:
            raise _overtaken(name, there)
        _path(folder, name).unlink()


def _overtaken(name: str, there: Draft | None) -> ChangedMeanwhileError:
    if there is None:
        return ChangedMeanwhileError(f"the draft '{name}' was removed meanwhile", remedy="begin a new one", draft=name)
    last = f": {there.said[-1]}" if there.said else ""
    return ChangedMeanwhileError(
        f"{there.by} changed the draft '{name}' meanwhile{last}",
        remedy="look at it as it is now, and make your change again; nothing of theirs was overwritten",
        draft=name,
    )


@contextmanager
def _alone(folder: CityFolder) -> Iterator[None]:
    """One change at a time, whichever process makes it; a dead holder's lock is free."""
    lock = FileLock(str(_folder(folder) / "drafts.lock"))
    try:
        lock.acquire(timeout=WAIT_SECONDS)
    except Timeout as error:
        raise CityBusyError("the drafts are being changed by another process", remedy="try again") from error
    try:
        yield
    finally:
        lock.release()


def _read(path: Path) -> Draft | None:
    try:
        return Draft.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _path(folder: CityFolder, name: str) -> Path:
    """By the hash of the name: whatever it holds, it stays in the folder."""
    return _folder(folder) / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"


def _folder(folder: CityFolder) -> Path:
    own = folder.root / "drafts"
    own.mkdir(exist_ok=True)
    return own
