"""The answer in a few sentences, the same on the page, on the first sheet and in the terminal."""

from __future__ import annotations

from allocation.budget.influence import CERTAINTY
from allocation.budget.needs import Need
from allocation.budget.service import chance, in_time
from allocation.budget.study import Study
from serving.budget.answer_tables import changes_advice
from serving.budget.changed_money import change_sentence, help_words
from serving.budget.figures import line, need_words
from serving.budget.shares import both_words, done_words, jobs_due, judged_words, target_words, whole_span, worst_words
from serving.words import listing, long_day, percent, whole


def answers(study: Study) -> list[str]:
    """Plain sentences: today's crews, the number needed, less money, the year under way."""
    texts = [_today(study), *_out_of_reach(study), *_helped(study), *_advised(study)]
    texts += [change_sentence(study, c) for c in study.changes]
    if study.spending is not None:
        texts.append(_spending(study))
    return [*texts, *_firm(study)]


def _firm(study: Study) -> list[str]:
    """Whether the advised mix stands when the inputs are moved, in turn."""
    inputs = [one for one in study.influences if one.factor in ("minutes a job", "absence", "prices")]
    if not inputs:
        return []
    told = [f"{one.factor} {end.words}" for one in inputs for end in (one.low, one.high) if changes_advice(study, end)]
    tried = listing([f"{one.factor} ({one.low.words}, {one.high.words})" for one in inputs])
    if not study.is_met:
        met = f"with {listing(told)} some mix meets it" if told else "no mix tried meets the target either"
        return [f"Moved in turn, {tried}: {met}."]
    if not told:
        return [f"The mix on regular hours stays the cheapest with {tried}, each in turn."]
    return [f"Moved in turn, {tried}: the mix on regular hours changes with {listing(told)}."]


def _today(study: Study) -> str:
    """Money and jobs due are of the same days, as on the sheet of today's crews by quarter; then what is targeted."""
    now, money = line(study, study.now), study.case.terms.currency
    return (
        f"Today’s crews ({now.mix}) cost {whole(now.money)} {money} (80 % of draws: {whole(now.money_low)} to "
        f"{whole(now.money_high)}) over {whole_span(study)} and do {percent(now.done)} of the {whole(jobs_due(study))} "
        f"jobs due then in time (80 %: {percent(now.done_low)} to {percent(now.done_high)}): {_kinds(study)}. The "
        f"target of {percent(study.case.window.target)} is set on each kind of work{judged_words(study)}: of the one "
        f"that does worst in a draw they do {percent(now.share)} in time (80 %: {percent(now.low)} to "
        f"{percent(now.high)}; 95 %: {percent(now.lowest)} to {percent(now.highest)})."
    )


def _kinds(study: Study) -> str:
    """What today's crews do of each kind over all quarters of the budget."""
    case = study.case
    share = in_time(study.now.course.late, case.due, case.window.within) @ case.weight
    return listing([f"{percent(s)} of {w.noun}" for w, s in zip(case.pool.dense.work, share, strict=True)])


def _out_of_reach(study: Study) -> list[str]:
    """That no crews can do in time as much as the target asks, as they cannot begin before it is due, and how far they
    get."""
    if study.can_be_met:
        return []
    target, best = percent(study.case.window.target), line(study, study.advised)
    told = listing([f"{percent(share)} of {noun}" for noun, share in short_of_target(study).items()])
    furthest = (
        f"{best.mix} gets furthest: {worst_words(study, study.advised)} in time, {percent(best.done)} of all jobs due, "
        f"for {whole(best.money)}"
    )
    return [
        f"No number of crews meets {target} of each kind of work in time with 80 % certainty: at most {told} can be in "
        "time on average, as crews "
        f"can begin on the rest only when it is past due. Of the mixes tried, {furthest} {study.case.terms.currency}. "
        "Ask for a --target below that to tell mixes apart, and judge no crews by this one."
    ]


def short_of_target(study: Study) -> dict[str, float]:
    """Noun -> the most that can be in time, mean: the work that alone keeps the target out of reach, else all."""
    case, window = study.case, study.case.window
    most = {w.noun: float(m) for w, m in zip(case.pool.dense.work, case.within_reach, strict=True)}
    alone = [chance(m[None], window.target, case.weight) for m in case.most(window.judged)]
    short = {noun: m for (noun, m), sure in zip(most.items(), alone, strict=True) if sure < CERTAINTY - 1e-9}
    return short or most


def _helped(study: Study) -> list[str]:
    """Today's crews with what they may call on, and the cheapest mix with it."""
    now, money, what = line(study, study.now_helped), study.case.terms.currency, help_words(study)
    first = (
        f"With {what} today’s crews cost {whole(now.money)} {money} and do {done_words(study, study.now_helped)}, "
        f"{worst_words(study, study.now_helped)}."
    )
    if study.advised_helped is None:
        return [first]
    best = line(study, study.advised_helped)
    return [
        first,
        f"Cheapest mix tried that does {target_words(study)} with 80 % certainty with {what}: {best.mix}, "
        f"{whole(best.money)} {money}, {both_words(study, study.advised_helped)}.",
    ]


def _advised(study: Study) -> list[str]:
    if not study.can_be_met:
        return []
    target, money = target_words(study), study.case.terms.currency
    found = line(study, study.advised)
    if study.is_met:
        first = (
            f"On regular hours alone, the cheapest mix tried that does {target} with 80 % certainty: {found.mix}, "
            f"{whole(found.money)} {money}, {both_words(study, study.advised)}."
        )
    else:
        first = (
            f"On regular hours alone no mix tried does {target} with 80 % certainty. The nearest is {found.mix}: "
            f"{whole(found.money)} {money}, {both_words(study, study.advised)}, certain to {percent(found.chance)}."
        )
    return [first, *(need_sentence(study, n) for n in study.needs[:2])]


def need_sentence(study: Study, need: Need) -> str:
    """The fewest crews at one certainty, alone and with overtime and contractors."""
    alone, helped = need_words(study, need, need.alone), need_words(study, need, need.helped)
    what = help_words(study)
    return (
        f"Fewest crews, of {len(study.tried)} mixes tried, for {percent(study.case.window.target)} of each kind of "
        f"work in time with {percent(need.certainty)} certainty, {need.quarters}: {alone}; with {what}, of "
        f"{len(study.helped)} mixes tried: {helped}."
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
