"""Today: what to be warned of, what changed, where the crews of the next two working days go, and the map."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from serving.reading import next_days
from serving.report.days import days
from serving.report.glance import backlog as backlog_notes
from serving.report.glance import crews_out, readiness
from serving.web import since
from serving.web.chart import Chart
from serving.web.choosing import Field, category_field, field, pinned
from serving.web.earlier import beside, last_before
from serving.web.page import Contents, Page, View
from serving.web.pages.map import WHAT, map_chart, valued
from serving.web.publication import Publication
from serving.web.spans import Span, expected, forecast_days
from serving.web.warned import warnings
from serving.words import listing, short_day

NEAR = 2
"""Days on the map."""


def build(view: View) -> Contents:
    shown, category = view.publication, category_field(view)
    before = last_before(shown)
    charts = [chart for chart in (_since(before, shown, category), _map(view, category)) if chart is not None]
    return Contents(
        {
            "fields": (category,),
            "warnings": warnings(shown.source),
            "first": _first(view),
            "changes": None if before is None else _changes(before, shown, view),
            "days": days(shown.source),
            "kept": pinned(view),
        },
        tuple(charts),
    )


def _first(view: View) -> list[dict[str, str]]:
    """What to act on; how many requests are late is not told in public."""
    steps = (crews_out, readiness) if view.least_shown else (crews_out, readiness, backlog_notes)
    return [note for step in steps for note in step(view.publication.source)]


def _changes(before: Publication, shown: Publication, view: View) -> dict[str, Any]:
    more = pinned(view)
    demand = since.demand(before, shown)
    for record in demand:
        for area in record["areas"]:
            area["url"] = f"/area?{urlencode({**more, 'category': record['category'], 'area': area['area']})}"
    plan = since.plan(before, shown)
    for row in plan["rows"]:
        slot = {"date": str(row["date"].date()), **{name: row[name] for name in since.SLOT[1:]}}
        row["url"] = f"/plan/assignment?{urlencode({**more, **slot})}" if row["crews"] + row["on_readiness"] else ""
    return {
        "before": before.manifest,
        "edited": shown.manifest.edited,
        "who": view.editor,
        "days": len(since.shared_days(before, shown)),
        "demand": demand,
        "plan": plan,
        "backlog": [] if view.least_shown else since.backlog(before, shown),
        "told": since.told(before, shown),
    }


def _since(before: Publication | None, shown: Publication, category: Field) -> Chart | None:
    return None if before is None or not category.chosen else since.demand_chart(before, shown, category.chosen)


def _map(view: View, category: Field) -> Chart | None:
    """What the plan's next days bring to each area."""
    source = view.publication.source
    near = [*next_days(view.publication.tables, NEAR)] or forecast_days(source)[:NEAR]
    if not near or not category.chosen:
        return None
    span = Span("near", listing([short_day(day) for day in near]), tuple(near))
    rows = valued(expected(source, category.chosen, span), "expected")
    what = field(view, "what", "", WHAT[:1])
    return map_chart(source, rows, category, what, span, {**pinned(view), "category": category.chosen})


PAGE = Page("today", "/today", "Today", 10, "today.html.j2", build, asks=("category", "vintage"), beside=beside)
