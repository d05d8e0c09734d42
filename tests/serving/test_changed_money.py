"""What 5 % less buys names the crews that go and what is lost, like compared with like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.budget.service import quantiles, worst
from allocation.budget.study import Change
from serving.budget.changed_money import change_sentence, help_words
from serving.budget.figures import line
from serving.words import whole


@pytest.fixture(scope="module")
def found(budgets: Any) -> Any:
    return budgets.made_study()


def _fewer(study: Any) -> Any:
    """A mix tried with fewer crews of the first type than today's, and the same of the others."""
    return next(t for t in study.tried if t.mix[0] < study.now.mix[0] and t.mix[1:] == study.now.mix[1:])


def test_without_help_the_loss_is_against_today_s_crews_on_regular_hours(found: Any) -> None:
    tried, now = _fewer(found), found.now
    told = change_sentence(found, Change(-0.05, 1000.0, tried, has_help=False))
    gone = now.mix[0] - tried.mix[0]
    assert f"{gone} {found.case.pool.types[0]} crew{'' if gone == 1 else 's'} go" in told
    apart = 100 * (worst(tried.share) - worst(now.share))
    low, high = quantiles(apart, found.case.weight, (0.1, 0.9))
    mean = float(apart @ found.case.weight / found.case.weight.sum())
    assert f"{abs(mean):.0f} points {'less' if mean < 0 else 'more'}" in told
    ends = [f"{round(end):+d}".replace("-", "−") if round(end) else "0" for end in (low, high)]
    assert f"(80 %: {ends[0]} to {ends[1]})" in told
    assert f"than today’s crews, who cost {whole(line(found, now).money)}" in told
    assert "with the same" not in told


def test_with_help_it_is_against_today_s_crews_with_the_same_help(found: Any) -> None:
    helped = next(t for t in found.helped if t.mix != found.now.mix)
    told = change_sentence(found, Change(0.05, 1000.0, helped, has_help=True))
    assert f"than today’s crews with the same, who cost {whole(line(found, found.now_helped).money)}" in told
    assert "on regular hours alone those do" in told


def test_more_money_for_fewer_crews_says_what_it_buys_in_their_place(found: Any) -> None:
    fewer = replace(found.now, mix=(found.now.mix[0] - 1, *found.now.mix[1:]))
    told = change_sentence(found, Change(0.05, 1000.0, fewer, has_help=True))
    first = found.case.pool.types[0]
    assert f"1 {first} crew goes, the money buys {help_words(found)} in place of what goes. It does" in told
    assert "in place of" not in change_sentence(found, Change(-0.05, 1000.0, fewer, has_help=False))


def test_the_same_crews_and_no_mix_at_all_are_told(found: Any) -> None:
    same = change_sentence(found, Change(-0.05, 1000.0, found.now, has_help=False))
    assert "no crew goes or comes" in same
    assert "0 points more (80 %: 0 to 0)" in same
    assert change_sentence(found, Change(-0.05, 1.0, None, has_help=False)).endswith("no mix tried costs so little.")


def test_crews_that_come_are_named_beside_those_that_go(found: Any) -> None:
    mix = (found.now.mix[0] - 1, found.now.mix[1] + 2, *found.now.mix[2:])
    share = np.clip(found.now.share + 0.1, 0, 1)
    told = change_sentence(found, Change(0.05, 1000.0, replace(found.now, mix=mix, share=share), has_help=False))
    first, second = found.case.pool.types[:2]
    assert f"1 {first} crew goes, 2 {second} crews come" in told
