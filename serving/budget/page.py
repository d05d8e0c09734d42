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
from serving.budget.about import About, conditions, not_calibrated
from serving.budget.answers import answers
from serving.budget.cards import cards
from serving.budget.changed_money import help_words
from serving.budget.chart_data import chart_data
from serving.budget.figures import line, shown_frontier, unit_words
from serving.budget.shares import judged_quarters, span, whole_span
from serving.report.page import asset, embedded, environment, plotly
from serving.words import whole

HERE = Path(__file__).parent
WHOLE_FROM = 100_000
"""Money and counts from here on are told without decimals."""


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
            help=help_words(study),
            target=study.case.window.target,
            not_calibrated=not_calibrated(about, study),
            cards=cards(study),
            answers=answers(study),
            conditions=conditions(about, study),
            judged=span(judged_quarters(study)),
            span=whole_span(study),
            frontier=frontier,
            works=[w.title for w in study.case.pool.dense.work],
            needs=_rows(tables.needs_table(study)),
            more=_rows(tables.more_table(study)),
            positions=_rows(tables.positions_table(study)),
            bands=_rows(tables.bands_table(study)),
            months=_rows(tables.months_table(study)),
            influences=_rows(tables.influence_table(study)),
            inputs=study.case.terms.inputs,
            units=[unit_words(study, one) for one in study.case.terms.inputs],
            spent=study.spending,
            has_helped=study.advised_helped is not None,
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
    env.filters = report.filters | {"money": _money, "figure": _figure}
    return env


def _money(value: float | None) -> str:
    return "–" if value is None or value != value else whole(value)


def _figure(value: float) -> str:
    """Six figures, and never an exponent."""
    return whole(value) if abs(value) >= WHOLE_FROM else f"{value:,.6g}"


def _own(name: str) -> Markup:
    return Markup((HERE / "assets" / name).read_text(encoding="utf-8"))


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
