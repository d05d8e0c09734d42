"""The registry a run uses: a folder in the home, or the server that CREWCAST_MLFLOW_URL names."""

from __future__ import annotations

import os

from models.registry import Registry
from models.registry.store import URL_VARIABLE
from storage.home import Home


def open_registry(home: Home, city: str) -> Registry:
    """Opened at first use. Raises ConfigError where the variable holds no address of a server."""
    return Registry(home.mlflow, city, os.environ.get(URL_VARIABLE) or None)
