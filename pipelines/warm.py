"""Start what takes seconds side by side: Prefect's server migrates its database while MLflow and LightGBM load."""

from __future__ import annotations

import os
from contextlib import suppress

from domain.errors import RegistryUnreachableError
from domain.progress import Progress
from pipelines.environment import OWN_API
from pipelines.registry import open_registry
from pipelines.server import launch_server
from storage.home import Home


def warm(home: Home, progress: Progress) -> None:
    """Have both stores ready when the flow begins. Safe to call again; a server of the user's own is left alone."""
    prefect = home.prefect
    is_first = not (prefect / "prefect.db").exists()
    progress("making its database: about 15 s, once" if is_first else "")
    wait = None if os.environ.get(OWN_API) else launch_server(prefect)
    with suppress(RegistryUnreachableError):  # the run goes on without it, and says so
        open_registry(home, "").open()
    import lightgbm  # noqa: F401
    import sklearn.linear_model  # noqa: F401

    if wait is not None:
        wait()
