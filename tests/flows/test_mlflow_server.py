"""The registry on a real `mlflow server`: everything a folder holds, uploaded and read back over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from models.recipe import Recipe
from models.registry import CHALLENGER, CHAMPION, Registry, Training
from models.registry.reigns import before

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("mlflow_server")]

START_SECONDS = 120
END = date(2024, 6, 30)
LATE_DAYS = 3
"""Rows come late: what a training rests on is known so long after the last day of its evidence."""
NOW = datetime(2024, 7, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on loopback with its own database and artifacts; its whole process group ends with the test."""
    place = tmp_path_factory.mktemp("server")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    where = ["--backend-store-uri", f"sqlite:///{place}/mlflow.db", "--artifacts-destination", str(place / "files")]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    # Jobs of its own (judges, scorers) take a process each, and nothing here asks for any.
    quiet = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    log = (place / "log").open("wb")
    with subprocess.Popen(
        [*command, *where], stdout=log, stderr=log, cwd=place, env=quiet, start_new_session=True
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, place / "log")
            yield url
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            log.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"mlflow server did not start:\n{log.read_text()[-2000:]}")


def recipe_of(weeks: int, end: date = END) -> Recipe:
    return Recipe(
        city="testville", category="pothole", forecaster="recent_weekdays", title=f"{weeks} weeks",
        params={"weeks": weeks}, evidence_from=date(2023, 8, 1), evidence_end=end, folds=2, ratios={}, mean_ratio=None,
        sentence="So.",
    )  # fmt: skip


def training_of(recipe: Recipe, **more: object) -> Training:
    import pandas as pd

    scores = pd.DataFrame({"forecaster": ["a", "b"], "level": "city-day", "crps": 0.1, "ratio": 1.0})
    scores["is_published"] = [True, False]
    scores.attrs["by_fold"] = [
        {"forecaster": "a", "origin": "2024-01-01", "level": "city-day", "crps": 1.0, "requests": 2.0}
    ]
    files = {"model_card.md": "# card\n", "plots/a.svg": "<svg/>", "booster.txt": "tree\n"}
    known_on = recipe.evidence_end + timedelta(days=LATE_DAYS)
    return Training(recipe, scores, NOW, files, known_on=known_on, **more)  # type: ignore[arg-type]


def test_a_server_holds_runs_files_versions_aliases_and_reigns(
    server: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path / "mlflow", "testville", server + "/")
    known = END + timedelta(days=LATE_DAYS)
    assert registry.standing("pothole", known) is None
    first = registry.record(training_of(recipe_of(8), kind="first"))
    later = date(2024, 7, 28)
    rival = training_of(recipe_of(4, later))
    evidence = {rival.recipe.spec_id: {date(2024, 7, 1): 0.01}}
    kept = registry.record(training_of(recipe_of(8, later), kind="kept", challenger=rival, evidence=evidence))
    elsewhere = Registry(tmp_path / "another home", "testville", server)
    assert elsewhere.champion("pothole", known - timedelta(days=1)) is None
    assert elsewhere.champion("pothole", known) == recipe_of(8)
    later_known = later + timedelta(days=LATE_DAYS)
    standing = elsewhere.standing("pothole", later_known)
    assert standing is not None
    assert (standing.version, standing.recipe, standing.evidence) == (kept, recipe_of(8, later), evidence)
    by_alias = {a: v.recipe for v in elsewhere.versions("pothole") for a in v.aliases}
    assert by_alias == {CHAMPION: recipe_of(8, later), CHALLENGER: rival.recipe}
    assert elsewhere.categories() == ["pothole"]
    assert not (tmp_path / "another home").exists()
    assert capfd.readouterr() == ("", "")
    _files_are_on_the_server(elsewhere, first, tmp_path)
    _a_change_by_hand_holds_everywhere(elsewhere, registry, later, later_known)


def _files_are_on_the_server(registry: Registry, number: int, place: Path) -> None:
    run = next(v.run_id for v in registry.versions("pothole") if v.number == number)
    client = registry.open()
    got = Path(client.download_artifacts(run, "", str(place)))
    names = {str(f.relative_to(got)) for f in got.rglob("*") if f.is_file() and "mlflow" not in f.parts}
    assert {"model_card.md", "plots/a.svg", "booster.txt", "recipe.json"} <= names
    assert (got / "booster.txt").read_bytes() == b"tree\n"
    experiment = client.get_experiment_by_name("crewcast-testville")
    assert len(client.search_runs([experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{run}'")) == 1


def _a_change_by_hand_holds_everywhere(here: Registry, there: Registry, later: date, known: date) -> None:
    day = known + timedelta(days=5)
    challenger = next(v for v in here.versions("pothole") if CHALLENGER in v.aliases)
    here.bring_in("pothole", challenger.number, "by hand", "ann", "a trial", NOW, day)
    assert there.champion("pothole", day) == challenger.recipe
    assert not [v for v in there.versions("pothole") if CHALLENGER in v.aliases]
    earlier = before(there.versions("pothole"))
    assert earlier is not None
    there.bring_in("pothole", earlier.version, "rolled back", "bob", "it was worse", NOW, day)
    standing, before_it = here.standing("pothole", day), here.standing("pothole", day - timedelta(days=1))
    assert standing is not None
    assert before_it is not None
    assert (standing.recipe, standing.reign.by) == (recipe_of(8, later), "bob")
    assert (before_it.recipe, before_it.reign.kind) == (recipe_of(8, later), "kept")
