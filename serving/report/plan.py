"""The report of a plan: one file, no network, for reading at six in the morning."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from domain.manifest import Manifest
from serving.report import (
    accuracy,
    days,
    demand_map,
    doubts,
    drivers,
    fans,
    glance,
    health,
    open_requests,
    places,
    plan_calendar,
    reporting,
    staffing,
)
from serving.report.page import asset, embedded, plotly, render, scripts
from serving.report.source import Source
from serving.words import modes, origins_label


def report_html(tables: Mapping[str, pd.DataFrame], manifest: Manifest, areas: pd.DataFrame) -> str:
    """tables: by name in `domain.tables.PUBLISHED`, with vintage_id; what is missing is said to be missing.
    areas: the `areas` table. The same inputs give the same text; it loads nothing from anywhere."""
    source = Source(tables, manifest, areas)
    backlog = open_requests.backlog(source)
    data = {
        "asOf": manifest.as_of.isoformat(),
        "categories": source.titles(),
        "map": demand_map.data(source),
        "fan": fans.data(source),
        "drivers": drivers.data(source),
        "worklist": places.data(source),
        "backlog": open_requests.data(backlog),
        "accuracy": accuracy.data(source),
    }
    return render(
        "plan.html.j2",
        {
            "m": manifest,
            "label": origins_label(manifest),
            "modes": modes(manifest),
            "source": source,
            "categories": source.titles(),
            "places": fans.places(source),
            "first": glance.first(source),
            "then": glance.then(source),
            "figures": glance.figures(source),
            "next_days": days.days(source),
            "mapped": data["map"]["mapped"],  # type: ignore[index]
            "calendar": plan_calendar.calendar(source),
            "hints": staffing.hints(source),
            "doubts": doubts.doubts(source),
            "explained": drivers.places(source),
            "weather": drivers.weather(source),
            "worklist": places.worklist(source),
            "listed": places.LISTED,
            "backlog": backlog,
            "reporting": reporting.reporting(source),
            "titles": health.TITLES,
            "health": health.rows(source),
            "accuracy": accuracy.accuracy(source),
            "css": asset("report.css"),
            "plotly": plotly(),
            "scripts": scripts(),
            "data": embedded(data),
        },
    )
