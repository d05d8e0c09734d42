"""What 5 % less buys names the crews that go and what is lost, like compared with like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from allocation.budget.fiscal import whole_quarters
from allocation.budget.service import quantiles, worst
from allocation.budget.study import Bought, Change, Study, _change, study
from domain.progress import silent
from serving.budget.changed_money import change_sentence, help_words
from serving.budget.figures import line
from serving.budget.shares import done
from serving.words import whole


@pytest.fixture(scope="module")
def found(budgets: Any) -> Any:
    return budgets.made_study()


def _fewer(study: Any) -> Any:
    """A mix tried with fewer crews of the first type than today's, and the same of the others."""
    return next(t for t in study.tried if t.mix[0] < study.now.mix[0] and t.mix[1:] == study.now.mix[1:])


def ends(study: Any, points: Any) -> str:
    """80 %: −26 to 0."""
    low, high = quantiles(points, study.case.weight, (0.1, 0.9))
    return "80 %: " + " to ".join(f"{round(e):+d}".replace("-", "−") if round(e) else "0" for e in (low, high))


def test_without_help_the_loss_is_against_today_s_crews_on_regular_hours(found: Any) -> None:
    tried, now = _fewer(found), found.now
    told = change_sentence(found, Change(-0.05, 1000.0, Bought(tried, has_help=False), None))
    gone = now.mix[0] - tried.mix[0]
    assert f"{gone} {found.case.pool.types[0]} crew{'' if gone == 1 else 's'} go" in told
    apart = 100 * (worst(tried.share) - worst(now.share))
    mean = float(apart @ found.case.weight / found.case.weight.sum())
    assert f"{abs(mean):.0f} points {'less' if mean < 0 else 'more'} ({ends(found, apart)})" in told
    every = 100 * (done(found, tried) - done(found, now))
    assert f"points less ({ends(found, every)}) than today’s crews, who cost" in told
    assert f"than today’s crews, who cost {whole(line(found, now).money)}" in told
    assert "with the same" not in told


def test_with_help_it_is_against_today_s_crews_with_the_same_help(found: Any) -> None:
    helped = next(t for t in found.helped if t.mix != found.now.mix)
    told = change_sentence(found, Change(0.05, 1000.0, Bought(helped, has_help=True), None))
    assert f"than today’s crews with the same, who cost {whole(line(found, found.now_helped).money)}" in told
    assert "; on regular hours alone today’s crews do" in told


def test_more_money_for_fewer_crews_says_what_it_buys_in_their_place(found: Any) -> None:
    fewer = replace(found.now, mix=(found.now.mix[0] - 1, *found.now.mix[1:]))
    told = change_sentence(found, Change(0.05, 1000.0, Bought(fewer, has_help=True), None))
    first = found.case.pool.types[0]
    assert f"1 {first} crew goes, the money buys {help_words(found)} in place of what goes. It does" in told
    assert "in place of" not in change_sentence(found, Change(-0.05, 1000.0, Bought(fewer, has_help=False), None))


def test_the_same_crews_and_no_mix_at_all_are_told(found: Any) -> None:
    same = change_sentence(found, Change(-0.05, 1000.0, Bought(found.now, has_help=False), None))
    assert "no crew goes or comes" in same
    assert "0 points more (80 %: 0 to 0)" in same
    assert change_sentence(found, Change(-0.05, 1.0, None, None)).endswith("no mix tried costs so little.")


def test_crews_that_come_are_named_beside_those_that_go(found: Any) -> None:
    mix = (found.now.mix[0] - 1, found.now.mix[1] + 2, *found.now.mix[2:])
    share = np.clip(found.now.share + 0.1, 0, 1)
    best = Bought(replace(found.now, mix=mix, share=share), has_help=False)
    told = change_sentence(found, Change(0.05, 1000.0, best, None))
    first, second = found.case.pool.types[:2]
    assert f"1 {first} crew goes, 2 {second} crews come" in told


@pytest.fixture(scope="module")
def calm(budgets: Any) -> Study:
    """A town whose crews, two of each type, have half as much work as one of each could do."""
    pool, terms, paths, path = budgets.ingredients("Testford", 1.0, False)
    terms = replace(terms, rates=tuple(replace(r, crews=2, authorised=2, vacant=0) for r in terms.rates))
    return study(pool, terms, whole_quarters(budgets.AS_OF, 2, "07-01"), 0.9, paths, path, silent)


def test_more_money_lets_no_crew_go_and_says_where_it_buys_nothing(calm: Study) -> None:
    """Fewer crews would do as much for less: no answer to what more money buys."""
    less, more = calm.changes
    assert less.best is not None
    assert less.best.tried.size < calm.now.size
    assert more.best is not None
    assert more.best.tried.mix == calm.now.mix
    assert more.instead is None
    told = change_sentence(calm, more)
    assert told.endswith("no mix tried that keeps every crew does more in time for it.")
    assert "go" not in told.split("):")[1]


def test_a_mix_that_does_better_by_letting_crews_go_is_named_as_another_choice(found: Study) -> None:
    fewer = replace(_fewer(found), costs=found.now.costs, share=np.ones_like(found.now.share))
    change = _change(found.case, [found.now, fewer], [], found.now, 0.05)
    assert (change.best, change.instead) == (Bought(found.now, False), Bought(fewer, False))
    told = change_sentence(found, change)
    assert f"Where crews may go, {line(found, fewer).mix} costs " in told
