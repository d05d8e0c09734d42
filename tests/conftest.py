"""What every test may use: where the shared development data lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("CREWCAST_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real development data; a skip where it is absent, a failure in CI."""
    folder = SHARED / "data"
    if not folder.is_dir():
        message = f"no shared development data at {folder} (set CREWCAST_SHARED)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder
