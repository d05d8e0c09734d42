"""One writer per city. The lock is the operating system's, so a dead holder's lock is free at once."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from domain.errors import CityBusyError
from storage.atomic import write_atomically
from storage.home import CityFolder


@dataclass(frozen=True)
class Holder:
    """Who holds a city. since: UTC, ISO 8601."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        return f"'{self.command}' (process {self.pid} on {self.host}, since {self.since})"


@contextmanager
def city_lock(folder: CityFolder, command: str, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the city's lock over the block; wait for it up to `wait_seconds`.

    Raises CityBusyError naming the holder. The lock dies with its process, kill -9 included; the note that names the
    holder may outlive it, and is believed only while the lock is taken.
    """
    lock = _taken(folder, wait_seconds)
    try:
        _note(folder, command)
        yield
    finally:
        _note_path(folder).unlink(missing_ok=True)
        lock.release()


def check_free(folder: CityFolder) -> None:
    """Raise CityBusyError naming the holder where the city is held just now: to say so before anything is started."""
    _taken(folder, 0).release()


def read_holder(folder: CityFolder) -> Holder | None:
    """Who last noted that they hold the city; None where nobody did. Says nothing about the lock itself."""
    try:
        return Holder(**json.loads(_note_path(folder).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _taken(folder: CityFolder, wait_seconds: float) -> FileLock:
    """The city's lock, held by us."""
    lock = FileLock(str(folder.lock))
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        holder = read_holder(folder)
        who = str(holder) if holder else "another run that has just started"
        raise CityBusyError(
            f"{folder.root.name} is being written by {who}",
            remedy="wait for it to end (--wait SECONDS), or stop that process; nothing else needs cleaning up",
            holder=holder,
        ) from error
    return lock


def _note(folder: CityFolder, command: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    holder = Holder(os.getpid(), socket.gethostname(), command, since)
    write_atomically(_note_path(folder), json.dumps(asdict(holder), indent=2).encode())


def _note_path(folder: CityFolder) -> Path:
    return folder.lock.with_name("holder.json")
