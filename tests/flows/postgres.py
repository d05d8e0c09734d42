"""A PostgreSQL server of its own: ordinary processes, a folder of its own, one loopback port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

PLACES = "/usr/lib/postgresql/*/bin"
UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this user."""
STARTS_WITHIN_SECONDS, STOPS_WITHIN_SECONDS = 60.0, 20.0
OWNER, PASSWORD = "owner", "own secret"


def programs() -> Path:
    """The folder of initdb and postgres. Skips where there is none, but never in CI."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/").glob(PLACES.lstrip("/")))
    if not folders:
        message = "no PostgreSQL server on this machine (Debian: postgresql)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folders[-1]


@contextmanager
def running() -> Iterator[str]:
    """host:port of a server whose superuser is OWNER with PASSWORD; gone with its data at the end."""
    at = programs()
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="crewcast-postgres-"))
    try:
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        if user:
            for path in (folder, secret):
                shutil.chown(path, user)
        made = [at / "initdb", "-D", folder / "data", "-U", OWNER, "--pwfile", secret, "-A", "scram-sha-256", "-N"]
        subprocess.run([*made, "-E", "UTF8", "--no-locale"], user=user, check=True, capture_output=True, cwd=folder)
        with _server(at, folder, user) as address:
            yield address
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server(at: Path, folder: Path, user: str | None) -> Iterator[str]:
    port = _free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    given = [f"-c{name}={value}" for name, value in settings.items()]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [at / "postgres", "-D", folder / "data", *given], user=user, cwd=folder, stdout=log, stderr=log
        ) as server,
    ):
        try:
            _wait(f"host=127.0.0.1 port={port} user={OWNER} password='{PASSWORD}' dbname=postgres", server, folder)
            yield f"127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)  # waits for every client: one that stays connected is a fault
            _ended(server)


def _ended(server: subprocess.Popen[bytes]) -> None:
    try:
        server.wait(STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGINT)
        server.wait(STOPS_WITHIN_SECONDS)
        pytest.fail("somebody is still connected to the database")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(address: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
