"""What an assignment avoids is told with its error, and what cannot be told from nothing says so."""

from __future__ import annotations

import pytest

from serving.worth import lateness_without


def _row(requests: tuple[float, float], days: tuple[float, float]) -> dict[str, float]:
    return {
        "late_requests_avoided": requests[0],
        "late_requests_error": requests[1],
        "late_days_avoided": days[0],
        "late_days_error": days[1],
        "draws": 400,
    }


def test_what_stands_clear_of_chance_is_told_with_its_standard_error() -> None:
    assert lateness_without(_row((2.1, 0.3), (5.5, 1.1))) == [
        "2.1 (± 0.3) more requests would turn late",
        "jobs would be late for 5.5 (± 1.1) days more in all",
    ]
    assert lateness_without(_row((2.1, 1.3), (1.5, 0.04))) == ["jobs would be late for 1.5 (± 0.1) days more in all"]
    assert lateness_without(_row((2.1, 1.3), (5.5, 1.1))) == ["jobs would be late for 5.5 (± 1.1) days more in all"]


def test_what_is_sure_but_small_is_told_as_less_than_the_least_figure() -> None:
    assert lateness_without(_row((0.02, 0.005), (0.08, 0.01))) == [
        "jobs would be late for less than 0.1 days more in all"
    ]
    assert lateness_without(_row((0.02, 0.005), (0.08, 0.07))) == ["less than 0.1 more requests would turn late"]
    assert lateness_without(_row((0.02, 0.005), (0.3, 0.04))) == ["jobs would be late for 0.3 (± 0.1) days more in all"]


@pytest.mark.parametrize("days", [(3.2, 3.1), (0.0, 0.0), (-0.4, 0.1)])
def test_what_cannot_be_told_from_nothing_says_so(days: tuple[float, float]) -> None:
    (told,) = lateness_without(_row((1.5, 1.4), days))
    assert told.startswith("lateness would change no more than chance moves it over 400 draws")
    assert ("3.2 (± 3.1) days" in told) == (days[0] > 1)


def test_hidden_figures_are_not_told() -> None:
    assert lateness_without(_row((float("nan"), float("nan")), (float("nan"), float("nan")))) == []
