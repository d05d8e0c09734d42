"""The command line as a stranger meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import typed

COMMANDS = (
    "run", "plan", "export", "actuals", "forecast", "demo", "budget", "backtest", "evaluate", "cities", "doctor",
    "runs", "models", "schedule", "serve", "tokens",
)  # fmt: skip
HEAVY = {"prefect", "mlflow", "lightgbm", "sklearn", "pandas", "numpy", "duckdb", "plotly", "pandera"}


def crewcast(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    if home:
        environment["CREWCAST_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words], capture_output=True, text=True, env=environment, check=False
    )


def test_help_imports_nothing_heavy() -> None:
    """What keeps `--help` under half a second."""
    code = "import sys, json, cli.main; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(json.loads(loaded.stdout))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = typed(None, command, "--help")
    assert answer.returncode == 0
    assert "Example" in answer.stdout
    assert f"crewcast {command}" in answer.stdout


def test_the_main_help_names_every_command_and_exit_code() -> None:
    answer = crewcast("--help")
    assert all(f" {command} " in answer.stdout for command in COMMANDS)
    assert "130" in answer.stdout


def test_what_is_installed_for_tests_says_nothing_to_a_user(tmp_path: Path) -> None:
    """Hypothesis asked trio to register, found what it gave frozen, and warned on the terminal of most runs."""
    code = (
        "import contextlib, gc, sys, trio\n"
        "from cli.main import main\n"
        "sys.argv = ['crewcast', 'cities', '--json']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "gc.freeze()\n"
        "import hypothesis\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HYPOTHESIS_NO_PLUGINS"}
    answer = subprocess.run(
        [sys.executable, "-W", "always", "-c", code], capture_output=True, text=True, check=True,
        env={**environment, "CREWCAST_HOME": str(tmp_path)},
    )  # fmt: skip
    assert "ellerby-falls" in answer.stdout
    assert "HypothesisWarning" not in answer.stderr


def test_an_unknown_city_names_those_there_are(tmp_path: Path) -> None:
    answer = crewcast("run", "atlantis", home=tmp_path)
    assert answer.returncode == 2
    assert "atlantis" in answer.stderr
    assert "ellerby-falls" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_date_that_is_none_is_refused_with_an_example(tmp_path: Path) -> None:
    answer = crewcast("run", "ellerby-falls", "--as-of", "17/12/2017", home=tmp_path)
    assert answer.returncode == 2
    assert "2017-12-17" in answer.stderr


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    answer = crewcast("schedule", "ellerby-falls", "--at", "5 am", home=tmp_path)
    assert answer.returncode == 2
    assert "HH:MM" in answer.stderr


def test_cities_lists_the_embedded_city_for_machines(tmp_path: Path) -> None:
    answer = typed(tmp_path, "cities", "--json")
    assert answer.returncode == 0
    rows = {row["city"]: row for row in json.loads(answer.stdout)}
    assert rows["ellerby-falls"]["verification"] == "never read here"
    york = rows["new-york-city"]
    assert (york["synced_at"], york["verification"]) == (None, "never synced here, 1 label unverified")
    assert york["unverified_labels"] == ["Street Condition / Pothole"]


def test_opening_a_plan_of_a_city_without_one_says_so(tmp_path: Path) -> None:
    answer = typed(tmp_path, "runs", "ellerby-falls", "--open", "latest")
    assert answer.returncode == 3
    assert "what to do" in answer.stderr


def test_without_a_publication_runs_says_how_to_get_one(tmp_path: Path) -> None:
    answer = typed(tmp_path, "runs")
    assert (answer.returncode, answer.stdout) == (0, "nothing published yet; `crewcast run CITY` publishes\n")


def test_the_doctor_says_which_file_is_not_there(tmp_path: Path) -> None:
    city = (Path(__file__).parents[2] / "configs" / "cities" / "ellerby-falls.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        city.replace("areas: {kind: simulator}", "areas: {kind: files, path: gone.geojson, properties: {area: id}}"),
        "utf-8",
    )
    answer = typed(tmp_path / "home", "doctor", str(broken))
    assert answer.returncode == 1
    assert str(tmp_path / "gone.geojson") in answer.stdout
    assert "1 problem" in answer.stdout


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ('{name: evening, start: "15:00"', '{name: evening, start: "13:00"', "overlap, so crews would count twice"),
        ("{patching: null}", "{paving: null}", "needs the skill 'patching', which no crew type has"),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "run"])
def test_crews_that_no_plan_can_be_made_from_are_named_before_anything_is_read(
    tmp_path: Path, command: str, was: str, now: str, named: str
) -> None:
    city = (Path(__file__).parents[2] / "configs" / "cities" / "ellerby-falls.yaml").read_text(encoding="utf-8")
    assert was in city
    broken = tmp_path / "broken.yaml"
    broken.write_text(city.replace(was, now).replace("{patching: 46, drainage: 84}", "{drainage: 84}"), "utf-8")
    answer = typed(tmp_path / "home", command, str(broken))
    assert answer.returncode != 0
    assert named in answer.stdout + answer.stderr
    assert not list((tmp_path / "home").glob("cities/*/snapshots/*")), "nothing was read"
    assert not list((tmp_path / "home").rglob("*.db")), "neither Prefect nor MLflow was started"


@pytest.mark.parametrize(
    ("models", "named"),
    [
        ("{forecasters: [blendd]}", "models.forecasters: there is no forecaster 'blendd'"),
        ("{forecasters: []}", "models.forecasters: list should have at least 1 item"),
        (
            "{parameters: {blend: {members: [{forecaster: glm_poisson, params: {half_life: 3}}, "
            "{forecaster: lightgbm_poisson}]}}}",
            "models.parameters.blend.members[0].params.half_life: unknown key",
        ),
        ("{parameters: {glm_poisson: {half_lives: [-3]}}}", "models.parameters.glm_poisson.half_lives[0]"),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "run"])
def test_models_that_cannot_run_are_named_before_anything_is_read(
    tmp_path: Path, command: str, models: str, named: str
) -> None:
    city = (Path(__file__).parents[2] / "configs" / "cities" / "ellerby-falls.yaml").read_text(encoding="utf-8")
    assert "\nmodels:" not in city
    broken = tmp_path / "broken.yaml"
    broken.write_text(f"{city}\nmodels: {models}\n", "utf-8")
    answer = typed(tmp_path / "home", command, str(broken))
    assert answer.returncode != 0
    assert f"{broken}: {named}" in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert not list((tmp_path / "home").glob("cities/*/snapshots/*")), "nothing was read"


def test_a_day_in_hand_without_a_sheet_is_refused(tmp_path: Path) -> None:
    answer = typed(tmp_path / "home", "actuals", "ellerby-falls", "--known-at", "2025-02-28")
    assert answer.returncode == 2
    assert "--known-at" in answer.stderr
    assert "name the sheet too" in " ".join(answer.stderr.replace("│", " ").split())
