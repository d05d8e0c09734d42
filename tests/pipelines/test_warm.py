"""Getting ready: what is started side by side is started safely."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from domain.progress import silent
from pipelines import server
from pipelines.warm import warm
from storage.home import open_home


def test_the_server_is_started_by_the_thread_that_sets_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread's setenv frees the memory that a starting process is given as its environment."""
    starters: list[threading.Thread] = []

    def refused(*_: object, **__: object) -> None:
        starters.append(threading.current_thread())
        raise OSError("not started")

    monkeypatch.delenv("CREWCAST_PREFECT_API_URL", raising=False)
    monkeypatch.setattr(server, "_server", None)
    monkeypatch.setattr(server.subprocess, "Popen", refused)
    with pytest.raises(OSError, match="not started"):
        warm(open_home(tmp_path), silent)
    assert starters == [threading.main_thread()]
