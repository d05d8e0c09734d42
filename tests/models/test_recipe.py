"""A recipe is its content."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from models.recipe import Recipe


def recipe(**changes: object) -> Recipe:
    content: dict[str, object] = {
        "city": "testville",
        "category": "pothole",
        "forecaster": "recent_weekdays",
        "title": "Last eight same weekdays",
        "params": {"weeks": 8},
        "evidence_from": date(2024, 1, 1),
        "evidence_end": date(2024, 6, 30),
        "folds": 8,
        "ratios": {"recent_weekdays": {"area-day": 1.0, "city-day": 1.0 / 3.0}},
        "mean_ratio": 1.0,
        "sentence": "It is published.",
    }
    return Recipe.model_validate({**content, **changes})


def test_a_recipe_survives_json_both_ways() -> None:
    assert Recipe.from_json(recipe().to_json()) == recipe()


def test_equal_content_has_an_equal_id_and_any_change_another() -> None:
    assert recipe().recipe_id == recipe().recipe_id
    changes = [{"params": {"weeks": 9}}, {"evidence_end": date(2024, 7, 1)}, {"category": "noise"}, {"folds": 7}]
    ids = {recipe(**change).recipe_id for change in changes} | {recipe().recipe_id}
    assert len(ids) == 5


def test_other_words_make_no_other_recipe_to_register_but_another_id() -> None:
    other = recipe(sentence="It was put in force by hand.")
    assert recipe().is_as(other)
    assert recipe().recipe_id != other.recipe_id
    assert not recipe().is_as(recipe(folds=7))


def test_a_recipe_is_frozen_and_knows_its_keys() -> None:
    with pytest.raises(ValidationError):
        recipe(colour="red")
    with pytest.raises(ValidationError):
        recipe().folds = 3  # type: ignore[misc]


def test_the_same_model_on_other_evidence_or_threads_keeps_its_spec() -> None:
    same = [{"evidence_end": date(2024, 7, 1)}, {"sentence": "So."}, {"params": {"weeks": 8, "num_threads": 4}}]
    assert {recipe(**change).spec_id for change in same} == {recipe().spec_id}
    other = [{"params": {"weeks": 9}}, {"forecaster": "exponential_smoothing"}]
    assert recipe().spec_id not in {recipe(**change).spec_id for change in other}


def test_threads_of_a_blends_members_are_no_part_of_its_spec_but_their_order_is() -> None:
    def blend(*members: dict[str, object]) -> str:
        return recipe(forecaster="blend", params={"members": list(members)}).spec_id

    assert blend({"forecaster": "a", "num_threads": 1}) == blend({"num_threads": 2, "forecaster": "a"})
    assert blend({"forecaster": "a"}, {"forecaster": "b"}) != blend({"forecaster": "b"}, {"forecaster": "a"})
