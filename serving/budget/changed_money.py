"""What 5 % less buys, or more: which crews go or come, and the shares in time lost or won, like compared with like."""

from __future__ import annotations

from allocation.budget.service import mean, quantiles, worst
from allocation.budget.study import Bought, Change, Study
from domain.panel import Floats
from serving.budget.figures import line
from serving.budget.shares import WORST, done, done_words, judged_words, worst_words
from serving.words import listing, percent, plural, whole


def change_sentence(study: Study, change: Change) -> str:
    """The best mix that the changed money pays for, against today's crews with the same means."""
    money = study.case.terms.currency
    less = "less" if change.change < 0 else "more"
    asked = (
        f"{percent(abs(change.change))} {less} than today’s crews cost on regular hours ({whole(change.money)} {money})"
    )
    if change.best is None:
        return f"{asked}: no mix tried costs so little."
    if change.change > 0 and change.best.tried.mix == study.now.mix and not change.best.has_help:
        told = f"{asked}: no mix tried that keeps every crew does more in time for it"
    else:
        told = f"{asked} buys {_bought(study, change.best)}"
    return f"{told}{_instead(study, change.instead)}."


def _bought(study: Study, best: Bought) -> str:
    """The mix, which crews move for it, and what it does against today's crews."""
    tried, money = best.tried, study.case.terms.currency
    helped = f" with {help_words(study)}" if best.has_help else ""
    base, same = (study.now_helped, " with the same") if best.has_help else (study.now, "")
    every = _apart(study, done(study, tried) - done(study, base))
    least = _apart(study, worst(tried.share) - worst(base.share))
    found = line(study, tried)
    told = (
        f"{found.mix}{helped} for {whole(found.money)} {money}: {_moved(study, best)}. It does "
        f"{done_words(study, tried)}, "
    )
    if best.has_help and tried.mix == base.mix:
        return f"{told}{worst_words(study, tried)}{_alone(study, best)}"
    return (
        f"{told}{every} than today’s crews{same}, who cost {whole(line(study, base).money)} {money}; of "
        f"{WORST}{judged_words(study)} it does {percent(found.share)}, {least}{_alone(study, best)}"
    )


def _instead(study: Study, instead: Bought | None) -> str:
    """What does more for the same money where crews may go for it."""
    if instead is None:
        return ""
    found, money = line(study, instead.tried), study.case.terms.currency
    helped = f" with {help_words(study)}" if instead.has_help else ""
    return (
        f". Where crews may go, {found.mix}{helped} costs {whole(found.money)} {money} and does "
        f"{percent(found.done)} of all jobs due in time, {worst_words(study, instead.tried)}"
    )


def help_words(study: Study) -> str:
    return "overtime and contractors" if study.case.terms.contractors else "overtime"


def _moved(study: Study, best: Bought) -> str:
    """1 patching crew and 1 drainage crew go; those that come named too, or what is bought in place of crews."""
    tried, types, told = best.tried, study.case.pool.types, []
    for verbs, sign in ((("goes", "go"), -1), (("comes", "come"), 1)):
        counts = [sign * (n - now) for n, now in zip(tried.mix, study.now.mix, strict=True)]
        named = [plural(n, f"{name} crew") for n, name in zip(counts, types, strict=True) if n > 0]
        if named:
            told.append(f"{listing(named)} {verbs[0] if sum(n for n in counts if n > 0) == 1 else verbs[1]}")
    if best.has_help and sum(tried.mix) < sum(study.now.mix):
        told.append(f"the money buys {help_words(study)} in place of what goes")
    return ", ".join(told) or "no crew goes or comes"


def _apart(study: Study, shares: Floats) -> str:
    """14 points less (80 %: −26 to −5), draw by draw."""
    weight = study.case.weight
    points = 100 * shares
    middle = mean(points, weight)
    low, high = quantiles(points, weight, (0.1, 0.9))
    return f"{abs(middle):.0f} points {'less' if middle < 0 else 'more'} (80 %: {_signed(low)} to {_signed(high)})"


def _signed(points: float) -> str:
    return f"{round(points):+d}".replace("-", "−") if round(points) else "0"


def _alone(study: Study, best: Bought) -> str:
    """What today's crews do on regular hours, where they were compared with help."""
    now = line(study, study.now)
    told = f"; on regular hours alone today’s crews do {percent(now.done)} and {percent(now.share)}"
    return told if best.has_help else ""
