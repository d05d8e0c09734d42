"""Prefect's settings, made ours before it is first imported: its home and database lie in CREWCAST_HOME."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # What fails is raised, and said once by the command line; Prefect would add a traceback of every layer.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    # A fresh home migrates its database first: about 15 s, and more on a busy machine. Only matters to a flow that is
    # run without pipelines.server.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}
OWN_API = "CREWCAST_PREFECT_API_URL"


@contextmanager
def loading() -> Iterator[None]:
    """Import what is large: a million objects and no garbage, so looking for some, then and later, costs much time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        atexit.register(gc.unfreeze)  # else nanobind takes what was loaded for leaks at the end, and says so
        gc.enable()


def isolate(prefect_home: Path) -> None:
    """Keep a user's own Prefect profile and API out of it, unless CREWCAST_PREFECT_API_URL asks for one.

    Must be called before anything imports Prefect, which reads its settings once.
    """
    for name in [n for n in os.environ if n.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ.update(QUIET)
    os.environ["PREFECT_HOME"] = str(prefect_home)
    os.environ["PREFECT_PROFILES_PATH"] = str(prefect_home / "profiles.toml")
    if url := os.environ.get(OWN_API):
        os.environ["PREFECT_API_URL"] = url
