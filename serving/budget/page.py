"""`budget.html`: one page without network, on the plan report's style, charts and words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from allocation.budget.roll import says
from allocation.budget.study import Study
from serving.budget import answer_tables as tables
from serving.budget.about import About, conditions, judged_quarters
from serving.budget.answers import answers
from serving.budget.chart_data import chart_data
from serving.budget.figures import line, shown_frontier
from serving.report.page import asset, embedded, environment, plotly
from serving.words import percent, whole

HERE = Path(__file__).parent


def budget_html(about: About, study: Study) -> str:
    """The same inputs give the same text; it loads nothing from anywhere."""
    frontier = [line(study, t) for t in shown_frontier(study)]
    return (
        _environment()
        .get_template("budget.html.j2")
        .render(
            about=about,
            study=study,
            money=study.case.terms.currency,
            target=study.case.window.target,
            cards=_cards(study),
            answers=answers(study),
            conditions=conditions(about, study),
            judged=judged_quarters(study),
            frontier=frontier,
            works=[w.title for w in study.case.pool.dense.work],
            needs=_rows(tables.needs_table(study)),
            more=_rows(tables.more_table(study)),
            positions=_rows(tables.positions_table(study)),
            bands=_rows(tables.bands_table(study)),
            months=_rows(tables.months_table(study)),
            influences=_rows(tables.influence_table(study)),
            inputs=study.case.terms.inputs,
            spent=study.spending,
            advised_words=says(study.case.pool, study.advised.mix),
            css=asset("report.css"),
            own_css=_own("budget.css"),
            plotly=plotly(),
            scripts=Markup("\n").join([asset("chart.js"), _own("budget.js"), asset("start.js")]),
            data=embedded(chart_data(study, frontier)),
        )
    )


@cache
def _environment() -> Environment:
    """The report's own environment with our templates before its own."""
    report = environment()
    folders = [HERE / "templates", HERE.parent / "report" / "templates"]
    env = report.overlay(loader=FileSystemLoader(folders))
    env.filters = report.filters | {"money": _money}
    return env


def _money(value: float | None) -> str:
    return "–" if value is None or value != value else whole(value)


def _own(name: str) -> Markup:
    return Markup((HERE / "assets" / name).read_text(encoding="utf-8"))


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _cards(study: Study) -> list[tuple[str, str, str]]:
    """Title, value, what it means."""
    now, money = line(study, study.now), study.case.terms.currency
    spread = f"{whole(now.money_low)} to {whole(now.money_high)}"
    cards = [
        (f"Today’s crews cost ({money})", whole(now.money), f"80 % of draws: {spread}"),
        ("They do in time", percent(now.share), f"80 % of draws: {percent(now.low)} to {percent(now.high)}"),
        _mix_card(study),
    ]
    if study.spending is not None:
        spent = study.spending
        end = f"{whole(spent.over)} {money} at its end with today’s crews"
        cards.append((f"Left of {spent.year} ({money})", whole(spent.left), end))
    return cards


def _mix_card(study: Study) -> tuple[str, str, str]:
    """The mix that meets the target, comes nearest to it, or gets furthest where none could meet it."""
    best, money, target = line(study, study.advised), study.case.terms.currency, percent(study.case.window.target)
    if not study.can_be_met:
        most = percent(float(study.case.within_reach.min()))
        furthest = f"{best.mix} gets furthest: {percent(best.share)} for {whole(best.money)} {money}"
        said = f"at most {most} whatever the crews; of the mixes tried {furthest}"
        return f"{target} in time", "out of reach", said
    met = "meets" if study.is_met else "comes nearest to"
    told = f"{best.mix}: {whole(best.money)} {money}, {percent(best.chance)} certain"
    return f"The mix that {met} {target}", f"{best.crews} crews", told
