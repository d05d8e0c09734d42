"""What serving keeps in the home beside the cities: tokens (hashed) and the audit log. Readable by the owner alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from domain.category import Strict
from domain.errors import CityBusyError, HomeUnusableError
from storage.atomic import write_atomically
from storage.home import Home

SCHEMA_VERSION = 1
WAIT_SECONDS = 10.0


class TokenEntry(Strict):
    """A token as it is kept. digest: SHA-256 (hex) of its secret, 256 random bits, so no salt is needed.

    made, revoked: UTC, ISO 8601; revoked is empty while it may be used. A revoked entry is kept, so that its name
    still stands for somebody in the audit log.
    """

    id: str
    name: str
    role: str
    digest: str
    made: str
    revoked: str = ""


class _Tokens(Strict):
    schema_version: int = SCHEMA_VERSION
    tokens: tuple[TokenEntry, ...] = ()


def _folder(home: Home) -> Path:
    folder = home.root / "serve"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def tokens_path(home: Home) -> Path:
    """Where the tokens lie; the file may be missing."""
    return _folder(home) / "tokens.json"


def read_tokens(home: Home) -> tuple[TokenEntry, ...]:
    """All entries, revoked ones too, oldest first. Raises HomeUnusableError where the file is not as it was written:
    then nobody may come in, rather than everybody."""
    path = tokens_path(home)
    if not path.exists():
        return ()
    try:
        return _Tokens.model_validate_json(path.read_bytes()).tokens
    except ValidationError as error:
        raise HomeUnusableError(
            f"{path} cannot be read as a list of tokens",
            remedy="restore it from a backup, or remove it and make the tokens anew (crewcast tokens add)",
        ) from error


@contextmanager
def changing_tokens(home: Home) -> Iterator[list[TokenEntry]]:
    """The entries to change; what the list holds at the end of the block replaces the file."""
    path = tokens_path(home)
    lock = FileLock(str(path.with_suffix(".lock")))
    try:
        lock.acquire(timeout=WAIT_SECONDS)
    except Timeout as error:
        raise CityBusyError("the tokens are being changed by another process", remedy="try again") from error
    try:
        entries = list(read_tokens(home))
        yield entries
        text = _Tokens(tokens=tuple(entries)).model_dump_json(indent=1)
        write_atomically(path, text.encode())
        path.chmod(0o600)
    finally:
        lock.release()


def write_audit(home: Home, entry: dict[str, object]) -> None:
    """Add one line to the audit log; it is on disk when this returns. The file is only ever added to."""
    line = (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    handle = os.open(_folder(home) / "audit.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def read_audit(home: Home, most: int = 200) -> list[dict[str, object]]:
    """The last entries, newest first; a line cut short by a full disk is left out."""
    path = _folder(home) / "audit.jsonl"
    if not path.exists():
        return []
    found: list[dict[str, object]] = []
    for line in reversed(path.read_bytes().splitlines()[-most:]):
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
