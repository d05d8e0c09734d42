"""What a change of the city's `models` section does to a champion at the next run, and who becomes its challenger."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from domain.progress import silent
from models.recipe import Recipe
from models.registry import CHALLENGER
from pipelines.job import Run
from pipelines.steps import choose, record
from tests.flows.test_champions import (  # noqa: F401
    NOW,
    SOON,
    artifacts,
    no_server,
    read_once,
    registry_of,
    to_change,
    trained,
)

pytestmark = pytest.mark.xdist_group("champions")


def configured(run: Run, forecasters: str, parameters: str = "") -> Run:
    """The run by a YAML that names these forecasters, with more under `models.parameters`."""
    text = Path(run.job.city).read_text(encoding="utf-8")
    text = re.sub(r"forecasters: \[.*?\]", f"forecasters: [{forecasters}]", text)
    file = run.job.home / f"city-{len(list(run.job.home.iterdir()))}.yaml"
    file.write_text(text.replace("parameters: {", "parameters: {" + parameters), encoding="utf-8")
    return replace(run, job=replace(run.job, city=str(file)))


BOTH = "exponential_smoothing, recent_weekdays"


def test_a_forecaster_taken_out_of_the_city_goes_at_the_next_run_and_the_plan_says_so(run: Run) -> None:
    soon = replace(run, as_of=SOON, origin=SOON)
    old = choose.choose(soon, "pothole", silent).recipe
    rest = configured(soon, ({*BOTH.split(", ")} - {old.forecaster}).pop())
    new = trained(rest)
    assert (new.kind, new.recipe.forecaster == old.forecaster) == ("chosen again", False)
    assert new.recipe.sentence.endswith(f"{old.title} is no longer among this city's forecasters.")
    again = choose.choose(rest, "pothole", silent)
    assert (again.is_new, again.recipe) == (False, new.recipe)


def test_parameters_changed_in_the_city_are_heeded_at_the_next_run_while_the_champion_is_fresh(run: Run) -> None:
    soon = replace(run, as_of=SOON, origin=SOON)
    old = choose.choose(soon, "pothole", silent).recipe
    change = {"exponential_smoothing": ("residual_days", 700), "recent_weekdays": ("weeks", 5)}
    of_it, of_other = (
        f"{name}: {{{key}: {value}}}, "
        for name, (key, value) in sorted(change.items(), key=lambda c: c[0] != old.forecaster)
    )
    beside = trained(configured(soon, BOTH, of_other))
    assert (beside.is_new, beside.kind, beside.recipe.spec_id) == (True, "kept", old.spec_id)
    changed = configured(soon, BOTH, of_it)
    new = trained(changed)
    assert (new.is_new, new.kind) == (True, "chosen again")
    assert "was chosen with other parameters" in new.recipe.sentence
    assert new.recipe.spec_id != old.spec_id
    assert not choose.choose(changed, "pothole", silent).is_new


def test_a_champion_whose_parameters_this_version_cannot_read_is_chosen_again(run: Run) -> None:
    registry = registry_of(run)
    first = registry.versions("pothole")[0]
    for params in ({"of_an_older_version": 1}, {"members": [{"forecaster": "gone", "params": {}}] * 2}):
        forecaster = "blend" if "members" in params else first.recipe.forecaster
        odd = first.recipe.model_copy(update={"forecaster": forecaster, "params": params, "title": "The odd one"})
        registry.record(record.Training(odd, first.scores, NOW, kind="chosen again", known_on=first.known_on))
        named = configured(replace(run, as_of=SOON, origin=SOON), BOTH + ", blend" * (forecaster == "blend"))
        new = choose.choose(named, "pothole", silent)
        assert new.kind == "chosen again"
        assert "the parameters of The odd one are none that this version knows" in new.recipe.sentence


def test_only_a_winner_that_came_closer_than_the_champion_becomes_the_challenger(run: Run) -> None:
    """New candidates join, a blend among them, which is preferred to singles: in some category it is behind."""
    few = "exponential_smoothing, recent_weekdays, glm_poisson"
    came_closer = {}
    for category in ("pothole", "flooding"):
        trained(configured(run, few), category, reselect=True)
        choice = trained(configured(run, f"{few}, lightgbm_poisson, blend"), category, reselect=True)
        ratios = choice.scores.groupby("forecaster")["ratio"].mean()
        ours = ratios[choice.scores.loc[choice.scores["is_published"], "forecaster"].iloc[0]]
        came_closer[category] = choice.challenger is not None
        versions = registry_of(run).versions(category)
        assert [v for v in versions if CHALLENGER in v.aliases] == [
            v for v in versions if choice.challenger and v.recipe == choice.challenger[0]
        ]
        for version in versions:
            assert Recipe.from_json((artifacts(run, version) / "recipe.json").read_text()) == version.recipe
            assert version.recipe.title in (artifacts(run, version) / "model_card.md").read_text().splitlines()[0]
        if choice.challenger is not None:
            assert ratios[choice.challenger[1]] < ours
        else:
            assert ratios["blend"] > ours
            winner = r"Blend of smoothing, regression and LightGBM[^.;]*"
            said = re.search(f"{winner} came no closer", choice.recipe.sentence)
            assert said, "the winner is named, with the leads that a member takes over where any does"
    assert set(came_closer.values()) == {True, False}
    glm = registry_of(run).versions("flooding")[0]
    assert glm.recipe.forecaster == "glm_poisson"
    assert [g.covariate for g in glm.recipe.covariates] == ["weather", "calendar"]
    assert choice.recipe.spec_id == glm.recipe.spec_id
    assert [g.covariate for g in choice.recipe.covariates] == ["weather", "calendar"]
    assert registry_of(run).open().get_run(glm.run_id).data.params["feature_blocks"] == "rain, cold, calendar"
    assert (
        "Feature blocks besides recent demand: rain, cold, calendar."
        in (artifacts(run, glm) / "model_card.md").read_text()
    )
