"""The study's findings as plain tables, for sheets without formulas and for the page."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from allocation.budget.influence import Influence, Reading
from allocation.budget.service import in_time, quantiles
from allocation.budget.study import Study
from allocation.budget.terms import arrives
from serving.budget.figures import mix_words, more, need_words
from serving.words import long_day


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
                "month": periods[m.period].month,
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
    """Today's crews by fiscal quarter: money and the share in time of each kind of work."""
    case, periods = study.case, study.case.pool.periods
    rows = []
    for quarter in study.quarters:
        which = [i for i in case.window.within if periods[i].quarter == quarter.name]
        share = in_time(study.now.course.late, case.due, which)
        money = study.now.costs.total[which].sum(axis=0)
        for work, of_work in zip(case.pool.dense.work, share, strict=True):
            low, high = quantiles(of_work, case.weight, (0.1, 0.9))
            rows.append(
                {
                    "quarter": quarter.name,
                    "work": work.title,
                    "due": float(case.due[case.pool.work.index(work.category), which].sum(axis=0) @ case.weight),
                    "share": float(of_work @ case.weight),
                    "low": low,
                    "high": high,
                    "money": float(money @ case.weight),
                }
            )
    return pd.DataFrame(rows)
