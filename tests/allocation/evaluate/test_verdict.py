from __future__ import annotations

from typing import Any

import pytest

from allocation.evaluate.verdict import NOTHING, sentence


def _report(low: float, high: float, *, calibrated: bool = True) -> dict[str, Any]:
    gap = {
        "best_simple": "supervisor",
        "saved": {"value": (low + high) / 2, "low": low, "high": high},
        "closed": {"value": 0.3, "low": 0.1, "high": 0.5},
    }
    return {
        "gaps": {"1": {"sample-paths": gap}}, "central_load": "1", "ours": "sample-paths", "weeks": 26,
        "titles": {"supervisor": "a good supervisor"}, "currency": "USD", "calibrated": calibrated,
        "calibration": [{"category": "pothole", "is_within": calibrated}],
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
