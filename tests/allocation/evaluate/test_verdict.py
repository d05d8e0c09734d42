from __future__ import annotations

from typing import Any

import pytest

from allocation.evaluate.verdict import NOTHING, sentence


def _saved(low: float, high: float) -> dict[str, float]:
    return {"value": (low + high) / 2, "low": low, "high": high}


def _report(
    low: float, high: float, *, calibrated: bool = True, bare: tuple[float, float] | None = None
) -> dict[str, Any]:
    """bare: the interval without the charge for work late after the last week; the same where there is none."""
    plain = {"best_simple": "supervisor", "closed": {"value": 0.3, "low": 0.1, "high": 0.5}}
    gap = plain | {
        "saved": _saved(low, high),
        "without_closing": plain | {"saved": _saved(*(bare or (low, high)))},
    }
    return {
        "gaps": {"1": {"sample-paths": gap}}, "central_load": "1", "ours": "sample-paths", "weeks": 26,
        "titles": {"supervisor": "a good supervisor", "flat": "an even roster"}, "currency": "USD",
        "calibrated": calibrated, "calibration": [{"category": "pothole", "is_within": calibrated}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (100, 900, "This plan beat a good supervisor"),
        (-100, 900, "There is no evidence that this plan beats a good supervisor"),
        (-900, -100, "This plan was dearer than a good supervisor"),
        (0, 900, "There is no evidence"),
    ],
)
def test_the_sentence_claims_what_the_interval_supports(low: float, high: float, said: str) -> None:
    assert sentence(_report(low, high)).startswith(said)


@pytest.mark.parametrize(
    ("interval", "bare", "said"),
    [
        ((100, 900), (-200, 300), "There is no evidence that this plan beats a good supervisor"),
        ((100, 900), (-900, -100), "There is no evidence that this plan beats a good supervisor"),
        ((100, 900), (50, 300), "This plan beat a good supervisor"),
        ((-900, -100), (-200, 300), "There is no evidence that this plan beats a good supervisor"),
        ((-900, -100), (-300, -50), "This plan was dearer than a good supervisor"),
        ((-100, 900), (50, 300), "There is no evidence that this plan beats a good supervisor"),
    ],
)
def test_a_claim_needs_the_weeks_alone_to_say_so_too_and_their_saving_stands_beside_it(
    interval: tuple[float, float], bare: tuple[float, float], said: str
) -> None:
    text = sentence(_report(*interval, bare=bare))
    assert text.startswith(said)
    value = sum(bare) / 2
    assert (
        f" Without the charge for work late after the last week: {value:+,.0f} USD (95 % interval {bare[0]:+,.0f} to "
        f"{bare[1]:+,.0f})."
    ) in text


def test_where_no_work_is_late_in_the_end_there_is_one_saving_and_another_best_simple_policy_is_named() -> None:
    assert "Without the charge" not in sentence(_report(100, 900))
    other = _report(100, 900, bare=(50, 300))
    other["gaps"]["1"]["sample-paths"]["without_closing"]["best_simple"] = "flat"
    assert "to +300), against an even roster." in sentence(other)


def test_without_calibration_no_percentage_of_the_gap_is_given() -> None:
    text = sentence(_report(100, 900, calibrated=False))
    assert "30%" not in text
    assert "not calibrated" in text
    assert "30%" in sentence(_report(100, 900))


def test_a_replay_that_nobody_could_judge_is_not_said_to_differ_from_the_record() -> None:
    differs = sentence(_report(100, 900, calibrated=False))
    unjudged = sentence(_report(100, 900, calibrated=False) | {"calibration": []})
    assert "does not close requests as the city did" in differs
    assert "does not close" not in unjudged
    assert "no record to judge it by" in unjudged
    assert "not calibrated" in unjudged
    assert "30%" not in unjudged


def test_a_few_weeks_are_no_evidence_whatever_they_show() -> None:
    assert "3 replayed weeks are too few" in sentence(_report(100, 900) | {"weeks": 3})


def test_without_a_replay_there_is_no_evidence() -> None:
    assert sentence(None) == NOTHING
