"""Scorecard and budget: past forecasts against what came, and budgets as they were made."""

from __future__ import annotations

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.words import QUANTILE_COLUMNS
from serving.budget.export import budget_files
from serving.web.frontier import frontier
from serving.web.lineage import lineage
from serving.web.past import BASELINE, baseline, by_level, judged, quantile_error
from serving.web.publication import publication
from storage.budgets import list_budgets, read_budget_file, write_budget
from storage.home import open_home
from storage.vintages import read_vintage

CITY = "testford"


def test_the_quantile_error_is_zero_where_all_quantiles_hit() -> None:
    assert quantile_error(np.array([3.0]), np.full((1, 7), 3.0)) == 0
    assert quantile_error(np.array([3.0]), np.full((1, 7), 5.0)) == pytest.approx(2 * (1 - 0.5))


def test_coverage_error_and_skill_are_those_of_a_small_case() -> None:
    quantiles = {name: [value] * 2 for name, value in zip(QUANTILE_COLUMNS, range(7), strict=True)}
    rows = pd.DataFrame(
        {
            "level": "city", "area": "*", "category": "noise", "date": pd.to_datetime(["2026-03-01", "2026-03-02"]),
            "origin": pd.Timestamp("2026-02-28"), "lead_days": [1, 2], "count": [3, 9], "mean": [3.0, 5.0],
            **quantiles, **{name: [8.0] * 2 for name in BASELINE},
        }
    )  # fmt: skip
    line = by_level(rows).iloc[0]
    assert (line["cover80"], line["cover95"], line["error"], line["days"]) == (0.5, 0.5, 2.0, 2)
    own = quantile_error(np.array([3.0, 9.0]), np.tile(np.arange(7.0), (2, 1))).sum()
    rule = quantile_error(np.array([3.0, 9.0]), np.full((2, 7), 8.0)).sum()
    assert line["skill"] == pytest.approx(1 - own / rule)


def test_the_spreadsheets_rule_needs_four_such_weekdays() -> None:
    dates = pd.date_range("2026-01-05", periods=28, unit="us")
    known = pd.DataFrame({"level": "city", "area": "*", "category": "noise", "date": dates, "count": range(28)})
    assert set(baseline(known)["weekday"]) == set(range(7))
    assert set(baseline(known.iloc[:22])["weekday"]) == {0}


@pytest.fixture(scope="module")
def two(tmp_path_factory, put) -> tuple[Path, str, str]:
    """A home with a publication and another four days later."""
    root = tmp_path_factory.mktemp("two")
    return root, put(root, days=-4), put(root)


def test_only_days_that_came_are_judged(two) -> None:
    root, old, new = two
    folder = open_home(root).city(CITY)
    shown, earlier = (publication(read_vintage(folder, name), folder) for name in (new, old))
    last = earlier.table("forecasts")["date"].min()
    rows = judged(shown, [earlier])
    counts = shown.table("history")
    overlap = set(earlier.table("forecasts")["date"]) & set(counts["date"])
    assert set(rows["date"]) == overlap
    assert all(last <= day <= pd.Timestamp(shown.manifest.origin) for day in overlap)


def test_model_history_joins_publications_of_one_recipe(two) -> None:
    root, old, new = two
    folder = open_home(root).city(CITY)
    manifests = [read_vintage(folder, name).manifest for name in (new, old)]
    stretches = lineage(manifests, manifests[0].recipes[0].category)
    assert [(one["count"], one["last"] - one["first"]) for one in stretches] == [(2, timedelta(days=4))]


def test_the_scorecard_names_what_it_judged(two, serve) -> None:
    with serve(two[0]) as served:
        assert "earlier publication" in served.client.get("/scorecard").text
        today = served.client.get("/today").text
        assert two[1] in today


def test_dominated_mixes_are_not_on_the_frontier() -> None:
    mixes = pd.DataFrame(
        {
            "mix": ["a", "b", "c", "d"], "money": [1.0, 2.0, 3.0, 4.0], "share": [0.2, 0.5, 0.4, 0.9],
            "is_now": [False, False, True, False], "is_advised": [False, False, False, True],
        }
    )  # fmt: skip
    assert frontier(mixes)["mix"].tolist() == ["a", "b", "c", "d"]
    assert frontier(mixes.assign(is_now=False))["mix"].tolist() == ["a", "b", "d"]
    assert frontier(mixes)["kind"].tolist() == ["other", "other", "now", "advised"]


@pytest.fixture(scope="module")
def budgeted(tmp_path_factory, put) -> tuple[Path, str]:
    """A home with a publication and the small made-up budget."""
    path = Path(__file__).parents[1] / "made_budget.py"
    spec = importlib.util.spec_from_file_location("made_budget_for_web", path)
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    root = tmp_path_factory.mktemp("budgeted")
    put(root)
    about = made.made_about()
    write_budget(open_home(root).city(CITY), about.budget_id, budget_files(about, made.made_study()), move_latest=True)
    return root, about.budget_id


def test_a_budget_says_what_it_is(budgeted) -> None:
    root, name = budgeted
    (entry,) = list_budgets(open_home(root).city(CITY))
    assert entry.budget_id == name
    assert entry.answers


def test_the_budget_page_shows_it_and_gives_the_workbook(budgeted, serve) -> None:
    root, name = budgeted
    with serve(root) as served:
        text = served.client.get("/budget").text
        assert 'data-chart="frontier"' in text
        answer = served.client.get(f"/files/budgets/{name}/budget.xlsx")
        assert answer.content == read_budget_file(open_home(root).city(CITY), name, "budget.xlsx")
        assert "attachment" in answer.headers["content-disposition"]
        for odd in ("..", "%2e%2e", name + "/..", "2020-01-01-4q-none-00000000"):
            assert served.client.get(f"/files/budgets/{odd}/budget.xlsx").status_code == 404
        assert served.client.get(f"/files/budgets/{name}/mixes.csv").status_code == 404


def test_costs_are_not_for_the_public(budgeted, serve) -> None:
    root, name = budgeted
    with serve(root, is_public=True) as served:
        assert served.client.get("/budget").status_code == 403
        assert served.client.get(f"/files/budgets/{name}/budget.xlsx").status_code == 403


def test_without_a_budget_the_page_names_the_command(site) -> None:
    assert "crewcast budget testford" in site.client.get("/budget").text
