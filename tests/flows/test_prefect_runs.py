"""Whole runs as a stranger starts them: the command line, real Prefect, a real server, real signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from storage.home import CityFolder, open_home
from storage.lock import city_lock
from storage.vintages import latest, list_vintages
from tests.command_line import typed
from tests.flows.bad_input.conftest import faultless, make_town
from tests.flows.bad_input.test_crews import LOCKS
from tests.flows.conftest import own_environment

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("prefect")]

Crewcast = Callable[..., subprocess.CompletedProcess[str]]
Starting = Callable[..., AbstractContextManager[Any]]

ROOT = Path(__file__).parents[2]
STEP = re.compile(r" *\d+\.\d s  \S.*")
BACKTEST = ("--from", "2025-02-02", "--to", "2025-02-16", "--every", "7", "--horizon", "14")


@pytest.fixture(scope="module")
def home(new_home: Callable[[], Path]) -> Path:
    return new_home()


@pytest.fixture(scope="module")
def first(crewcast: Crewcast, home: Path, quick_city: Path) -> subprocess.CompletedProcess[str]:
    """The first run in a fresh home."""
    return crewcast(home, "run", str(quick_city))


@pytest.fixture
def city(first: subprocess.CompletedProcess[str], home: Path) -> CityFolder:
    assert first.returncode == 0, first.stderr
    return open_home(home).city("smallville-sim")


def test_a_run_ends_by_saying_where_the_plan_lies(
    first: subprocess.CompletedProcess[str], city: CityFolder, home: Path
) -> None:
    assert first.stdout.splitlines()[-1] == f"published: {latest(city).folder}"
    latest(city).verify()
    log = json.loads(next((home / "logs").glob("*.json")).read_bytes())
    assert {s["outcome"] for s in log["steps"]} == {"done"}
    assert log["steps"][-1]["step"] == "publish"


def test_away_from_a_terminal_a_step_is_a_line_and_nothing_else_is_said(
    first: subprocess.CompletedProcess[str],
) -> None:
    lines = first.stderr.splitlines()
    assert [line for line in lines if not STEP.fullmatch(line)] == []
    assert len(lines) == len({line[10:] for line in lines})


def test_runs_lists_what_is_published_also_for_a_city_whose_yaml_lies_elsewhere(city: CityFolder, home: Path) -> None:
    told = latest(city).manifest
    header, row = typed(home, "runs").stdout.splitlines()
    assert header.split("  ")[0] == "CITY"
    assert re.split(r"  +", row) == [
        "smallville-sim",
        told.vintage_id,
        "2025-03-16",
        "2025-03-16",
        "2025-03-17 to 2025-03-30",
        "normal",
        "← latest",
    ]
    rows = json.loads(typed(home, "runs", "smallville-sim", "--json").stdout)
    assert [(r["vintage_id"], r["is_latest"], r["modes"]) for r in rows] == [(told.vintage_id, True, [])]
    assert "Small simulated city" in typed(home, "cities").stdout


def test_a_second_run_is_told_at_once_who_holds_the_city(
    crewcast: Crewcast, city: CityFolder, home: Path, quick_city: Path
) -> None:
    with city_lock(city, "crewcast run smallville-sim"):
        second = crewcast(home, "run", str(quick_city))
    assert second.returncode == 4
    assert f"'crewcast run smallville-sim' (process {os.getpid()} on " in second.stderr
    assert re.search(r"since \d{4}-\d\d-\d\dT", second.stderr)
    assert "--wait" in second.stderr
    assert len(second.stderr.splitlines()) == 2


def test_ctrl_c_frees_the_city_and_leaves_what_was_published(
    starting: Starting, city: CityFolder, home: Path, small_city: Path
) -> None:
    """Interrupted while LightGBM learns in two threads."""
    before = latest(city).manifest.vintage_id
    with starting(home, "run", str(small_city), "--reselect", "--as-of", "2025-03-02") as running:
        running.read_until("choose the forecaster")
        left = running.send(signal.SIGINT)
    assert (left.code, left.out, left.leftover) == (130, "", [])
    assert left.seconds < 10
    assert left.err.splitlines()[-1] == "interrupted: nothing was published; what was published before is untouched"
    assert "Traceback" not in left.err
    with city_lock(city, "test"):
        assert list_vintages(city) == [before]
        latest(city).verify()


REPLAY = "replay: {forecaster: recent_weekdays, plan_draws: 8, fit_days: 28, loads: [0.8, 1.0, 1.2]}\n"
ONE_DAY = ("--from", "2024-11-03", "--to", "2024-11-03")
IN_TURN = """
import json, sys
from pathlib import Path
from tests.command_line import typed
from tests.flows.conftest import own_environment

home, commands = sys.argv[1], json.loads(sys.argv[2])
answers = {name: typed(Path(home), *words) for name, words in commands.items()}
print(json.dumps({name: [a.returncode, a.stdout, a.stderr] for name, a in answers.items()}))
"""


@pytest.fixture(scope="module")
def answers(
    first: subprocess.CompletedProcess[str],
    home: Path,
    quick_city: Path,
    small_city: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, subprocess.CompletedProcess[str]]:
    """What commands say that one process runs in turn: each of its own would start Prefect and its server anew."""
    out = tmp_path_factory.mktemp("in_turn")
    (out / "settings.yaml").write_text(REPLAY, encoding="utf-8")
    locked = make_town(tmp_path_factory.mktemp("locked"), *faultless())
    locked.configure(("models:", LOCKS))
    quick, told = str(quick_city), ("--settings", str(out / "settings.yaml"))
    commands = {
        "too early": ("run", quick, "--as-of", "2001-01-01"),
        "locked twice": ("run", locked.job().city),
        "long view": ("forecast", str(small_city), "--days", "30", "--scenario", "wet-year"),
        "doubts": ("evaluate", quick, *ONE_DAY, *told, "--out", str(out / "replay"), "--doubts", "-q"),
        "backtest": ("backtest", quick, *BACKTEST, "--out", str(out / "backtest")),
    }
    words = [sys.executable, "-c", IN_TURN, str(home), json.dumps(commands)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=own_environment(home), cwd=ROOT)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    return {name: subprocess.CompletedProcess(commands[name], *answer) for name, answer in said.items()}


def test_an_error_of_ours_is_said_once_and_not_tried_again(
    answers: dict[str, subprocess.CompletedProcess[str]],
) -> None:
    answer = answers["too early"]
    assert answer.returncode == 3
    said = [line for line in answer.stderr.splitlines() if not STEP.fullmatch(line)]
    assert len(said) == 2
    assert said[0].startswith("error: Small simulated city: as of 2001-01-01")
    assert said[1].startswith("  what to do: ")
    assert answer.stderr.count("read and check the city's data") == 2


def test_a_run_that_no_plan_could_come_of_stops_before_it_trains(
    answers: dict[str, subprocess.CompletedProcess[str]], home: Path
) -> None:
    """Its locks are of days past by now, so that only its rows tell that these days are planned for."""
    answer = answers["locked twice"]
    assert answer.returncode == 2
    assert "locked twice" in answer.stderr
    assert "read and check the city's data" in answer.stderr
    assert "choose the forecaster" not in answer.stdout + answer.stderr
    assert not open_home(home).city("badtown").latest.exists()


def test_a_long_view_prints_quarters_and_says_where_it_lies(
    answers: dict[str, subprocess.CompletedProcess[str]], city: CityFolder
) -> None:
    answer = answers["long view"]
    assert answer.returncode == 0, answer.stderr
    assert "80 % RANGE" in answer.stdout
    assert "2025-Q2" in answer.stdout
    assert "90% point of the climatology" in answer.stdout
    folder = Path(answer.stdout.split("written: ")[1].strip())
    assert folder.is_relative_to(city.root)
    assert len(pd.read_csv(folder / "totals.csv")) > 0
    assert np.isfinite(pd.read_csv(folder / "totals.csv")["mean"]).all()


def test_the_command_with_doubts_replays_less_and_more_work_and_says_what_each_load_supports(
    answers: dict[str, subprocess.CompletedProcess[str]],
) -> None:
    done = answers["doubts"]
    assert done.returncode == 0, done.stderr
    report = json.loads((told_folder(done, "--out") / "policies.json").read_text())
    assert list(report["policies"]) == ["0.7", "1", "1.3"]
    assert report["central_load"] == "1"
    jobs = [report["loads"][load]["jobs_factor"] for load in report["loads"]]
    assert jobs[0] < jobs[1] < jobs[2]
    for load in ("0.7", "1.3"):
        assert f"at load {load}: {report['sentences'][load]}" in done.stdout
    assert report["sentence"] in done.stdout


def told_folder(done: subprocess.CompletedProcess[str], option: str) -> Path:
    return Path(done.args[done.args.index(option) + 1])


@pytest.fixture(scope="module")
def replayed(answers: dict[str, subprocess.CompletedProcess[str]]) -> Path:
    """A backtest of three origins."""
    answer = answers["backtest"]
    out = told_folder(answer, "--out")
    assert answer.returncode == 0, answer.stderr
    assert [line for line in answer.stderr.splitlines() if not STEP.fullmatch(line)] == []
    assert answer.stdout.splitlines()[-1] == f"report: {out / 'report.html'}"
    return out


def test_a_backtest_writes_its_four_files_and_nothing_else(replayed: Path) -> None:
    assert {p.name for p in replayed.iterdir()} == {
        "forecasts.parquet",
        "counts.parquet",
        "scores.json",
        "report.html",
    }
    forecasts = pd.read_parquet(replayed / "forecasts.parquet")
    assert {"origin", "date", "area", "category", "samples"} <= set(forecasts.columns)
    assert forecasts["origin"].nunique() == 3
    assert set(forecasts["samples"].str.len()) == {300}
    lead = (pd.to_datetime(forecasts["date"]) - pd.to_datetime(forecasts["origin"])).dt.days
    assert (lead.min(), lead.max()) == (1, 14)
    counts = pd.read_parquet(replayed / "counts.parquet")
    assert not counts.duplicated(["date", "area", "category"]).any()
    assert len(counts) == counts["date"].nunique() * counts["area"].nunique() * counts["category"].nunique()
    for found in json.loads((replayed / "scores.json").read_text())["categories"].values():
        assert [row["leads"] for row in found["calibration"]["leads"]] == ["1-3", "4-7", "8-14"]
        assert found["calibration"]["areas"]["lowest"]["area"] in set(counts["area"])
    assert "the 80 % range held" in (replayed / "report.html").read_text()


@pytest.mark.shared_data
def test_an_independent_scorer_reads_a_backtest(replayed: Path, shared_data: Path, tmp_path: Path) -> None:
    scorer = shared_data.parent / "scoring" / "score.py"
    tables = ("--forecasts", replayed / "forecasts.parquet", "--counts", replayed / "counts.parquet")
    command = [sys.executable, str(scorer), *map(str, tables), "--json", str(tmp_path / "scores.json")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    theirs = json.loads((tmp_path / "scores.json").read_bytes())
    assert "pothole" in json.dumps(theirs)
