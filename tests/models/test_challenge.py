"""A selection changes the champion only on proof, and its sentence says what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from domain.covariates import CovariateGain
from models.challenge import challenge, losses, refreshed
from models.recipe import Recipe
from models.standing import Evidence, Kind, Reign, Standing

END = date(2024, 6, 30)
HORIZON = 14
NAMES = {"old": "The old one", "new": "The new one", "plain": "Last eight same weekdays"}


def recipe_of(name: str, end: date = END) -> Recipe:
    return Recipe(
        city="testville", category="pothole", forecaster=name, title=NAMES[name], params={}, evidence_from=END,
        evidence_end=end, folds=8, ratios={}, mean_ratio=0.9, sentence=f"{NAMES[name]} is published: so.",
    )  # fmt: skip


WORTH = CovariateGain(covariate="weather", gain=0.02, standard_error=0.01, is_kept=True)
SPECS = {name: recipe_of(name).spec_id for name in NAMES}


def selection(winner: str, gain: float = 0.05, names: tuple[str, ...] = tuple(NAMES), end: date = END) -> pd.DataFrame:
    """Eight folds 45 days apart; the new one's error is lower by `gain` on all, give or take a tenth of that."""
    origins = [end - timedelta(days=HORIZON + 45 * back) for back in range(8)]
    error = {"old": 1.0, "new": 1.0 - gain, "plain": 1.2}
    rows = [
        {"forecaster": n, "origin": o.isoformat(), "level": level, "crps": error[n] * (1 + 0.1 * gain * (-1) ** i)}
        for n in names
        for i, o in enumerate(origins)
        for level in ("area-day", "city-week")
    ]
    table = pd.DataFrame([{"forecaster": n, "level": "area-day", "ratio": error[n] / 1.2} for n in names])
    table["is_published"] = table["forecaster"] == winner
    table.attrs = {"by_fold": rows, "candidates": {n: {"features": ["rain"] if n == "old" else []} for n in names}}
    table.attrs["baselines"] = ["plain"]
    table.attrs["covariates"] = {"old": [WORTH.model_dump()]}
    return table


def standing_of(
    name: str = "old", kind: Kind = "first", evidence: Evidence | None = None, counts_from: date | None = None
) -> Standing:
    reign = Reign(
        order=0, since=END, kind=kind, by="ann", at=datetime(2024, 7, 1, tzinfo=UTC), why="she knows",
        counts_from=counts_from,
    )  # fmt: skip
    return Standing(1, recipe_of(name, END - timedelta(days=30)), reign, evidence or {})


def test_without_a_champion_the_winner_is_in_force() -> None:
    scores = selection("new")
    found = challenge(None, recipe_of("new"), scores, SPECS, HORIZON)
    assert (found.recipe, found.kind, found.challenger) == (recipe_of("new"), "first", None)
    assert found.scores is scores


def test_a_champion_that_wins_again_is_refreshed_and_counts_what_spoke_against_it() -> None:
    found = challenge(standing_of(), recipe_of("old"), selection("old", gain=-0.02), SPECS, HORIZON)
    assert (found.recipe, found.kind, found.challenger) == (recipe_of("old"), "kept", None)
    assert set(found.evidence) == {SPECS["new"], SPECS["plain"]}
    assert all(d < 0 for d in found.evidence[SPECS["new"]].values())


@pytest.mark.parametrize(("behind", "goes"), [(1.20, False), (1.63, True)])
def test_a_champion_far_behind_the_spreadsheet_gives_way_to_a_winner_that_is_not(behind: float, goes: bool) -> None:
    scores = selection("plain", gain=0.01)
    scores["ratio"] = scores["forecaster"].map({"old": behind, "new": 1.3, "plain": 1.0})
    found = challenge(standing_of(), recipe_of("plain"), scores, SPECS, HORIZON)
    assert found.kind == ("chosen again" if goes else "kept")
    assert found.recipe.spec_id == SPECS["plain" if goes else "old"]
    if goes:
        words = "takes the place of The old one, whose error was 63\u00a0% higher than the best spreadsheet forecast's"
        assert words in found.recipe.sentence
    both = scores.assign(ratio=scores["forecaster"].map({"old": behind, "new": 1.3, "plain": 1.5}))
    assert challenge(standing_of(), recipe_of("plain"), both, SPECS, HORIZON).kind == "kept"
    by_hand = challenge(standing_of(kind="by hand"), recipe_of("plain"), scores, SPECS, HORIZON)
    assert by_hand.recipe.spec_id == SPECS["old"]


@pytest.mark.parametrize("kind", ["by hand", "rolled back", "kept"])
def test_a_champion_put_there_by_hand_gives_way_to_later_windows_alone_once_it_was_kept_too(kind: Kind) -> None:
    scores = selection("plain", gain=0.01)
    scores["ratio"] = scores["forecaster"].map({"old": 1.63, "new": 1.7, "plain": 1.0})
    found = challenge(standing_of(kind=kind, counts_from=END), recipe_of("plain"), scores, SPECS, HORIZON)
    assert (found.kind, found.recipe.spec_id, found.counts_from) == ("kept", SPECS["old"], END)


def test_a_winner_without_proof_becomes_the_challenger_and_the_sentence_says_why() -> None:
    scores = selection("new", gain=0.01)
    found = challenge(standing_of(), recipe_of("new"), scores, SPECS, HORIZON)
    assert (found.kind, found.challenger) == ("kept", (recipe_of("new"), "new"))
    assert found.recipe.spec_id == SPECS["old"]
    assert found.recipe.evidence_end == END
    assert (found.recipe.features, found.recipe.covariates) == (("rain",), (WORTH,))
    assert found.recipe.mean_ratio == pytest.approx(1 / 1.2)
    assert found.recipe.sentence == (
        "The old one stays in force: its error was 17\u00a0% lower than the best spreadsheet forecast's on 8 earlier "
        "windows; The new one came closer there, but over 8 windows counted one by one its error is 1\u00a0% lower, "
        "which may be chance."
    )
    assert found.scores.loc[found.scores["is_published"], "forecaster"].tolist() == ["old"]
    assert scores.loc[scores["is_published"], "forecaster"].tolist() == ["new"]
    assert found.scores.attrs == scores.attrs


def test_a_champion_that_is_the_best_spreadsheet_forecast_is_not_held_against_itself() -> None:
    scores = selection("new", gain=0.01)
    scores.loc[scores["forecaster"] == "plain", "ratio"] = 1.0
    found = refreshed(standing_of("plain"), recipe_of("new"), scores, "plain", "so")
    assert found.sentence == (
        "Last eight same weekdays stays in force: it is the best spreadsheet forecast on 8 earlier windows; so."
    )
    scores.loc[scores["forecaster"] == "plain", "ratio"] = 1.02
    behind = refreshed(standing_of("plain"), recipe_of("new"), scores, "plain", "so").sentence
    assert "its error was 2\u00a0% higher than the best spreadsheet forecast's on 8 earlier windows" in behind


def test_a_champion_without_any_spreadsheet_forecast_beside_it_is_not_held_against_one() -> None:
    scores = selection("new", gain=0.01, names=("old", "new"))
    found = challenge(standing_of(), recipe_of("new"), scores, SPECS, HORIZON)
    assert found.recipe.mean_ratio is None
    assert "on 8 earlier windows no spreadsheet forecast was compared, so there is nothing" in found.recipe.sentence
    assert "best spreadsheet forecast" not in found.recipe.sentence


def test_a_winner_that_came_no_closer_than_the_champion_challenges_nobody() -> None:
    """A blend is preferred to singles that are not clearly ahead, so a winner may lie behind the champion."""
    found = challenge(standing_of(), recipe_of("new"), selection("new", gain=-0.02), SPECS, HORIZON)
    assert (found.kind, found.challenger, found.recipe.spec_id) == ("kept", None, SPECS["old"])
    assert found.recipe.sentence.endswith("on 8 earlier windows; The new one came no closer there.")
    assert found.scores.loc[found.scores["is_published"], "forecaster"].tolist() == ["old"]
    assert all(d < 0 for d in found.evidence[SPECS["new"]].values())


def test_a_clear_and_steady_gain_promotes_and_the_new_reign_begins_without_evidence() -> None:
    found = challenge(standing_of(), recipe_of("new"), selection("new", gain=0.2), SPECS, HORIZON)
    assert (found.kind, found.recipe.spec_id, found.evidence) == ("promoted", SPECS["new"], {})
    assert "it replaces The old one: its error was 22\u00a0% lower over 8 windows" in found.recipe.sentence
    assert found.gain is not None
    assert found.gain.evidence >= found.gain.needed == 2 / 0.05


def test_the_same_selection_twice_counts_its_windows_once() -> None:
    scores = selection("new", gain=0.03)
    first = challenge(standing_of(), recipe_of("new"), scores, SPECS, HORIZON)
    again = challenge(standing_of(evidence=first.evidence), recipe_of("new"), scores, SPECS, HORIZON)
    assert again.evidence == first.evidence
    assert again.recipe == first.recipe


def test_evidence_grows_over_selections_until_it_is_proof() -> None:
    evidence: Evidence = {}
    kinds = []
    for step in range(24):
        end = END + timedelta(days=28 * step)
        scores = selection("new", gain=0.04, end=end)
        found = challenge(standing_of(evidence=evidence), recipe_of("new", end), scores, SPECS, HORIZON)
        kinds.append(found.kind)
        if found.kind == "promoted":
            break
        evidence = found.evidence
        assert len(evidence[SPECS["new"]]) == 8 + step
    assert kinds[0] == "kept"
    assert kinds[-1] == "promoted"


@pytest.mark.parametrize("kind", ["by hand", "rolled back"])
def test_what_was_known_when_a_champion_was_set_by_hand_does_not_count_against_it(kind: Kind) -> None:
    old = {SPECS["new"]: {END - timedelta(days=300): 0.9}}
    standing = standing_of(kind=kind, evidence=old, counts_from=END)
    found = challenge(standing, recipe_of("new"), selection("new", gain=0.3), SPECS, HORIZON)
    assert (found.kind, found.recipe.spec_id, found.evidence) == ("kept", SPECS["old"], {})
    assert "put there by hand (she knows)" in found.recipe.sentence
    assert "no window has been counted yet since" in found.recipe.sentence
    assert found.counts_from == END


def test_a_champion_that_is_no_candidate_any_more_is_replaced() -> None:
    specs = {n: s for n, s in SPECS.items() if n != "old"}
    scores = selection("new", names=("new", "plain"))
    found = challenge(standing_of(), recipe_of("new"), scores, specs, HORIZON, "The old one was taken out")
    assert (found.kind, found.recipe.spec_id) == ("chosen again", SPECS["new"])
    assert found.recipe.sentence == "The new one is published: so; The old one was taken out."


def test_a_champion_that_cannot_be_compared_today_keeps_its_place_and_the_winner_stands_in() -> None:
    scores = selection("plain", names=("new", "plain"))
    for table in (scores, pd.DataFrame()):
        found = challenge(standing_of(), recipe_of("plain"), table, SPECS, HORIZON)
        assert (found.kind, found.recipe.spec_id) == (None, SPECS["plain"])
        assert "it stands in for The old one" in found.recipe.sentence


def test_a_champion_goes_on_where_too_few_earlier_windows_are_demand() -> None:
    standing = standing_of(evidence={SPECS["new"]: {END - timedelta(days=300): 0.1}})
    real = standing.recipe.model_copy(update={"forecaster": "recent_weekdays"})
    standing = replace(standing, recipe=real, scores=selection("old"))
    nothing, odd = pd.DataFrame(), recipe_of("plain").model_copy(update={"folds": 0, "odd_windows": 7})
    nothing.attrs = {"days": 560}
    found = challenge(standing, odd, nothing, SPECS | {"old": real.spec_id}, HORIZON)
    assert (found.kind, found.recipe.is_as(real)) == (None, True)
    assert found.scores is standing.scores
    assert found.recipe.sentence == (
        "The old one is published: so; it goes on without a new comparison: too few earlier windows are left to "
        "compare on (7 more are left out for a gap, rows keyed in together or a yearly peak)."
    )
    nothing.attrs = {"days": 55}
    stands_in = challenge(standing, odd, nothing, SPECS | {"old": real.spec_id}, HORIZON)
    assert (stands_in.kind, stands_in.recipe.spec_id) == (None, SPECS["plain"])


def test_windows_that_are_no_evidence_are_told_of_a_champion_that_stays() -> None:
    odd = recipe_of("new").model_copy(update={"folds": 7, "odd_windows": 1})
    found = challenge(standing_of(), odd, selection("new", gain=0.01), SPECS, HORIZON).recipe
    assert (found.folds, found.odd_windows) == (7, 1)
    left = "(1 more is left out for a gap, rows keyed in together or a yearly peak)"
    assert f"forecast's on 7 earlier windows {left};" in found.sentence


def test_a_refreshed_champion_whose_blocks_were_not_compared_again_carries_no_older_figures() -> None:
    standing = standing_of()
    old = replace(standing, recipe=standing.recipe.model_copy(update={"covariates": (WORTH,)}))
    scores = selection("new", gain=0.01)
    scores.attrs["covariates"] = {}
    assert challenge(old, recipe_of("new"), scores, SPECS, HORIZON).recipe.covariates == ()


def test_losses_are_read_by_candidate_window_and_level() -> None:
    found = losses(selection("old", names=("old",)))
    assert set(found) == {"old"}
    assert found["old"][END - timedelta(days=HORIZON)] == {
        "area-day": pytest.approx(1.005),
        "city-week": pytest.approx(1.005),
    }
