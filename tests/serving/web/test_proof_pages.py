"""Scorecard and budget: past forecasts against what came, and budgets as they were made."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from domain.words import QUANTILE_COLUMNS
from serving.budget.export import budget_files
from serving.web.frontier import frontier
from serving.web.lineage import lineage
from serving.web.pages.scorecard import scored
from serving.web.past import BASELINE, LEVELS, baseline, by_level, judged, quantile_error
from serving.web.past_weeks import baseline as weekly_baseline
from serving.web.past_weeks import judged_weeks
from serving.web.publication import Publication, publication
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


@pytest.fixture(scope="module")
def weeks_apart(tmp_path_factory, put) -> tuple[Publication, list[Publication]]:
    """A publication, and those of 3, 8 and 17 days before, the newest first."""
    root = tmp_path_factory.mktemp("weeks")
    names = [put(root, days=days) for days in (0, -3, -8, -17)]
    folder = open_home(root).city(CITY)
    shown, *earlier = [publication(read_vintage(folder, name), folder) for name in names]
    return shown, [shifted(one, days) for one, days in zip(earlier, (3, 8, 17), strict=True)]


def shifted(one: Publication, days: int) -> Publication:
    """A made publication's dates are those of the first: so many days earlier, as its manifest says."""
    back = pd.Timedelta(days=days)
    forecasts = one.tables["forecasts"].assign(date=lambda t: t["date"] - back)
    manifest = one.manifest.model_copy(update={"first_date": one.manifest.first_date - back.to_pytimedelta()})
    moved = Publication(one.vintage, one.folder, {**one.tables, "forecasts": forecasts})
    moved.vintage.__dict__["manifest"] = manifest
    return moved


def test_whole_weeks_that_came_are_judged_on_sums_of_draws(weeks_apart) -> None:
    shown, earlier = weeks_apart
    rows = judged_weeks(shown, earlier)
    assert set(rows["origin"].dt.date) == {one.manifest.origin for one in earlier[1:]}  # three days make no week
    history, old = shown.table("history"), earlier[2]
    first = pd.Timestamp(old.manifest.first_date)
    own = rows[(rows["origin"] == pd.Timestamp(old.manifest.origin)) & (rows["category"] == "noise")]
    assert sorted(set(own["date"])) == [first, first + pd.Timedelta(days=7)]
    week = (history["date"] >= first) & (history["date"] < first + pd.Timedelta(days=7))
    for level, area in (("city", "*"), ("area", "a01")):
        place = (history["level"] == level) & (history["area"] == area) & (history["category"] == "noise")
        row = own[(own["level"] == f"{level}-week") & (own["area"] == area) & (own["date"] == first)].iloc[0]
        assert row["count"] == history.loc[place & week, "count"].sum()
    table = old.table("forecasts")
    samples = table[table["date"] < first + pd.Timedelta(days=7)]
    of_area = (samples["area"] == "a01") & (samples["category"] == "noise")
    total = np.stack(samples.loc[of_area, "samples"].to_numpy()).sum(axis=0)
    assert row["mean"] == pytest.approx(total.mean())
    assert row["q50"] == np.sort(total)[len(total) // 2 - 1]


def test_the_same_week_is_not_judged_seven_times(weeks_apart) -> None:
    shown, earlier = weeks_apart
    rows = judged_weeks(shown, [earlier[1], shifted(earlier[1], 1), earlier[2]])
    assert rows["origin"].nunique() == 2


def test_the_spreadsheets_rule_for_a_week_is_of_whole_weeks() -> None:
    dates = pd.date_range("2026-01-01", periods=30, unit="us")
    counts = pd.DataFrame({"level": "city", "area": "*", "category": "noise", "date": dates, "count": 2})
    known = weekly_baseline(counts, dates[-1])
    assert known[list(BASELINE)].to_numpy().tolist() == [[14.0] * 7]
    assert weekly_baseline(counts.iloc[:27], dates[26]).empty


def test_the_scorecard_has_weeks_beside_days(weeks_apart) -> None:
    shown, earlier = weeks_apart
    scores = scored(shown, earlier, judged(shown, earlier))
    assert set(scores["level"]) >= {level for level in LEVELS if level.endswith("-week")}
    week = scores[(scores["level"] == "city-week") & (scores["category"] == "noise")].iloc[0]
    assert 0 <= week["cover80"] <= 1
    assert week["days"] == 3  # the week after each of two origins, and the second week of the older one


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
def budgeted(tmp_path_factory, put, budgets) -> tuple[Path, str]:
    """A home with a publication and the small made-up budget."""
    root = tmp_path_factory.mktemp("budgeted")
    put(root)
    about = budgets.made_about()
    files = budget_files(about, budgets.made_study())
    write_budget(open_home(root).city(CITY), about.budget_id, files, move_latest=True)
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


def test_a_target_that_no_crews_can_meet_has_no_nearest_mix_on_the_page(budgeted, serve, tmp_path, put) -> None:
    root, name = budgeted
    put(tmp_path)
    kept = open_home(root).city(CITY)
    files = {n: read_budget_file(kept, name, n) for n in ("mixes.csv", "needs.csv", "one_more.csv")}
    (entry,) = list_budgets(kept)
    card = ("90\u00a0% in time", "out of reach", "at most 72\u00a0% whatever the crews")
    told = {"mix_card": card, "not_calibrated": "Not calibrated: as played"}
    far = entry.model_copy(update={"is_met": False, "can_be_met": False, "most_in_time": 0.72, **told})
    files["about.json"] = far.model_dump_json().encode()
    write_budget(open_home(tmp_path).city(CITY), name, files, move_latest=True)
    with serve(tmp_path) as served, serve(root) as usual:
        text, met = (one.client.get("/budget").text for one in (served, usual))
    assert "out of reach" in text
    assert "at most 72\u00a0% whatever the crews" in text
    assert "comes nearest to" not in text
    assert "out of reach" not in met
    assert text.index("Not calibrated: as played") < text.index('class="cards"')
    assert "not-calibrated" not in met
    assert entry.mix_card is not None
    assert entry.mix_card[2] in met


def test_costs_are_not_for_the_public(budgeted, serve) -> None:
    root, name = budgeted
    with serve(root, is_public=True) as served:
        assert served.client.get("/budget").status_code == 403
        assert served.client.get(f"/files/budgets/{name}/budget.xlsx").status_code == 403


def test_without_a_budget_the_page_names_the_command(site) -> None:
    assert "crewcast budget testford" in site.client.get("/budget").text
