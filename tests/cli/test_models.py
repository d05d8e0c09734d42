"""`crewcast models` as an analyst types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.errors import CrewcastError
from models.recipe import Recipe
from models.registry import Registry, Training

CITY = "ellerby-falls"
END = date(2024, 6, 30)
NOW = datetime(2024, 7, 1, 5, tzinfo=UTC)
LEVELS = ("area-day", "city-week")
FORECASTERS = {"old": "recent_weekdays", "new": "glm_poisson"}


@dataclass(frozen=True)
class Answer:
    """What the command printed, and the error it would end with."""

    code: int
    out: str
    error: str


def crewcast(home: Path, *words: str) -> Answer:
    """The command in this process: a new one would import MLflow each time."""
    environment = {"CREWCAST_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200"}
    got = CliRunner().invoke(app, ["models", *words], env=environment)
    if isinstance(got.exception, CrewcastError):
        return Answer(got.exception.exit_code, got.stdout, str(got.exception))
    if got.exception is not None and not isinstance(got.exception, SystemExit):
        raise got.exception
    return Answer(got.exit_code, got.stdout, got.stderr)


def recipe_of(name: str, end: date) -> Recipe:
    return Recipe(
        city=CITY, category="pothole", forecaster=FORECASTERS.get(name, name), title=name.title(), params={},
        evidence_from=date(2023, 8, 1), evidence_end=end, folds=8, ratios={}, mean_ratio=0.95, sentence="So.",
    )  # fmt: skip


def training_of(name: str, end: date, published: str, **more: object) -> Training:
    rows = [
        {"forecaster": n, "level": lv, "crps": 0.1, "ratio": r}
        for n, r in (("old", 0.95), ("new", 0.93))
        for lv in LEVELS
    ]
    scores = pd.DataFrame(rows).assign(cover80=0.8, cover95=0.95)
    scores["is_published"] = scores["forecaster"] == published
    return Training(recipe_of(name, end), scores, NOW, known_on=end, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose registry holds a champion, refreshed once, and a challenger that is a little better."""
    home = tmp_path_factory.mktemp("home")
    registry = Registry(home / "mlflow", CITY)
    registry.record(training_of("old", END, "old", kind="first"))
    later = END + timedelta(days=28)
    rival = recipe_of("new", later)
    evidence = {rival.spec_id: {date(2023, 9, 1) + timedelta(days=45 * i): 0.02 + 0.01 * (-1) ** i for i in range(7)}}
    challenger = training_of("new", later, "new")
    registry.record(training_of("old", later, "old", kind="kept", challenger=challenger, evidence=evidence))
    return home


def test_list_shows_every_version_with_its_part(kept: Path) -> None:
    answer = crewcast(kept, "list", CITY)
    assert (answer.code, answer.error) == (0, "")
    header, *rows, _ = answer.out.splitlines()
    assert header.split() == [
        "CATEGORY",
        "VERSION",
        "FORECASTER",
        "EVIDENCE",
        "WINDOWS",
        "ERROR",
        "SINCE",
        "MLFLOW",
        "RUN",
    ]
    assert [("champion" in r, "challenger" in r, "was champion" in r) for r in rows] == [
        (True, False, True),
        (True, False, False),
        (False, True, False),
    ]
    told = json.loads(crewcast(kept, "list", CITY, "pothole", "--json").out)
    assert [(r["version"], r["in_force"], r["aliases"]) for r in told] == [
        (1, False, []),
        (2, True, ["champion"]),
        (3, False, ["challenger"]),
    ]


def test_compare_tells_levels_gain_bounds_and_verdict(kept: Path) -> None:
    text = crewcast(kept, "compare", CITY, "pothole").out
    assert "version 2 (champion): Old, 8 windows" in text
    assert "0.950" in text
    assert "0.930" in text
    assert "paired gain of 3 over 2: +2.1 % over 7 windows" in text
    assert "verdict: not decided: it may be chance" in text
    assert "error: CRPS ÷ the best spreadsheet forecast's, of each on its own windows\n" in text
    back = json.loads(crewcast(kept, "compare", CITY, "pothole", "3", "1", "--json").out)
    assert back["paired"]["mean_gain"] == pytest.approx(-0.0214, abs=1e-4)
    assert back["paired"]["low"] < back["paired"]["mean_gain"] < back["paired"]["high"]


def test_promote_and_roll_back_change_what_is_in_force_and_keep_who_and_why(kept: Path) -> None:
    done = crewcast(kept, "promote", CITY, "pothole", "--challenger", "--why", "knows the new map")
    assert done.code == 0
    assert done.out.splitlines() == [
        f"{CITY}, pothole: version 3 (New) is in force instead of version 2 (Old)",
        "in force since 2024-07-28: the next run uses it, a run as of an earlier day does not",
        "only windows that begin after that day count against it",
    ]
    none = crewcast(kept, "promote", CITY, "pothole", "--challenger", "--why", "again")
    assert "has no challenger: none was named since the champion was put there by hand" in none.error
    back = crewcast(kept, "rollback", CITY, "pothole", "--why", "it was worse")
    assert "version 2 (Old) is in force instead of version 3 (New)" in back.out
    told = json.loads(crewcast(kept, "list", CITY, "--json").out)
    assert [r["in_force"] for r in told] == [False, True, False]
    assert [(r["kind"], r["why"]) for r in told[2]["reigns"]] == [("by hand", "knows the new map")]
    assert told[1]["reigns"][-1]["why"] == "it was worse"
    assert told[1]["reigns"][-1]["by"]
    again = crewcast(kept, "rollback", CITY, "pothole", "--why", "and this one?")
    assert (again.code, "no earlier champion to return to" in again.error) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("list", "atlantis"), 2, "atlantis"),
        (("list", CITY, "snow"), 2, "choose one of: pothole"),
        (("compare", CITY, "pothole", "1", "9"), 2, "choose one of: 1, 2, 3"),
        (("compare", CITY, "pothole", "1"), 2, "name two versions"),
        (("promote", CITY, "pothole", "9", "--why", "x"), 2, "choose one of: 1, 2, 3"),
        (("promote", CITY, "pothole", "--why", "x"), 2, "name one version"),
        (("promote", CITY, "pothole", "1", "--why", " "), 2, "needs a reason"),
        (("promote", CITY, "pothole", "1"), 2, "--why"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_remedy(
    kept: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = crewcast(kept, *words)
    assert answer.code == code
    assert said in answer.error


def test_what_the_next_run_would_throw_out_is_not_put_in_force(kept: Path) -> None:
    registry = Registry(kept / "mlflow", CITY)
    odd = training_of("new", END, "new")
    gone = recipe_of("of_another_version", END)
    unread = odd.recipe.model_copy(update={"params": {"of_another_version": 1}})
    for recipe, why in ((gone, "is no longer among this city's forecasters"), (unread, "are none that this version")):
        number = registry.record(replace(odd, recipe=recipe))
        answer = crewcast(kept, "promote", CITY, "pothole", str(number), "--why", "it was good once")
        assert answer.code == 2
        assert f"version {number} cannot be put in force" in answer.error
        assert why in answer.error
        assert not registry.versions("pothole")[number - 1].reigns


def test_without_anything_recorded_it_says_how_to_get_it(tmp_path: Path) -> None:
    answer = crewcast(tmp_path, "list", CITY)
    assert (answer.code, answer.out) == (0, "nothing recorded yet; `crewcast run CITY` records\n")
    answer = crewcast(tmp_path, "rollback", CITY, "pothole", "--why", "x")
    assert answer.code == 2
    assert f"crewcast run {CITY}" in answer.error


def test_a_wrong_server_is_an_error_that_names_the_variable(tmp_path: Path) -> None:
    """In a process of its own, as it ends for whoever typed it."""
    given = {**os.environ, "CREWCAST_HOME": str(tmp_path), "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    command = [sys.executable, "-m", "cli.main", "models", "list", CITY]
    for url, said in (("nonsense", "not the address of a server"), ("http://127.0.0.1:9", "cannot be used")):
        environment = {**given, "CREWCAST_MLFLOW_URL": url}
        answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert answer.returncode == 2
        assert answer.stdout == ""
        assert answer.stderr.startswith("error: ")
        assert said in answer.stderr
        assert "CREWCAST_MLFLOW_URL" in answer.stderr
        assert len(answer.stderr.splitlines()) == 2


@pytest.mark.parametrize("command", ["list", "compare", "promote", "rollback"])
def test_every_subcommand_has_help_with_an_example(tmp_path: Path, command: str) -> None:
    answer = crewcast(tmp_path, command, "--help")
    assert answer.code == 0
    assert "Example" in answer.out
