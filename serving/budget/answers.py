"""The answer in a few sentences, the same on the page, on the first sheet and in the terminal."""

from __future__ import annotations

from allocation.budget.study import Change, Need, Study
from serving.budget.figures import line, tried_words
from serving.words import long_day, percent, whole


def answers(study: Study) -> list[str]:
    """Plain sentences: today's crews, the number needed, less money, the year under way."""
    texts = [_today(study), *_advised(study), *(_change(study, c) for c in study.changes)]
    if study.spending is not None:
        texts.append(_spending(study))
    return texts


def _today(study: Study) -> str:
    now, money = line(study, study.now), study.case.terms.currency
    return (
        f"Today’s crews ({now.mix}) cost {whole(now.money)} {money} (80 % of draws: {whole(now.money_low)} to "
        f"{whole(now.money_high)}) and do {percent(now.share)} of the work in time (80 %: {percent(now.low)} to "
        f"{percent(now.high)}; 95 %: {percent(now.lowest)} to {percent(now.highest)})."
    )


def _advised(study: Study) -> list[str]:
    target, money = percent(study.case.window.target), study.case.terms.currency
    found = line(study, study.advised)
    if study.is_met:
        first = (
            f"Cheapest mix tried that meets {target} with 80 % certainty: {found.mix}, {whole(found.money)} {money}, "
            f"{percent(found.share)} in time on average."
        )
    else:
        first = (
            f"No mix tried meets {target} with 80 % certainty. The nearest is {found.mix}: {whole(found.money)} "
            f"{money}, certain to {percent(found.chance)}."
        )
    return [first, *(need_sentence(study, n) for n in study.needs[:2])]


def need_sentence(study: Study, need: Need) -> str:
    """The fewest crews at one certainty, alone and with overtime and contractors."""
    alone = tried_words(study, need.alone)
    helped = tried_words(study, need.helped)
    what = "overtime and contractors" if study.case.terms.contractors else "overtime"
    return (
        f"Fewest crews for {percent(study.case.window.target)} in time with {percent(need.certainty)} certainty, "
        f"{need.quarters}: {alone}; with {what}: {helped}."
    )


def _change(study: Study, change: Change) -> str:
    less = "less" if change.change < 0 else "more"
    size, money = percent(abs(change.change)), study.case.terms.currency
    if change.tried is None:
        return f"{size} {less} money ({whole(change.money)} {money}): no mix tried costs so little."
    found, now = line(study, change.tried), line(study, study.now)
    helped = " with overtime and contractors" if change.has_help else ""
    return (
        f"{size} {less} money ({whole(change.money)} {money}) buys {found.mix}{helped}: {percent(found.share)} in time "
        f"instead of {percent(now.share)}, for {whole(found.money)} {money}."
    )


def _spending(study: Study) -> str:
    spent, money = study.spending, study.case.terms.currency
    assert spent is not None
    end = (
        f"{whole(spent.over)} {money} remain at its end"
        if spent.over >= 0
        else f"{whole(-spent.over)} {money} are missing at its end"
    )
    return (
        f"{spent.year}: {whole(spent.spent)} of {whole(spent.adopted)} {money} spent to {long_day(spent.through)}, "
        f"{whole(spent.left)} left; today’s crews will need {whole(spent.to_go)} until {long_day(spent.last)}: {end}."
    )
