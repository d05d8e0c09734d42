"""Plan: crews by yard, day and shift; every cell leads to why."""

from __future__ import annotations

from serving.web.page import Contents, Page, View
from serving.web.plan_grid import grid
from serving.web.roles import Role


def build(view: View) -> Contents:
    shown = view.publication
    edited = shown.manifest.edited
    kept = {"vintage": view.query["vintage"]} if "vintage" in view.query else {}
    return Contents(
        {
            "calendar": grid(shown.table("roster"), "/plan/assignment", kept, {}),
            "edited": edited,
            "who": view.editor,
            "may_change": view.role >= Role.PLANNER,
            "may_mail": view.role >= Role.VIEWER,
            "may_open_report": view.role >= Role.PLANNER,
        }
    )


PAGE = Page("plan", "/plan", "Plan", 20, "plan.html.j2", build, asks=("vintage",))
