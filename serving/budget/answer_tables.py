"""The study's findings as plain tables, for sheets without formulas and for the page."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from allocation.budget.influence import Influence, Reading
from allocation.budget.service import all_in_time, in_time, quantiles
from allocation.budget.study import Study
from allocation.budget.terms import arrives
from serving.budget.figures import mix_words, more, need_words
from serving.words import long_day

ALL_QUARTERS, ALL_WORK = "all quarters", "All work"


def needs_table(study: Study) -> pd.DataFrame:
    """quarters, certainty, alone, alone_money, helped, helped_money: money of those quarters."""
    case = study.case
    return pd.DataFrame(
        [
            {
                "quarters": n.quarters,
                "certainty": n.certainty,
                "alone": need_words(study, n, n.alone),
                "alone_money": float("nan") if n.alone is None else case.mean_cost(n.alone, n.within),
                "helped": need_words(study, n, n.helped),
                "helped_money": float("nan") if n.helped is None else case.mean_cost(n.helped, n.within),
            }
            for n in study.needs
        ]
    )


def more_table(study: Study) -> pd.DataFrame:
    """One more crew of each type against today's, with the day from which it works."""
    case = study.case
    as_of = case.pool.dates[0] - timedelta(days=1)
    rows = [
        more(study, name, tried, long_day(max(case.window.start, arrives(as_of, rates))))
        for (name, tried), rates in zip(study.one_more, case.terms.rates, strict=True)
    ]
    return pd.DataFrame([vars(row) for row in rows])


def positions_table(study: Study) -> pd.DataFrame:
    """Crews by type: in post, authorised, vacant, in the mix on regular hours and what of it goes beyond what is
    authorised; the same of the mix with overtime and contractors, where one meets the target."""
    helped = study.advised_helped
    return pd.DataFrame(
        [
            {
                "crew_type": r.name,
                "cost_code": r.cost_code,
                "in_post": r.crews,
                "authorised": r.authorised,
                "vacant": r.vacant,
                "advised": study.advised.mix[k],
                "beyond": max(0, study.advised.mix[k] - r.authorised),
                **({} if helped is None else _helped(helped.mix[k], r.authorised)),
                "shared": "shared with snow" if r.snow_duty else "",
                "loaded_hour": r.loaded_hour,
            }
            for k, r in enumerate(study.case.terms.rates)
        ]
    )


def _helped(crews: int, authorised: int) -> dict[str, int]:
    return {"helped_crews": crews, "helped_beyond": max(0, crews - authorised)}


def months_table(study: Study) -> pd.DataFrame:
    """Every means in every month: extra money, share, chance, late jobs avoided, money each, best."""
    names = {m.key: m.name for m in study.means}
    periods = study.case.pool.periods
    return pd.DataFrame(
        [
            {
                "month": periods[m.period].name,
                "quarter": periods[m.period].quarter,
                "key": m.key,
                "means": names[m.key],
                "extra": m.extra,
                "share": m.share,
                "chance": m.chance,
                "avoided": m.avoided,
                "each": float("nan") if m.each is None else m.each,
                "best": "best here" if m.is_best else "",
            }
            for m in study.months
        ]
    )


def influence_table(study: Study) -> pd.DataFrame:
    """Both ends of each factor, in rank order."""
    return pd.DataFrame([_end(study, at, i, r) for at, i in enumerate(study.influences, 1) for r in (i.low, i.high)])


def _end(study: Study, rank: int, one: Influence, reading: Reading) -> dict[str, object]:
    return {
        "rank": rank,
        "factor": one.factor,
        "moved": reading.words,
        "share": reading.share,
        "mix": mix_words(study, reading.mix),
        "money": float("nan") if reading.money is None else reading.money,
        "changes": "yes" if changes_advice(study, reading) else "no",
    }


def changes_advice(study: Study, reading: Reading) -> bool:
    """Whether another mix than the advised one is the cheapest that meets the target, or none is."""
    return reading.mix != (study.advised.mix if study.is_met else None)


def bands_table(study: Study) -> pd.DataFrame:
    """Today's crews by fiscal quarter and over all of them: money, jobs due and the share of them in time, of each kind
    of work and of all. The last row is the first answer's."""
    case, periods = study.case, study.case.pool.periods
    spans = [(q.name, [i for i in case.window.within if periods[i].quarter == q.name]) for q in study.quarters]
    spans += [(ALL_QUARTERS, list(case.window.within))] if len(spans) > 1 else []
    return pd.DataFrame([row for name, which in spans for row in _bands(study, name, which)])


def _bands(study: Study, name: str, which: list[int]) -> list[dict[str, object]]:
    """A row a kind of work over some periods, and one of all work."""
    case, late = study.case, study.now.course.late
    money = float(study.now.costs.total[which].sum(axis=0) @ case.weight)
    due = case.due[:, which].sum(axis=1) @ case.weight  # (J,)
    shares = [*in_time(late, case.due, which), all_in_time(late, case.due, which)]
    rows = []
    for work, jobs, share in zip(
        [*(w.title for w in case.pool.dense.work), ALL_WORK], [*due, due.sum()], shares, strict=True
    ):
        low, high = quantiles(share, case.weight, (0.1, 0.9))
        told = {"due": float(jobs), "share": float(share @ case.weight), "low": low, "high": high, "money": money}
        rows.append({"quarter": name, "work": work, **told})
    return rows
