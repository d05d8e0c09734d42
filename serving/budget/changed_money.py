"""What 5 % less buys, or more: which crews go or come, and the share in time lost or won, like compared with like."""

from __future__ import annotations

from allocation.budget.search import Tried
from allocation.budget.service import mean, quantiles, worst
from allocation.budget.study import Change, Study
from serving.budget.figures import line
from serving.words import listing, percent, plural, whole


def change_sentence(study: Study, change: Change) -> str:
    """The best mix that the changed money pays for, against today's crews with the same means."""
    money = study.case.terms.currency
    less = "less" if change.change < 0 else "more"
    asked = (
        f"{percent(abs(change.change))} {less} than today’s crews cost on regular hours ({whole(change.money)} {money})"
    )
    if change.tried is None:
        return f"{asked}: no mix tried costs so little."
    found = line(study, change.tried)
    helped = f" with {help_words(study)}" if change.has_help else ""
    base = study.now_helped if change.has_help else study.now
    return (
        f"{asked} buys {found.mix}{helped} for {whole(found.money)} {money}: {_moved(study, change)}. It does "
        f"{percent(found.share)} in time (80 %: {percent(found.low)} to {percent(found.high)}), "
        f"{_apart(study, change.tried, base)} than today’s crews{' with the same' if change.has_help else ''}, who "
        f"cost {whole(line(study, base).money)} {money}{_alone(study, change)}."
    )


def help_words(study: Study) -> str:
    return "overtime and contractors" if study.case.terms.contractors else "overtime"


def _moved(study: Study, change: Change) -> str:
    """1 patching crew and 1 drainage crew go; those that come named too, or what is bought in place of crews."""
    assert change.tried is not None
    tried, types, told = change.tried, study.case.pool.types, []
    for verbs, sign in ((("goes", "go"), -1), (("comes", "come"), 1)):
        counts = [sign * (n - now) for n, now in zip(tried.mix, study.now.mix, strict=True)]
        named = [plural(n, f"{name} crew") for n, name in zip(counts, types, strict=True) if n > 0]
        if named:
            told.append(f"{listing(named)} {verbs[0] if sum(n for n in counts if n > 0) == 1 else verbs[1]}")
    if change.has_help and sum(tried.mix) < sum(study.now.mix):
        told.append(f"the money buys {help_words(study)} in place of what goes")
    return ", ".join(told) or "no crew goes or comes"


def _apart(study: Study, tried: Tried, base: Tried) -> str:
    """14 points less (80 %: −26 to −5), draw by draw."""
    weight = study.case.weight
    points = 100 * (worst(tried.share) - worst(base.share))
    middle = mean(points, weight)
    low, high = quantiles(points, weight, (0.1, 0.9))
    return f"{abs(middle):.0f} points {'less' if middle < 0 else 'more'} (80 %: {_signed(low)} to {_signed(high)})"


def _signed(points: float) -> str:
    return f"{round(points):+d}".replace("-", "−") if round(points) else "0"


def _alone(study: Study, change: Change) -> str:
    """What today's crews do on regular hours, where they were compared with help."""
    return f"; on regular hours alone those do {percent(line(study, study.now).share)}" if change.has_help else ""
