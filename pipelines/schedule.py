"""Serve the daily flow on a cron: an own Prefect server on loopback, and a runner that fires the runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from prefect import flow
from prefect.runtime import flow_run
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from domain.errors import CrewcastError
from pipelines.daily import daily_flow
from pipelines.environment import OWN_API
from pipelines.job import Job

START_SECONDS = 180
SLOT = timedelta(days=1)


class SchedulerDownError(CrewcastError):
    """The scheduling server did not come up or has stopped."""


def cron_of(at: str) -> str:
    """ "05:00" as a daily cron line."""
    hour, minute = at.split(":")
    return f"{int(minute)} {int(hour)} * * *"


@flow(name="crewcast-scheduled", validate_parameters=False)
def scheduled_flow(city: str, home: str) -> str:
    """What the schedule fires. A slot that a later one has overtaken (after an outage) is skipped."""
    due = flow_run.scheduled_start_time
    if due is not None and datetime.now(UTC) - due >= SLOT:
        return f"skipped: the slot of {due.isoformat()} is superseded"
    job = Job(city, Path(home), datetime.now(UTC), move_latest=True, wait_seconds=3600)
    return str(daily_flow(job).folder)


def serve(city: str, home: Path, at: str, timezone: str) -> None:
    """Block and fire a run every day at `at` local time, until interrupted."""
    with _api():
        scheduled_flow.serve(
            name=f"{city} at {at}".replace("/", "-"),
            schedule=Cron(cron_of(at), timezone=timezone),
            parameters={"city": city, "home": str(home)},
            limit=1,
            entrypoint_type=EntrypointType.MODULE_PATH,
            print_starting_message=False,
        )


@contextmanager
def _api() -> Iterator[None]:
    """The user's own API where asked for, else a server of ours: the ephemeral one never schedules."""
    if os.environ.get(OWN_API):
        yield
        return
    port = _free_port()
    command = [sys.executable, "-m", "prefect", "server", "start", "--no-ui", "--host", "127.0.0.1", "--port"]
    url = f"http://127.0.0.1:{port}/api"
    log = Path(os.environ["PREFECT_HOME"]) / "server.log"
    with (
        log.open("ab") as sink,
        subprocess.Popen([*command, str(port)], stdout=sink, stderr=sink) as server,
    ):
        try:
            _wait_until_healthy(url, server, log)
            os.environ["PREFECT_API_URL"] = url
            from prefect.context import refresh_global_settings_context

            refresh_global_settings_context()
            yield
        finally:
            server.terminate()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SchedulerDownError(
                f"the scheduling server stopped at once (code {server.returncode})", remedy=f"read {log}"
            )
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise SchedulerDownError(f"the scheduling server did not answer within {START_SECONDS} s", remedy=f"read {log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
