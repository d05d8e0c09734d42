from __future__ import annotations

from serving.report.evaluate import MARGIN, SIZE, reliability_plot


def test_a_promise_that_holds_lies_on_the_rising_diagonal() -> None:
    plot = reliability_plot([{"promised": p, "met": p, "jobs": 4.0} for p in (0.0, 0.5, 1.0)])
    assert [round(x + y, 1) for x, y, _, _ in plot.dots] == [SIZE] * 3
    assert plot.dots[0][0] == MARGIN
    assert plot.dots[2][0] == SIZE - MARGIN


def test_a_dot_with_more_jobs_is_larger_and_says_how_many() -> None:
    few, many = reliability_plot(
        [{"promised": 0.2, "met": 0.1, "jobs": 1.0}, {"promised": 0.8, "met": 0.9, "jobs": 2500.0}]
    ).dots
    assert few[2] < many[2]
    assert "2,500 jobs" in many[3]


def test_nothing_promised_draws_nothing() -> None:
    assert reliability_plot([]).dots == ()
