"""`crewcast serve` and `crewcast tokens` from the command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from cli.serve import without_yaml
from configs import packaged
from domain.errors import ConfigError, ServeRefusedError
from storage.home import open_home
from storage.served import read_tokens


def crewcast(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *words]
    environment = {**os.environ, "CREWCAST_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "120"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)


def test_a_token_is_shown_once_listed_without_its_secret_and_taken_back(tmp_path) -> None:
    made = crewcast(tmp_path, "tokens", "add", "Night desk", "--role", "planner")
    token = made.stdout.strip()
    assert re.fullmatch(r"crewcast_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", token)
    listed = crewcast(tmp_path, "tokens", "list").stdout
    assert "Night desk" in listed
    assert "planner" in listed
    assert token.split("_", 2)[2] not in listed
    assert crewcast(tmp_path, "tokens", "revoke", "Night desk").returncode == 0
    assert read_tokens(open_home(tmp_path))[0].revoked
    again = crewcast(tmp_path, "tokens", "revoke", "Night desk")
    assert again.returncode == ServeRefusedError.exit_code
    assert "what to do" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "which city?"),
        (("--city", "nowhere"), "nothing of it is here"),
        (("--city", "testford", "--host", "0.0.0.0"), "there is no token"),
        (("--city", "testford", "--proxy", "not-a-network"), "--prox"),
    ],
)
def test_what_cannot_be_served_is_refused_in_words(tmp_path, words, said) -> None:
    if words:
        known(tmp_path)
    refused = crewcast(tmp_path, "serve", "--port", "0", *words)
    assert refused.returncode == ServeRefusedError.exit_code
    assert said in refused.stderr
    assert "what to do" in refused.stderr


def test_a_city_of_ones_own_needs_its_yaml_for_sheets_and_that_is_said_at_the_start() -> None:
    """They were refused on the page: "there is no city 'testford'; did you mean …", with nothing about --config."""
    assert "--config" in without_yaml("testford", "")
    assert without_yaml("testford", "testford.yaml") == ""
    assert without_yaml("ellerby-falls", "") == ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "there is no file"),
        ("schema: 1\ncity: [testford", "not valid YAML"),
        ("schema: 1\ncity: testford\ntimzone: UTC", "timzone: unknown key; the nearest known key is 'timezone'"),
        ("packaged", "it is of the city 'houston-files', and testford is to be served"),
    ],
)
def test_a_yaml_that_cannot_be_used_is_refused_before_anything_is_served(tmp_path, written, said) -> None:
    """It came out when the first sheet was filed; one of another city had kept the sheet with that city's."""
    known(tmp_path)
    file = tmp_path / "testford.yaml"
    if written is not None:
        text = packaged("cities")["houston-files"].read_text("utf-8") if written == "packaged" else written
        file.write_text(text, encoding="utf-8")
    refused = crewcast(tmp_path, "serve", "--port", "0", "--config", str(file))
    assert refused.returncode == ConfigError.exit_code
    assert str(file) in refused.stderr
    assert said in refused.stderr
    assert "what to do" in refused.stderr
    assert "http://" not in refused.stdout


def known(home: Path) -> None:
    """A city of which something is here."""
    folder = home / "cities" / "testford" / "snapshots"
    folder.mkdir(parents=True)
    (folder / "any.json").write_text("{}", encoding="utf-8")


def test_it_says_where_it_listens_and_ends_at_ctrl_c(tmp_path) -> None:
    known(tmp_path)
    command = [sys.executable, "-m", "cli.main", "serve", "--port", "0"]
    environment = {**os.environ, "CREWCAST_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            url = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stdout.readline())[0]
            assert "nothing has been published yet" in httpx.get(f"{url}/plan").text
            os.killpg(process.pid, signal.SIGINT)
            _, err = process.communicate(timeout=60)
            assert process.returncode in (0, 130)
            assert "Traceback" not in err
        finally:
            process.kill()


def test_a_killed_server_leaves_no_process_behind(tmp_path) -> None:
    known(tmp_path)
    command = [sys.executable, "-m", "cli.main", "serve", "--port", "0"]
    environment = {**os.environ, "CREWCAST_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        process.stdout.readline()
        until = time.monotonic() + 60
        while len(children := psutil.Process(process.pid).children(recursive=True)) < 3:
            assert time.monotonic() < until
            time.sleep(0.1)
        process.kill()
    assert psutil.wait_procs(children, timeout=60)[1] == []
