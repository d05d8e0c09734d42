from __future__ import annotations

import re

import pytest

from serving.report.backtest import backtest_html
from serving.report.skill_lines import BOTTOM, HEIGHT, TOP, chart

ORIGINS = ["2016-01-03", "2016-01-10", "2016-01-17"]


def level(crps: float, ratio: float | None) -> dict:
    return {
        "crps": crps, "wape": 0.9, "cover80": 0.79, "cover95": None, "ratio": ratio,
        "baselines": {"exponential_smoothing": 0.5, "<b>recent</b>": None},
    }  # fmt: skip


@pytest.fixture
def scores() -> dict:
    rows = [
        {"origin": o, "level": name, "crps": 0.4 + i / 10, "best_baseline": 0.5}
        for i, o in enumerate(ORIGINS)
        for name in ("city-week", "area-day")
    ]
    rows[2]["best_baseline"] = None
    recipes = [
        {"origin": o, "forecaster": f, "sentence": f"{f} because"}
        for o, f in zip(ORIGINS, ("lightgbm_poisson", "lightgbm_poisson", "exponential_smoothing"), strict=True)
    ]
    return {
        "city": "houston", "title": "Houston", "label": "real rows", "from": ORIGINS[0], "to": ORIGINS[-1],
        "every": 7, "horizon": 14, "origins": ORIGINS, "notes": ["<script>alert(1)</script>"],
        "categories": {
            "pothole": {
                "levels": {"city-week": level(0.41, 0.82), "area-day": level(0.7, None)},
                "by_origin": rows,
                "recipes": recipes,
            }
        },
    }  # fmt: skip


def test_it_is_small_runs_no_script_and_asks_for_nothing(scores):
    text = backtest_html(scores, "Houston", "label")
    assert len(text) < 60_000
    assert "<script" not in text
    assert not re.search(r'(src|href)="(?!#|data:)', text)
    assert "&lt;script&gt;alert(1)" in text


def test_levels_run_from_the_smallest_to_the_largest_with_every_baseline(scores):
    text = backtest_html(scores, "Houston", "label", ["one note more"])
    assert text.index("one area, one day") < text.index("whole city, one week")
    assert "&lt;b&gt;recent&lt;/b&gt;" in text
    assert "<strong>0.820</strong>" in text
    assert "one note more" in text


def test_what_was_published_is_told_by_stretches_of_origins(scores):
    text = backtest_html(scores, "Houston", "")
    assert "2016-01-03 to 2016-01-10" in text
    assert "lightgbm_poisson because" in text
    assert "exponential_smoothing because" in text


def test_how_ranges_held_by_lead_and_area_is_told_where_it_was_counted(scores):
    assert "range held" not in backtest_html(scores, "Houston", "")
    leads = [{"leads": "1-3", "area_day": 0.812, "city_day": 0.7}, {"leads": "4-14", "area_day": 0.79, "city_day": 0.9}]
    areas = {"quietest third": 0.84, "lowest": {"area": "<A7>", "cover80": 0.61}}
    scores["categories"]["pothole"]["calibration"] = {"leads": leads, "areas": areas}
    text = backtest_html(scores, "Houston", "")
    for said in ("1 to 3 ahead", "81.2 %", "quietest third of areas", "84.0 %", "lowest area: &lt;A7&gt;", "61.0 %"):
        assert said in text


def test_the_same_scores_give_the_same_bytes(scores):
    assert backtest_html(scores, "a", "b") == backtest_html(scores, "a", "b")


def test_better_lies_below_the_line_of_equal_and_half_as_far_as_double():
    drawn = chart({"city-day": dict(zip(ORIGINS, (0.5, 1.0, 2.0), strict=True))}, ORIGINS)
    better, equal, worse = (y for _, y in drawn.lines[0].dots)
    assert better > drawn.one_at > worse
    assert equal == drawn.one_at
    assert better - equal == pytest.approx(equal - worse, abs=0.2)
    assert all(TOP <= y <= HEIGHT - BOTTOM for _, y in drawn.lines[0].dots)


def test_an_origin_that_cannot_be_compared_breaks_the_line():
    drawn = chart({"city-day": {ORIGINS[0]: 0.9, ORIGINS[1]: float("nan"), ORIGINS[2]: 1.1}}, ORIGINS)
    assert len(drawn.lines[0].points) == 2
    assert len(drawn.lines[0].dots) == 2


def test_a_single_origin_and_no_origin_are_drawn_too():
    assert len(chart({"city-day": {ORIGINS[0]: 0.9}}, ORIGINS[:1]).lines[0].dots) == 1
    assert chart({}, []).lines == ()
