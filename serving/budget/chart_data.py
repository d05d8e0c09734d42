"""What the charts of the page draw, as plain lists."""

from __future__ import annotations

from allocation.budget.influence import Influence
from allocation.budget.study import Study
from serving.budget.answer_tables import months_table
from serving.budget.figures import Line, line
from serving.report.page import rounded

SHARES = ("share", "lowest", "low", "high", "highest")


def chart_data(study: Study, frontier: list[Line]) -> dict[str, object]:
    """Money whole, shares to four places; None where no mix tried meets the target."""
    case = study.case
    return {
        "asOf": case.pool.dates[0].isoformat(),
        "currency": case.terms.currency,
        "target": case.window.target,
        "frontier": _frontier(frontier),
        "months": _months(study),
        "influence": [_influence(one) for one in study.influences],
        "middle": {"share": round(line(study, study.advised).share, 4)},
    }


def _frontier(frontier: list[Line]) -> dict[str, object]:
    return {
        "mix": [f.mix for f in frontier],
        "money": rounded([f.money for f in frontier], 0),
        **{name: rounded([getattr(f, name) for f in frontier], 4) for name in SHARES},
        "kind": ["now" if f.is_now else "advised" if f.is_advised else "" for f in frontier],
    }


def _months(study: Study) -> dict[str, object]:
    table = months_table(study)
    means = []
    for one in study.means:
        own = table[table["key"] == one.key]
        share, extra = own["share"].to_numpy(), own["extra"].to_numpy()
        means.append({"name": one.name, "share": rounded(share, 4), "extra": rounded(extra, 0)})
    labels = table.loc[table["key"] == study.means[0].key, "month"].tolist()
    return {"labels": labels, "means": means}


def _influence(one: Influence) -> dict[str, object]:
    return {
        "factor": one.factor,
        "low": one.low.words,
        "high": one.high.words,
        "lowShare": round(one.low.share, 4),
        "highShare": round(one.high.share, 4),
        "lowMoney": None if one.low.money is None else round(one.low.money),
        "highMoney": None if one.high.money is None else round(one.high.money),
    }
