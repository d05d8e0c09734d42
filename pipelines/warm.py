"""Start what takes seconds side by side: Prefect's server migrates its database while MLflow and LightGBM load."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from domain.progress import Progress
from models.registry import Registry
from pipelines.environment import OWN_API
from pipelines.server import start_server


def warm(mlflow: Path, prefect: Path, progress: Progress) -> None:
    """Have both stores ready when the flow begins. Safe to call again; a server of the user's own is left alone."""
    is_first = not (prefect / "prefect.db").exists()
    progress("making its database: about 15 s, once" if is_first else "")
    with ThreadPoolExecutor(max_workers=1) as pool:
        server: Future[None] | None = None if os.environ.get(OWN_API) else pool.submit(start_server, prefect)
        Registry(mlflow, "").open()
        import lightgbm  # noqa: F401
        import sklearn.linear_model  # noqa: F401

        if server is not None:
            server.result()
