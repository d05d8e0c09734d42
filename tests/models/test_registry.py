"""Champions are found by what was known, and the store may be moved."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.recipe import Recipe
from models.registry import Registry

NEWER, OLDER = date(2024, 6, 30), date(2024, 3, 31)


def recipe_of(evidence_end: date, category: str = "pothole", weeks: int = 8) -> Recipe:
    return Recipe(
        city="testville",
        category=category,
        forecaster="recent_weekdays",
        title="Last eight same weekdays",
        params={"weeks": weeks},
        evidence_from=date(2023, 8, 1),
        evidence_end=evidence_end,
        folds=2,
        ratios={"recent_weekdays": {"city-day": 1 / 3}},
        mean_ratio=1 / 3,
        sentence="It is published – by far.",
    )


def scores_of(evidence_end: date) -> pd.DataFrame:
    scores = pd.DataFrame(
        {
            "category": "pothole",
            "forecaster": ["exponential_smoothing", "recent_weekdays"],
            "level": "city-day",
            "crps": [0.1 + 0.2, 0.1],
            "ratio": [1.0, 1 / 3],
            "cover80": [0.8, 0.7],
            "cover95": [0.9, 0.9],
            "folds": 2,
            "evidence_from": pd.Timestamp("2023-08-01").as_unit("us"),
            "evidence_end": pd.Timestamp(evidence_end).as_unit("us"),
            "is_published": [False, True],
        }
    )
    fold = {"forecaster": "recent_weekdays", "level": "city-day", "crps": 3.0, "requests": 12.0}
    scores.attrs = {"by_fold": [{**fold, "origin": "2023-08-01"}, {**fold, "origin": "2024-02-01"}]}
    return scores


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A store with an older version recorded after a newer one, as a backfill would."""
    store = Registry(tmp_path_factory.mktemp("home") / "mlflow", "testville")
    store.record(recipe_of(NEWER), scores_of(NEWER), {"model.txt": "trees"}, {"mean_ratio": 1 / 3})
    store.record(recipe_of(OLDER), scores_of(OLDER), {}, {})
    return store


def test_a_city_without_a_store_has_no_champion_and_gets_no_store(tmp_path: Path) -> None:
    assert Registry(tmp_path / "mlflow", "testville").champion("pothole", NEWER) is None
    assert list(tmp_path.iterdir()) == []


def test_the_champion_is_the_newest_evidence_also_after_a_backfill(registry: Registry) -> None:
    assert registry.champion("pothole", NEWER) == recipe_of(NEWER)
    assert registry.champion("pothole", date(2025, 1, 1)) == recipe_of(NEWER)


@pytest.mark.parametrize(("as_of", "expected"), [(date(2024, 6, 29), OLDER), (OLDER, OLDER), (date(2024, 3, 30), None)])
def test_an_earlier_day_gets_only_recipes_whose_evidence_had_ended(
    registry: Registry, as_of: date, expected: date | None
) -> None:
    found = registry.champion("pothole", as_of)
    assert found == (None if expected is None else recipe_of(expected))


def test_a_category_never_recorded_has_no_champion(registry: Registry) -> None:
    assert registry.champion("noise", NEWER) is None


def test_scores_come_back_as_they_were(registry: Registry) -> None:
    found = registry.scores(recipe_of(NEWER))
    pd.testing.assert_frame_equal(found, scores_of(NEWER), check_exact=True)
    assert registry.scores(recipe_of(date(2020, 1, 1))).empty


def test_the_same_recipe_keeps_its_version_and_each_training_is_a_run(registry: Registry) -> None:
    first = registry.record(recipe_of(NEWER, "noise"), scores_of(NEWER), {}, {})
    assert registry.record(recipe_of(NEWER, "noise"), scores_of(NEWER), {}, {}) == first
    assert registry.record(recipe_of(NEWER, "noise", weeks=9), scores_of(NEWER), {}, {}) == first + 1
    assert registry.champion("noise", NEWER) == recipe_of(NEWER, "noise", weeks=9)
    client = registry.open()
    runs = client.search_runs(
        [client.get_experiment_by_name("crewcast-testville").experiment_id], "tags.category = 'noise'"
    )
    assert len([r for r in runs if "mlflow.parentRunId" not in r.data.tags]) == 3


def test_a_run_holds_params_metrics_files_and_its_folds(registry: Registry) -> None:
    client = registry.open()
    experiment = client.get_experiment_by_name("crewcast-testville").experiment_id
    parent = client.search_runs([experiment], f"tags.recipe_id = '{recipe_of(NEWER).recipe_id}'")[0]
    assert parent.data.params == {"forecaster": "recent_weekdays", "weeks": "8"}
    assert parent.data.metrics["recent_weekdays/city-day/ratio"] == pytest.approx(1 / 3)
    assert parent.info.status == "FINISHED"
    folds = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert sorted(f.data.tags["fold_origin"] for f in folds) == ["2023-08-01", "2024-02-01"]
    assert folds[0].data.metrics == {"recent_weekdays/city-day/crps": 0.25}
    files = registry.folder / "artifacts" / "crewcast-testville" / parent.info.run_id / "artifacts"
    assert (files / "model.txt").read_text() == "trees"
    assert Recipe.from_json((files / "recipe.json").read_text()) == recipe_of(NEWER)


def test_the_store_can_be_moved_and_holds_no_path(registry: Registry, tmp_path: Path) -> None:
    shutil.copytree(registry.folder, tmp_path / "elsewhere")
    moved = Registry(tmp_path / "elsewhere", "testville")
    assert moved.champion("pothole", NEWER) == recipe_of(NEWER)
    for file in (f for f in registry.folder.rglob("*") if f.is_file()):
        assert str(registry.folder.parent).encode() not in file.read_bytes()
        assert str(Path.cwd()).encode() not in file.read_bytes()


def test_opening_a_fresh_store_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Registry(tmp_path / "mlflow", "quietville").open()
    assert capfd.readouterr() == ("", "")


def test_two_cities_share_a_store_without_meeting(registry: Registry) -> None:
    other = Registry(registry.folder, "elsewhere")
    assert other.champion("pothole", NEWER) is None
    other.record(recipe_of(OLDER), scores_of(OLDER), {}, {})
    assert other.champion("pothole", NEWER) == recipe_of(OLDER)
    assert registry.champion("pothole", NEWER) == recipe_of(NEWER)
