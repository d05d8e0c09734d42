"""What every test may use: where the shared development data lie."""

from __future__ import annotations

import atexit
import gc
import os
from pathlib import Path

import hypothesis
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


# A crowded machine is no fault of the code: no example is timed.
hypothesis.settings.register_profile("untimed", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("untimed")

# Two workers fill two cores: threads of the linear algebra beside them would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
gc.disable()  # until all is collected: what is imported for the tests stays, so there is no garbage to look for


def pytest_collection_finish() -> None:
    gc.freeze()
    atexit.register(gc.unfreeze)  # else nanobind takes what was loaded for leaks at the end, and says so
    gc.set_threshold(10_000, 10, 10)  # garbage is looked for less often: memory is there, and looking took a fortieth
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file stay on one worker, so that what they share is built once; a group may join several files."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=_place)


LONGEST_FIRST = ("plain_run", "prefect", "drafts", "browser", "what_if", "champions", "waits", "mlflow_server")


def _place(item: pytest.Item) -> tuple[int, bool]:
    """Groups are handed out as they come: one of a minute that came last would keep one worker while the other waits.

    The named groups first, then whatever else makes whole runs, then all others as they were collected.
    """
    marker = item.get_closest_marker("xdist_group")
    group = str(marker.args[0]) if marker is not None else ""
    rank = LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)
    return rank, not item.nodeid.startswith("tests/flows/")
