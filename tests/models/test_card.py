"""The model card says what a reader must know, and equal trainings give equal bytes; so do the plots."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from models.card import Subject, card
from models.evidence_plots import COVERAGE, ERRORS, FOLDS, best_rival, plots
from models.recipe import Recipe
from models.scores import LEVELS

SUBJECT = Subject(
    "Testville", "pothole", 6, date(2022, 1, 1), date(2024, 6, 30), 14, 400, label="Everything is invented.",
    modes=("stale demand",), weather="observed until 2024-06-30.",
)  # fmt: skip


def recipe_of(**changes: object) -> Recipe:
    content: dict[str, object] = {
        "city": "testville", "category": "pothole", "forecaster": "new", "title": "The new one",
        "params": {"groups": ["calendar", "rain"], "trees": 300, "members": [{"forecaster": "a"}]},
        "features": ("calendar", "rain"), "evidence_from": date(2023, 8, 1), "evidence_end": date(2024, 6, 30),
        "folds": 8, "ratios": {}, "mean_ratio": 0.94, "sentence": "The new one is published: so.",
    }  # fmt: skip
    return Recipe.model_validate(content | changes)


def scores_of() -> pd.DataFrame:
    error, held = {"plain": 1.0, "new": 0.9, "other": 0.97}, {"cover80": 0.7, "cover95": 0.95}
    scores = pd.DataFrame(
        [
            {"forecaster": n, "level": lv, "crps": e, "ratio": 1.1 if lv == "city-week" else e, **held}
            for n, e in error.items()
            for lv in LEVELS
        ]
    )  # fmt: skip
    scores["is_published"] = scores["forecaster"] == "new"
    sums = {"error": 9.0, "requests": 10.0, "inside80": 10.0, "inside95": 13.0, "cells": 14}
    scores.attrs["by_fold"] = [
        {"forecaster": n, "origin": f"2024-0{m}-01", "level": lv, "crps": e * m, **sums}
        for n, e in error.items()
        for m in range(1, 6)
        for lv in LEVELS
    ]
    return scores


def test_the_card_says_what_from_what_how_well_and_what_not_for() -> None:
    text = card(SUBJECT, recipe_of(), scores_of(), ("model.txt", "recipe.json"))
    assert text.splitlines()[0] == "# pothole, Testville: The new one"
    for words in (
        "_Everything is invented._", "The new one is published: so.", "6 areas, 14 days ahead",
        "2022-01-01 to 2024-06-30",
        "8 windows from 2023-08-01 to 2024-06-30", "Feature blocks besides recent demand: calendar, rain.",
        "trees = `300`",
        'members = `[{"forecaster": "a"}]`', "| area-day | 0.9000 | 0.900 | 70.0% | 95.0% |", "- `model.txt`",
        "At city-week it was 10 % worse than the best spreadsheet forecast.",
        "its 80% interval held 70% of the outcomes",
        "This training ran degraded: stale demand.",
    ):  # fmt: skip
        assert words in text
    assert "95% interval held" not in text
    assert text == card(SUBJECT, recipe_of(), scores_of(), ("recipe.json", "model.txt"))


def test_the_card_of_a_challenger_says_first_that_it_is_not_in_force() -> None:
    text = card(replace(SUBJECT, is_challenger=True), recipe_of(), scores_of(), ())
    assert text.split("\n\n")[2].startswith("**The challenger: it is not in force.**")
    assert "Fitted on" not in text


@pytest.mark.parametrize(("folds", "mean", "words"), [(0, None, "never compared"), (3, 0.9, "Only 3 earlier windows")])
def test_little_or_no_evidence_is_the_first_limit(folds: int, mean: float | None, words: str) -> None:
    scores = scores_of() if folds else pd.DataFrame()
    text = card(SUBJECT, recipe_of(folds=folds, mean_ratio=mean), scores, ())
    assert words in text.split("## Limits\n")[1].splitlines()[0]


def test_windows_that_are_no_evidence_are_told_on_the_card() -> None:
    text = card(SUBJECT, recipe_of(folds=7, odd_windows=1), scores_of(), ())
    assert "- Chosen on 7 windows from 2023-08-01 to 2024-06-30 (1 more is left out for a gap, rows keyed" in text
    nothing = card(SUBJECT, recipe_of(folds=0, odd_windows=7, mean_ratio=None), pd.DataFrame(), ())
    assert "never compared: too many earlier windows hold a gap, rows keyed in together or a yearly peak." in nothing


def test_without_a_spreadsheet_forecast_no_figure_is_said_to_be_against_one() -> None:
    text = card(SUBJECT, recipe_of(mean_ratio=None), scores_of(), ())
    assert (
        "- It was never compared with a spreadsheet forecast.\n- At city-week it was 10 % worse than the best of"
        in text
    )
    assert "÷ best of those compared" in text
    assert "best spreadsheet forecast" not in text


def test_a_selection_gives_three_plots_with_its_names_and_levels() -> None:
    drawn = plots(scores_of())
    assert set(drawn) == {ERRORS, COVERAGE, FOLDS}
    assert all(text.lstrip().startswith("<?xml") and len(text) < 100_000 for text in drawn.values())
    assert all(level in drawn[ERRORS] and level in drawn[COVERAGE] for level in LEVELS)
    assert "blue: new" in drawn[ERRORS]
    assert "new against other" in drawn[FOLDS]
    assert best_rival(scores_of(), "new") == "other"
    assert "2024-05-01" in drawn[FOLDS]


def test_plots_say_what_ratios_are_against_and_name_no_others_where_there_are_none() -> None:
    assert "best baseline" in plots(scores_of())[ERRORS]
    alone = scores_of()[scores_of()["forecaster"] == "new"]
    alone.attrs = scores_of().attrs
    drawn = plots(alone, has_baseline=False)[ERRORS]
    assert "best of those compared" in drawn
    assert not [word for word in ("best baseline", "grey") if word in drawn]


def test_a_day_later_or_in_another_process_the_plots_are_the_same_bytes() -> None:
    here = plots(scores_of())
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); from test_card import scores_of; "
        "from models.evidence_plots import plots; "
        "print({n: hashlib.sha256(t.encode()).hexdigest() for n, t in plots(scores_of()).items()})"
    )
    from hashlib import sha256

    there = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == str({n: sha256(t.encode()).hexdigest() for n, t in here.items()})
    assert not [t for t in here.values() if re.search(r"<dc:date>|\d\d:\d\d:\d\d", t)]


def test_without_records_of_folds_there_are_no_plots() -> None:
    scores = scores_of()
    scores.attrs = {}
    assert plots(scores) == {}
    assert plots(pd.DataFrame()) == {}
