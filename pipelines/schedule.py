"""Serve the daily flow on a cron: Prefect's scheduler fires it, each run in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import prefect
import prefect.runtime
import psutil
from prefect.client.schemas.objects import FlowRun, State
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from domain.errors import CrewcastError, ServerDownError
from pipelines.board import showing
from pipelines.daily import daily_flow
from pipelines.environment import OWN_API
from pipelines.interrupt import leaving_at_once
from pipelines.job import Job
from pipelines.server import check_server, server_pid, start_server, stop_server
from pipelines.slots import cron_of, is_superseded, local, next_slot
from pipelines.sync import brought_up_to_date
from storage.home import open_home

WAIT_FOR_THE_CITY_SECONDS = 3600
LOOK_SECONDS = 5
STOP_SECONDS = 5


def log_path(home: Path, name: str) -> Path:
    """Where the steps and faults of scheduled runs are written."""
    return open_home(home).logs / f"schedule-{name}.log"


def say_failure(flow: prefect.Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """One line for the reader, the whole of it to the log; the schedule goes on."""
    told = flow_run.parameters
    error = state.result(raise_on_failure=False)
    name, zone = told["name"], told["timezone"]
    log = log_path(Path(told["home"]), name)
    with log.open("a", encoding="utf-8") as file:
        if isinstance(error, BaseException):
            traceback.print_exception(error, file=file)
        else:
            print(state.message, file=file)
    what = str(error) if isinstance(error, CrewcastError) else f"{state.message or 'it ended without a word'}"
    _say(f"✗ {name}: nothing was published: {what}\n  log: {log}")
    _say(f"next run: {local(next_slot(datetime.now(UTC), told['at'], zone), zone)}")


@prefect.flow(name="crewcast-scheduled", validate_parameters=False, on_failure=[say_failure], on_crashed=[say_failure])
def scheduled_flow(city: str, home: str, name: str, at: str, timezone: str) -> str:
    """What the schedule fires. A slot that a later one has overtaken (after an outage) is skipped."""
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    due, now = prefect.runtime.flow_run.scheduled_start_time, datetime.now(UTC)
    if due is not None and is_superseded(due, now, at, timezone):
        _say(f"· {name}: skipped the run of {local(due, timezone)}: a later one is due as well")
        return "skipped"
    with log_path(Path(home), name).open("a", encoding="utf-8", buffering=1) as log, showing(file=log):
        print(f"run of {local(due or now, timezone)}", file=log)
        _say_sync(name, brought_up_to_date(Job(city, Path(home), now, wait_seconds=WAIT_FOR_THE_CITY_SECONDS)))
        published = daily_flow(Job(city, Path(home), datetime.now(UTC), wait_seconds=WAIT_FOR_THE_CITY_SECONDS))
    took = (datetime.now(UTC) - now).total_seconds()
    _say(f"✓ {name}: published: {published.folder} (as of {published.manifest.as_of}, {took:.0f} s)")
    _say(f"next run: {local(next_slot(datetime.now(UTC), at, timezone), timezone)}")
    return str(published.folder)


def _say_sync(name: str, error: CrewcastError | None) -> None:
    if error is not None:
        _say(f"! {name}: the sync failed, the plan is made from what was pulled last: {error}")


def serve(city: str, home: Path, name: str, at: str, timezone: str) -> None:
    """Block and fire a run every day at `at` local time, until interrupted.

    city: what to run (a name or an absolute path); name: what its folder is called. A run that fails is told and the
    next one comes. Raises ServerDownError where the server does not come up or ends.
    """
    with showing() as board, board.step("start Prefect's scheduler"):
        if not os.environ.get(OWN_API):
            start_server(open_home(home).prefect, schedules=True)
    told = {"city": city, "home": str(home), "name": name, "at": at, "timezone": timezone}
    _say(f"next run: {local(next_slot(datetime.now(UTC), at, timezone), timezone)}\nlog: {log_path(home, name)}")
    serving = threading.Thread(target=_serve, args=(told,), daemon=True)
    with leaving_at_once(_stop, exits={signal.SIGTERM.value: 0}):
        serving.start()
        while serving.is_alive():
            serving.join(LOOK_SECONDS)
            check_server()
    raise ServerDownError("the schedule ended by itself", remedy="start it again; the lines above say what happened")


def _serve(told: dict[str, str]) -> None:
    """Outside the main thread, so that Prefect leaves the signals to us."""
    scheduled_flow.serve(
        name=told["name"],
        schedule=Cron(cron_of(told["at"]), timezone=told["timezone"]),
        parameters=told,
        limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
        print_starting_message=False,
    )


def _leave_with(parent: int) -> None:
    """End this run when whoever started it is gone: without its server it could only wait, holding the city."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _stop() -> None:
    """End the run that is under way, then the server."""
    print("stopped: no further runs", file=sys.stderr, flush=True)
    runs = [p for p in psutil.Process().children(recursive=True) if p.pid != server_pid()]
    for run in runs:
        with suppress(psutil.NoSuchProcess):
            run.terminate()
    for run in psutil.wait_procs(runs, timeout=STOP_SECONDS)[1]:
        with suppress(psutil.NoSuchProcess):
            run.kill()
    stop_server()


def _say(line: str) -> None:
    print(line, flush=True)
