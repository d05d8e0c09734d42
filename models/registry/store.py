"""Opening a tracking store: a folder of ours (one SQLite file, free to move) or a server of the city's own.

The folder keeps files below `artifacts/` under a location without a path (`mlflow-artifacts:/…`), which the MLflow UI
resolves when started with `mlflow server --backend-store-uri sqlite:///…/mlflow.db --artifacts-destination
…/artifacts`. A server keeps them wherever it likes; they are uploaded through its client.
"""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from domain.errors import ConfigError, RegistryUnreachableError

URL_VARIABLE = "CREWCAST_MLFLOW_URL"
LOCATION = "mlflow-artifacts:/"
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": "60",
}
"""MLflow alone waits 120 s, seven times over. What the environment sets already stays."""
FORGET_SECONDS = 60.0
"""After a failure, how long a store is not asked again: a run has several steps that would each wait."""

LONGEST_CAUSE = 160

_opening = Lock()
_clients: dict[str, Any] = {}
_failed: dict[str, tuple[float, str]] = {}


def database(folder: Path) -> str:
    """The SQLAlchemy address of a folder's store."""
    return f"sqlite:///{(folder / 'mlflow.db').resolve()}"


def checked_url(url: str) -> str:
    """The URL without a trailing slash; ConfigError where it is none of a server."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"{URL_VARIABLE} is '{shown(url)}', which is not the address of a server",
            remedy="write it as http://host:port or https://host, or unset it to keep the registry in the home",
        )
    return url.strip().rstrip("/")


def shown(address: str) -> str:
    """An address without user and password, for messages."""
    parts = urlsplit(address)
    return address if "@" not in parts.netloc else address.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)


@contextmanager
def reaching(address: str) -> Iterator[None]:
    """Turn what MLflow, its database and its network raise into one error that names the store and the remedy."""
    import requests
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, SQLAlchemyError, requests.RequestException, OSError) as error:
        why = _why(error).replace(address, shown(address))
        _failed[address] = time.monotonic(), why
        raise _unreachable(address, why) from error


def open_client(address: str, folder: Path | None) -> Any:
    """The MLflow client, kept for the life of the process; makes a folder's store where there is none.

    Raises RegistryUnreachableError, at once where it failed within the last minute.
    """
    with _opening:
        if address in _failed and time.monotonic() - _failed[address][0] < FORGET_SECONDS:
            raise _unreachable(address, _failed[address][1])
        if address not in _clients:
            _clients[address] = _connect(address, folder)
        return _clients[address]


def _connect(address: str, folder: Path | None) -> Any:
    """Quiet: no telemetry, no migration log, no warnings of the libraries below (2 s of import, 2 s of migration)."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"  # else two lines for every run on a server
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient

        for logger in ("mlflow", "alembic", "urllib3"):
            logging.getLogger(logger).setLevel(logging.ERROR)
        with reaching(address):
            if folder is not None:
                _make_store(address, folder)
            client = MlflowClient(tracking_uri=address, registry_uri=address)
            client.search_registered_models(max_results=1)
            return client


def _make_store(address: str, folder: Path) -> None:
    """Made first with a root that is no path: the client alone would write the working folder into the store."""
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    folder.mkdir(parents=True, exist_ok=True)
    SqlAlchemyStore(address, LOCATION)  # type: ignore[no-untyped-call]


def _why(error: BaseException) -> str:
    """The cause in a few words, without what differs from one attempt to the next (times, ids, ports)."""
    import requests

    chain = [error]
    while (deeper := chain[-1].__cause__ or chain[-1].__context__) is not None and deeper not in chain:
        chain.append(deeper)
    if any(isinstance(e, (TimeoutError, requests.Timeout)) for e in chain):
        return "no answer in time"
    system = [e.strerror for e in chain if isinstance(e, OSError) and e.strerror]
    if system:
        return system[-1].lower()
    if any(isinstance(e, requests.ConnectionError) for e in chain):
        return "no connection"
    text = str(error).strip().splitlines() or [type(error).__name__]
    return text[0][:LONGEST_CAUSE]


def _unreachable(address: str, why: str) -> RegistryUnreachableError:
    if address.startswith("sqlite"):
        remedy = "look at the folder named; moved aside, a new registry is made and forecasters are selected again"
    else:
        remedy = f"start the server, correct {URL_VARIABLE}, or unset it to keep the registry in the home"
    return RegistryUnreachableError(
        f"the model registry at {shown(address)} cannot be used: {why}", remedy=remedy, why=why
    )
