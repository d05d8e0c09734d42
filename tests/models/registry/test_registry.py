"""Champions are found by what was known, changed only by a reign that is noted, and the store may be moved."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.errors import PickleRefusedError, UnknownModelError
from models.recipe import Recipe
from models.registry import CHALLENGER, CHAMPION, Registry
from models.registry.reigns import before

NEWER, OLDER = date(2024, 6, 30), date(2024, 3, 31)
LATER = datetime(2024, 7, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, made: Any) -> Registry:
    """A store with an older version recorded after a newer one, as a backfill would."""
    store = Registry(tmp_path_factory.mktemp("home") / "mlflow", "testville")
    store.record(made.training(made.recipe(NEWER), files={"model.txt": "trees", "plots/a.svg": "<svg/>"}))
    store.record(made.training(made.recipe(OLDER)))
    return store


@pytest.fixture
def fresh(registry: Registry, tmp_path: Path) -> Registry:
    """A copy of the store, to change."""
    shutil.copytree(registry.folder, tmp_path / "mlflow")
    return Registry(tmp_path / "mlflow", "testville")


def test_a_city_without_a_store_has_no_champion_and_gets_no_store(tmp_path: Path) -> None:
    empty = Registry(tmp_path / "mlflow", "testville")
    assert empty.champion("pothole", NEWER) is None
    assert empty.last_known("pothole", NEWER) is None
    assert empty.categories() == []
    assert list(tmp_path.iterdir()) == []


def test_the_champion_is_the_newest_evidence_also_after_a_backfill(registry: Registry, made: Any) -> None:
    assert registry.champion("pothole", NEWER) == made.recipe(NEWER)
    assert registry.champion("pothole", date(2025, 1, 1)) == made.recipe(NEWER)
    assert [v.number for v in registry.versions("pothole") if CHAMPION in v.aliases] == [1]


@pytest.mark.parametrize(("as_of", "expected"), [(date(2024, 6, 29), OLDER), (OLDER, OLDER), (date(2024, 3, 30), None)])
def test_an_earlier_day_gets_only_recipes_whose_evidence_had_ended(
    registry: Registry, made: Any, as_of: date, expected: date | None
) -> None:
    found = registry.champion("pothole", as_of)
    assert found == (None if expected is None else made.recipe(expected))


def test_a_category_never_recorded_has_no_champion(registry: Registry) -> None:
    assert registry.champion("noise", NEWER) is None
    assert registry.categories() == ["pothole"]


def test_scores_come_back_as_they_were(registry: Registry, made: Any) -> None:
    (found,) = (v.scores for v in registry.versions("pothole") if v.recipe == made.recipe(NEWER))
    pd.testing.assert_frame_equal(found, made.scores(NEWER), check_exact=True)
    assert found.attrs == made.scores(NEWER).attrs


def test_the_same_recipe_keeps_its_version_and_each_training_is_a_run(fresh: Registry, made: Any) -> None:
    first = fresh.record(made.training(made.recipe(category="noise")))
    assert fresh.record(made.training(made.recipe(category="noise"), kind=None)) == first
    assert fresh.record(made.training(made.recipe(category="noise", weeks=9), "promoted")) == first + 1
    assert fresh.champion("noise", NEWER) == made.recipe(category="noise", weeks=9)
    client = fresh.open()
    experiment = client.get_experiment_by_name("crewcast-testville").experiment_id
    runs = client.search_runs([experiment], "tags.category = 'noise'")
    assert len([r for r in runs if "mlflow.parentRunId" not in r.data.tags]) == 3


def test_a_run_holds_params_metrics_files_and_its_folds(registry: Registry, made: Any) -> None:
    client = registry.open()
    experiment = client.get_experiment_by_name("crewcast-testville").experiment_id
    parent = client.search_runs([experiment], f"tags.recipe_id = '{made.recipe(NEWER).recipe_id}'")[0]
    assert parent.data.params == {"forecaster": "recent_weekdays", "weeks": "8"}
    metrics = parent.data.metrics
    assert metrics["recent_weekdays/city-day/ratio"] == pytest.approx(1 / 3)
    assert metrics["recent_weekdays/city-day/wape"] == pytest.approx(8 / 24)
    assert {"cover80", "cover95", "crps"} <= {name.rsplit("/", 1)[1] for name in metrics if "/" in name}
    assert metrics["mean_ratio"] == pytest.approx(1 / 3)
    assert parent.info.status == "FINISHED"
    folds = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert sorted(f.data.tags["fold_origin"] for f in folds) == ["2023-08-01", "2024-02-01"]
    assert folds[0].data.metrics == {"recent_weekdays/city-day/crps": 0.25}
    files = registry.folder / "artifacts" / "crewcast-testville" / parent.info.run_id / "artifacts"
    assert (files / "model.txt").read_text() == "trees"
    assert (files / "plots" / "a.svg").read_text() == "<svg/>"
    assert Recipe.from_json((files / "recipe.json").read_text()) == made.recipe(NEWER)


def test_a_pickle_is_refused_and_none_is_ever_written(fresh: Registry, made: Any) -> None:
    with pytest.raises(PickleRefusedError, match=r"model\.pkl"):
        fresh.record(made.training(made.recipe(), files={"model.pkl": "x"}))
    written = [f for f in fresh.folder.rglob("*") if f.is_file()]
    assert written
    assert not [f for f in written if f.suffix in (".pkl", ".pickle", ".joblib") or f.read_bytes()[:1] == b"\x80"]


def test_a_challenger_is_a_version_with_its_own_scores_but_not_in_force(fresh: Registry, made: Any) -> None:
    end = date(2024, 7, 28)
    rival = made.training(made.recipe(end, weeks=9), None, files={"model_card.md": "# The challenger"})
    rival.scores["is_published"] = rival.scores["forecaster"] == "exponential_smoothing"
    evidence = {rival.recipe.spec_id: {date(2024, 5, 1): 0.02}}
    kept = fresh.record(made.training(made.recipe(end), "kept", challenger=rival, evidence=evidence))
    versions = {v.number: v for v in fresh.versions("pothole")}
    challenger = next(v for v in versions.values() if CHALLENGER in v.aliases)
    assert challenger.recipe == rival.recipe
    assert challenger.reigns == ()
    assert challenger.scores.query("is_published")["forecaster"].tolist() == ["exponential_smoothing"]
    own = fresh.folder / "artifacts" / "crewcast-testville" / challenger.run_id / "artifacts"
    assert Recipe.from_json((own / "recipe.json").read_text()) == rival.recipe
    assert (own / "model_card.md").read_text() == "# The challenger"
    assert fresh.champion("pothole", date(2025, 1, 1)) == made.recipe(end)
    assert versions[kept].evidence == evidence
    assert versions[kept].aliases == (CHAMPION,)
    fresh.record(made.training(made.recipe(end + timedelta(days=28)), "kept"))
    assert not [v for v in fresh.versions("pothole") if CHALLENGER in v.aliases]


def test_evidence_of_later_days_is_not_seen_by_an_earlier_as_of(fresh: Registry, made: Any) -> None:
    end = date(2024, 7, 28)
    later = {"spec": {date(2024, 7, 10): 0.5}}
    fresh.record(made.training(made.recipe(end), "kept", evidence=later))
    earlier = fresh.standing("pothole", date(2024, 7, 27))
    assert earlier is not None
    assert (earlier.recipe.evidence_end, earlier.evidence) == (NEWER, {})


def test_what_rows_of_later_days_chose_is_in_force_from_the_day_they_were_known_on(fresh: Registry, made: Any) -> None:
    late = NEWER + timedelta(days=28)
    fresh.record(made.training(made.recipe(late, weeks=9), "promoted", late + timedelta(days=7)))
    assert fresh.champion("pothole", late + timedelta(days=6)) == made.recipe(NEWER)
    assert fresh.champion("pothole", late + timedelta(days=7)) == made.recipe(late, weeks=9)
    (known,) = (v.known_on for v in fresh.versions("pothole") if v.recipe.evidence_end == late)
    assert known == late + timedelta(days=7)


def test_a_promotion_is_not_lost_where_its_evidence_ends_earlier_than_the_champions(fresh: Registry, made: Any) -> None:
    """Once delays are learnt, the last days compare nothing any more."""
    learnt = NEWER + timedelta(days=2)
    number = fresh.record(made.training(made.recipe(NEWER - timedelta(days=5), weeks=9), "promoted", learnt))
    assert fresh.champion("pothole", NEWER + timedelta(days=1)) == made.recipe(NEWER)
    assert fresh.champion("pothole", learnt) == made.recipe(NEWER - timedelta(days=5), weeks=9)
    assert [v.number for v in fresh.versions("pothole") if CHAMPION in v.aliases] == [number]
    copy = fresh.last_known("pothole", learnt)
    assert copy is not None
    assert copy.recipe.params["weeks"] == 9


def test_a_change_by_hand_counts_from_its_own_day_and_leaves_earlier_days_as_they_were(
    fresh: Registry, made: Any
) -> None:
    day = NEWER + timedelta(days=20)
    fresh.bring_in("pothole", 2, "by hand", "ann", "a trial", LATER, day)
    assert [v.aliases for v in fresh.versions("pothole")] == [(), (CHAMPION,)]
    assert fresh.champion("pothole", day) == made.recipe(OLDER)
    fresh.bring_in("pothole", 1, "rolled back", "ann", "it was worse", LATER, day)
    back, earlier = fresh.standing("pothole", day), fresh.standing("pothole", day - timedelta(days=1))
    assert back is not None
    assert earlier is not None
    assert (back.recipe, back.reign.since, back.reign.kind) == (made.recipe(NEWER), day, "rolled back")
    assert (earlier.recipe, earlier.reign.since, earlier.reign.kind) == (made.recipe(NEWER), NEWER, "first")


def test_a_promotion_by_hand_is_in_force_from_the_last_day_known_on_and_says_who_and_why(
    fresh: Registry, made: Any
) -> None:
    """Where the home holds no data of the city, or older ones."""
    fresh.bring_in("pothole", 2, "by hand", "ann", "knows the new boundaries", LATER, OLDER)
    for as_of in (NEWER, date(2025, 1, 1)):
        standing = fresh.standing("pothole", as_of)
        assert standing is not None
        assert standing.recipe == made.recipe(OLDER)
        assert (standing.reign.by, standing.reign.why) == ("ann", "knows the new boundaries")
        assert standing.reign.counts_from == NEWER
    assert fresh.champion("pothole", date(2024, 6, 29)) == made.recipe(OLDER)
    two = fresh.versions("pothole")[1]
    assert [r.kind for r in two.reigns] == ["first", "by hand"]
    assert two.aliases == (CHAMPION,)


def test_a_run_for_an_earlier_day_does_not_undo_a_change_by_hand(fresh: Registry, made: Any) -> None:
    fresh.bring_in("pothole", 2, "by hand", "ann", "so", LATER, None)
    fresh.record(made.training(made.recipe(date(2024, 5, 1), weeks=4), "promoted"))
    assert fresh.champion("pothole", NEWER) == made.recipe(OLDER)
    assert fresh.champion("pothole", date(2024, 5, 2)) == made.recipe(date(2024, 5, 1), weeks=4)


def test_the_champion_before_is_another_model_not_the_same_on_older_evidence(fresh: Registry, made: Any) -> None:
    assert before(fresh.versions("pothole")) is None
    fresh.record(made.training(made.recipe(NEWER + timedelta(days=1), weeks=4), "promoted"))
    fresh.record(made.training(made.recipe(NEWER + timedelta(days=9), weeks=4), "kept"))
    earlier = before(fresh.versions("pothole"))
    assert earlier is not None
    assert earlier.recipe == made.recipe(NEWER)


def test_each_rollback_goes_one_champion_further_back(fresh: Registry, made: Any) -> None:
    for days, weeks in ((1, 4), (9, 5)):
        fresh.record(made.training(made.recipe(NEWER + timedelta(days=days), weeks=weeks), "promoted"))
    fresh.record(made.training(made.recipe(NEWER + timedelta(days=20), weeks=5), "kept"))
    returned = []
    while (earlier := before(fresh.versions("pothole"))) is not None:
        fresh.bring_in("pothole", earlier.version, "rolled back", "ann", "worse", LATER, None)
        returned.append(earlier.recipe.params["weeks"])
    assert returned == [4, 8]
    three = fresh.versions("pothole")[3].number
    fresh.bring_in("pothole", three, "by hand", "ann", "once more", LATER, None)
    again = before(fresh.versions("pothole"))
    assert again is not None
    assert again.recipe.params["weeks"] == 8


def test_an_alias_set_in_mlflow_itself_counts_as_set_by_hand(fresh: Registry, made: Any) -> None:
    fresh.open().set_registered_model_alias("crewcast-testville-pothole", CHAMPION, "2")
    today = NEWER + timedelta(days=9)
    standing = fresh.standing("pothole", today, is_newest=True)
    assert standing is not None
    assert (standing.recipe, standing.reign.kind, standing.reign.by) == (made.recipe(OLDER), "by hand", "MLflow")


def test_an_alias_set_in_mlflow_itself_changes_no_day_before_the_run_that_takes_it_up(
    fresh: Registry, made: Any
) -> None:
    fresh.open().set_registered_model_alias("crewcast-testville-pothole", CHAMPION, "2")
    today = NEWER + timedelta(days=9)
    assert fresh.champion("pothole", today) == made.recipe(NEWER)
    fresh.record(made.training(made.recipe(NEWER + timedelta(days=1)), "kept"))
    assert [v.number for v in fresh.versions("pothole") if CHAMPION in v.aliases] == [2]
    fresh.take_up("pothole", today)
    fresh.take_up("pothole", today)
    assert [r.since for r in fresh.versions("pothole")[1].reigns] == [OLDER, today]
    assert fresh.champion("pothole", today) == made.recipe(OLDER)
    assert fresh.champion("pothole", today - timedelta(days=1)) == made.recipe(NEWER + timedelta(days=1))


def test_a_version_that_is_not_there_cannot_be_brought_in(fresh: Registry) -> None:
    with pytest.raises(UnknownModelError, match="no version 9"):
        fresh.bring_in("pothole", 9, "by hand", "ann", "so", LATER, None)


def test_the_copy_beside_the_store_holds_what_is_in_force_and_no_later_day(fresh: Registry, made: Any) -> None:
    known = fresh.last_known("pothole", NEWER)
    assert known is not None
    assert known.recipe == made.recipe(NEWER)
    pd.testing.assert_frame_equal(known.scores, made.scores(NEWER), check_exact=True)
    assert fresh.last_known("pothole", date(2024, 6, 29)) is None
    fresh.bring_in("pothole", 2, "rolled back", "ann", "so", LATER, None)
    rolled = fresh.last_known("pothole", NEWER)
    assert rolled is not None
    assert rolled.recipe == made.recipe(OLDER)


def test_versions_of_before_reigns_were_noted_are_read_as_champions(fresh: Registry, made: Any) -> None:
    client = fresh.open()
    for version in (1, 2):
        client.delete_model_version_tag("crewcast-testville-pothole", str(version), "reigns")
        client.delete_model_version_tag("crewcast-testville-pothole", str(version), "known_on")
    assert fresh.champion("pothole", NEWER) == made.recipe(NEWER)
    assert fresh.champion("pothole", date(2024, 6, 29)) == made.recipe(OLDER)
    assert [v.known_on for v in fresh.versions("pothole")] == [NEWER, OLDER]
    fresh.bring_in("pothole", 2, "by hand", "ann", "so", LATER, OLDER)
    assert fresh.versions("pothole")[1].reigns[-1].since == NEWER


def test_the_store_can_be_moved_and_holds_no_path(registry: Registry, tmp_path: Path, made: Any) -> None:
    shutil.copytree(registry.folder, tmp_path / "elsewhere")
    moved = Registry(tmp_path / "elsewhere", "testville")
    assert moved.champion("pothole", NEWER) == made.recipe(NEWER)
    for file in (f for f in registry.folder.rglob("*") if f.is_file()):
        assert str(registry.folder.parent).encode() not in file.read_bytes()
        assert str(Path.cwd()).encode() not in file.read_bytes()


def test_two_cities_share_a_store_without_meeting(fresh: Registry, made: Any) -> None:
    other = Registry(fresh.folder, "elsewhere")
    assert other.champion("pothole", NEWER) is None
    recipe = made.recipe(OLDER).model_copy(update={"city": "elsewhere"})
    other.record(made.training(recipe))
    assert other.champion("pothole", NEWER) == recipe
    assert fresh.champion("pothole", NEWER) == made.recipe(NEWER)
