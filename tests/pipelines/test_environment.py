"""A user's own Prefect settings are left alone unless asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.environment import OWN_API, isolate


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))


def test_a_users_api_and_profile_are_ignored(tmp_path: Path) -> None:
    os.environ.update({"PREFECT_API_URL": "http://127.0.0.1:1/api", "PREFECT_PROFILE": "theirs"})
    isolate(tmp_path)
    assert "PREFECT_API_URL" not in os.environ
    assert "PREFECT_PROFILE" not in os.environ
    assert os.environ["PREFECT_HOME"] == str(tmp_path)


def test_an_api_that_was_asked_for_is_used(tmp_path: Path) -> None:
    os.environ[OWN_API] = "http://127.0.0.1:4200/api"
    isolate(tmp_path)
    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
