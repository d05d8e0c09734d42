"""Champions over whole runs: selected, challenged, rolled back, and a registry that is out of reach in the morning."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.progress import silent
from models.catalogue import forecasters
from models.parameters import params_for
from models.registry import CHALLENGER, Registry, Version
from pipelines.job import Job, Run
from pipelines.models import Signed, compared, listed, promoted, rolled_back
from pipelines.steps import assemble, choose, draw, ingest, plan, publish, record
from pipelines.steps.choose import Choice
from pipelines.steps.publish import Published, inputs_hash
from storage.vintages import Vintage

pytestmark = pytest.mark.xdist_group("champions")

NOW = datetime(2025, 3, 17, 12, tzinfo=UTC)
EARLIER, SOON, LAST = date(2025, 2, 2), date(2025, 2, 20), date(2025, 3, 16)
CITY = "smallville-sim"


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREWCAST_MLFLOW_URL", raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


@pytest.fixture(scope="module", name="seen")
def read_once(new_home: Callable[[], Path], quick_city: Path) -> Run:
    """The quick city read once; its registry holds one selection of February."""
    job = Job(str(quick_city), new_home(), NOW)
    run = ingest.ingest(job, silent)
    trained(replace(run, as_of=EARLIER, origin=EARLIER))
    return run


@pytest.fixture(name="run")
def to_change(seen: Run, tmp_path: Path) -> Run:
    """The same with a registry of its own, to change."""
    home = tmp_path / "home"
    shutil.copytree(seen.job.home, home, symlinks=True)
    return replace(seen, job=replace(seen.job, home=home))


def trained(run: Run, category: str = "pothole", **job: object) -> Choice:
    """Choose, train and record one category."""
    run = replace(run, job=replace(run.job, **job))  # type: ignore[arg-type]
    choice = choose.choose(run, category, silent)
    folder = draw.draw(run, choice.recipe, run.job.folder().work, silent)
    return record.record(run, {category: choice}, {category: folder}, silent)[category]


def registry_of(run: Run) -> Registry:
    return Registry(run.job.open().mlflow, CITY)


def artifacts(run: Run, version: Version) -> Path:
    return run.job.open().mlflow / "artifacts" / f"crewcast-{CITY}" / version.run_id / "artifacts"


def rival_of(run: Run) -> int:
    """Registers the city's other forecaster as a version of SOON, as a challenger would be; returns its number."""
    recipe = registry_of(run).versions("pothole")[0].recipe
    other = {"exponential_smoothing": "recent_weekdays", "recent_weekdays": "exponential_smoothing"}[recipe.forecaster]
    params = {c.name: params_for(c, run.job.plan().city.models) for c in forecasters((other,))}
    swapped = recipe.model_copy(
        update={"forecaster": other, "title": "The other one", "params": params[other].model_dump(mode="json")}
        | {"evidence_end": SOON}
    )
    scores = registry_of(run).versions("pothole")[0].scores
    return registry_of(run).record(record.Training(swapped, scores, NOW, known_on=SOON))


def kept_on_evidence_of_soon(run: Run) -> int:
    """Registers the champion as a selection of SOON would keep it; returns its number."""
    first = registry_of(run).versions("pothole")[0]
    kept = first.recipe.model_copy(update={"evidence_end": SOON})
    return registry_of(run).record(record.Training(kept, first.scores, NOW, kind="kept", known_on=SOON))


def because(run: Run, why: str) -> Signed:
    return Signed("ann", why, NOW, run.job.plan())


def test_the_training_leaves_card_plots_and_folds_but_no_pickle(seen: Run) -> None:
    version = registry_of(seen).versions("pothole")[0]
    folder = artifacts(seen, version)
    names = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}
    assert {"model_card.md", "recipe.json", "plots/errors_by_level.svg", "plots/gain_by_fold.svg"} <= names
    assert not [n for n in names if n.endswith((".pkl", ".pickle", ".joblib"))]
    text = (folder / "model_card.md").read_text()
    assert version.recipe.sentence in text
    assert f"to {EARLIER}" in text
    assert len(runs(seen, f"tags.`mlflow.parentRunId` = '{version.run_id}'")) == version.recipe.folds == 2


def runs(run: Run, filter_string: str) -> list[Any]:
    client = registry_of(run).open()
    return list(client.search_runs([client.get_experiment_by_name(f"crewcast-{CITY}").experiment_id], filter_string))


def test_a_training_of_a_fresh_champion_has_the_folds_figures_and_plots_of_its_selection(run: Run) -> None:
    version = registry_of(run).versions("pothole")[0]
    assert not trained(replace(run, as_of=SOON, origin=SOON)).is_new
    daily, first = runs(run, f"tags.recipe_id = '{version.recipe.recipe_id}'")
    assert first.info.run_id == version.run_id
    assert daily.data.metrics == pytest.approx(first.data.metrics, rel=1e-5)
    folds = [runs(run, f"tags.`mlflow.parentRunId` = '{one.info.run_id}'") for one in (daily, first)]
    assert {f.data.tags["fold_origin"] for f in folds[0]} == {f.data.tags["fold_origin"] for f in folds[1]}
    assert len(folds[0]) == version.recipe.folds
    folders = [artifacts(run, replace(version, run_id=one.info.run_id)) for one in (daily, first)]
    drawn = [{str(f.relative_to(folder)) for f in folder.rglob("*.svg")} for folder in folders]
    assert drawn[0] == drawn[1] != set()


def test_the_same_training_in_another_home_leaves_the_same_bytes(seen: Run, run: Run) -> None:
    shutil.rmtree(run.job.open().mlflow)
    trained(replace(run, as_of=EARLIER, origin=EARLIER))

    def files(of: Run) -> dict[str, bytes]:
        root = of.job.open().mlflow / "artifacts"
        return {f.name: f.read_bytes() for f in root.rglob("*") if f.is_file()}

    assert files(run) == files(seen)


def test_a_fresh_champion_is_used_and_a_stale_one_is_challenged_and_refreshed(run: Run) -> None:
    first = registry_of(run).versions("pothole")[0].recipe
    soon = replace(run, as_of=SOON, origin=SOON)
    assert choose.choose(soon, "pothole", silent).recipe == first
    later = trained(run)
    assert (later.is_new, later.kind) == (True, "kept")
    assert later.recipe.spec_id == first.spec_id
    assert later.recipe.evidence_end == LAST
    assert choose.choose(run, "pothole", silent).recipe == later.recipe
    assert choose.choose(soon, "pothole", silent).recipe == first


def test_selecting_again_on_the_same_day_finds_the_same_recipe(run: Run) -> None:
    first = trained(run)
    again = trained(run, reselect=True)
    assert again.recipe == first.recipe
    assert again.evidence == first.evidence


def test_a_run_whose_data_lag_leaves_a_champion_in_force_from_its_own_day_on(run: Run) -> None:
    """Of the days between, no run knew what chose it."""
    lagging = replace(run, origin=LAST - timedelta(days=3))
    later = trained(lagging)
    registry = registry_of(run)
    champion, earlier = (registry.champion("pothole", day) for day in (LAST, LAST - timedelta(days=1)))
    assert champion == later.recipe
    assert later.recipe.evidence_end == lagging.origin
    assert earlier is not None
    assert earlier.evidence_end == EARLIER


def test_a_rollback_is_used_by_the_next_run_and_changes_no_earlier_day(run: Run) -> None:
    other, number = rival_of(run), kept_on_evidence_of_soon(run)
    home, soon = run.job.open(), replace(run, as_of=SOON, origin=SOON)
    before = choose.choose(soon, "pothole", silent)
    promoted(home, CITY, "pothole", other, because(run, "a trial"))
    told = rolled_back(home, CITY, "pothole", because(run, "it was worse"))
    assert (told["to"]["version"], told["since"]) == (number, LAST.isoformat())
    count = len(registry_of(run).versions("pothole"))
    used = trained(run).recipe
    assert used.is_as(before.recipe)
    assert used.sentence == f"{before.recipe.sentence[:-1]}; it was brought back by hand (it was worse)."
    assert len(registry_of(run).versions("pothole")) == count
    reigns = next(v for v in registry_of(run).versions("pothole") if v.number == number).reigns
    assert [(r.kind, r.since) for r in reigns] == [("kept", SOON), ("rolled back", LAST)]
    again = choose.choose(soon, "pothole", silent)
    assert inputs_hash(soon, {"pothole": again}) == inputs_hash(soon, {"pothole": before})


def test_a_worse_forecaster_put_in_force_by_hand_is_used_and_stays_until_later_windows_speak(run: Run) -> None:
    other, _ = rival_of(run), kept_on_evidence_of_soon(run)
    promoted(run.job.open(), CITY, "pothole", other, because(run, "the union asked"))
    used = choose.choose(run, "pothole", silent).recipe
    assert used.title == "The other one"
    assert used.sentence.endswith("; it was put in force by hand (the union asked).")
    later = trained(run, reselect=True)
    assert later.recipe.title == "The other one"
    assert later.recipe.evidence_end == LAST
    assert "put there by hand (the union asked)" in later.recipe.sentence
    assert later.evidence == {}
    versions = registry_of(run).versions("pothole")
    challenger = next(v for v in versions if CHALLENGER in v.aliases)
    assert challenger.recipe.spec_id == versions[0].recipe.spec_id
    assert {r["version"] for r in listed(run.job.open(), CITY, "pothole") if r["in_force"]} == {versions[-2].number}
    told = compared(run.job.open(), CITY, "pothole", None)
    assert told["second"]["version"] == challenger.number
    assert set(told["first"]["levels"]) == set(told["second"]["levels"])


def nobody() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def published(run: Run, choices: dict[str, Choice], folders: dict[str, Path]) -> Published:
    forecast = assemble.assemble(run, folders, choices, silent)
    return publish.publish(run, choices, forecast, plan.plan_crews(run, forecast, silent), silent)


def test_without_the_registry_the_plan_is_published_by_the_champion_last_seen_and_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for category in ("pothole", "flooding", "noise"):
        trained(run, category)
    before = choose.choose(run, "pothole", silent)
    monkeypatch.setenv("CREWCAST_MLFLOW_URL", nobody())
    categories = run.job.plan().city.categories
    choices = {c: choose.choose(run, c, silent) for c in categories}
    assert choices["pothole"].recipe == before.recipe
    folders = {c: draw.draw(run, choices[c].recipe, run.job.folder().work, silent) for c in categories}
    recorded = record.record(run, choices, folders, silent)
    made = published(run, recorded, folders)
    health = Vintage(made.folder).frame("health").query("kind == 'note' and severity == 'warning'")
    said = health[health["item"].str.startswith("model registry")].set_index("item")["value"]
    assert "the champion last seen here is used" in said["model registry: pothole"]
    assert "not recorded there" in said["model registry: record"]
    assert len(said) == 4
    assert "model registry: pothole" in (made.folder / "report.html").read_text(encoding="utf-8")
    healthy = {c: replace(choice, notes=()) for c, choice in recorded.items()}
    assert inputs_hash(run, healthy) != inputs_hash(run, recorded)


def test_without_registry_and_memory_forecasters_are_selected_again_and_the_plan_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(run.job.open().mlflow)
    monkeypatch.setenv("CREWCAST_MLFLOW_URL", nobody())
    choice = choose.choose(run, "pothole", silent)
    assert (choice.is_new, choice.kind) == (True, "first")
    assert "forecasters were selected again" in choice.notes[0][1]


def test_what_the_command_answers_is_plain_data(run: Run) -> None:
    trained(run)
    rows = listed(run.job.open(), CITY, None)
    assert json.loads(json.dumps(rows)) == rows
    assert [r["category"] for r in rows] == ["pothole"] * len(rows)
    assert pd.notna(rows[0]["mean_ratio"])


def test_a_champion_read_from_the_registry_is_remembered_for_mornings_without_it(run: Run) -> None:
    shutil.rmtree(run.job.open().mlflow / "champions")
    soon = replace(run, as_of=SOON, origin=SOON)
    seen_there = choose.choose(soon, "pothole", silent).recipe
    known = registry_of(run).last_known("pothole", soon.origin)
    assert known is not None
    assert known.recipe == seen_there
