"""What the pages of a draft show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from domain.draft import Draft
from serving.web.changing import listed, marks
from serving.web.plan_grid import grid
from serving.web.publication import Publication
from serving.words import category_words, title_words


def draft_context(draft: Draft, shown: Publication, told: Mapping[str, Any] | None) -> dict[str, object]:
    """shown: the publication it starts from. told: the plan solved again, None where it was not."""
    roster = roster_of(shown, told)
    absence = draft.changes.absence if draft.changes.absence is not None else shown.problem.absence_share
    return {
        "draft": draft,
        "changes": listed(draft.changes),
        "targets": targets(shown),
        "absence": round(absence * 100),
        "solved": told,
        "difference": difference(told) if told else [],
        "calendar": grid(roster, "/drafts/slot", {"name": draft.name}, marks(draft.changes)),
    }


def targets(shown: Publication) -> list[str]:
    """Where crews can be added: yards with a type based there, then kinds of work."""
    problem = shown.problem
    return [
        *(f"{e.yard}/{e.crew_type}" for e in problem.stationed),
        *(w.category for w in problem.work if w.is_crewed),
    ]


def roster_of(shown: Publication, told: Mapping[str, Any] | None) -> pd.DataFrame:
    """The solved roster in the columns of the published one that a calendar needs, else the published one."""
    published = shown.table("roster")
    if told is None:
        return published
    rows = pd.DataFrame(told["roster"])
    return rows.assign(date=pd.to_datetime(rows["date"]), contractor_hours=0.0)


def difference(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Money and lateness before and after, one line each."""
    before, after = told["published"], told["what_if"]
    money = told["currency"]
    rows = [
        (f"Cost in all ({money})", before["cost"], after["cost"]),
        (f"of it late work and overtime ({money})", before["dispatch"], after["dispatch"]),
        (f"of it readiness and missed events ({money})", before["readiness"], after["readiness"]),
    ]
    if after["regular_wages"] != before["regular_wages"]:
        rows.append((f"beside it regular wages ({money})", before["regular_wages"], after["regular_wages"]))
    for name in before["late_days"]:
        said = title_words(category_words(name))
        rows.append((f"{said}: jobs × days late", before["late_days"][name], after["late_days"][name]))
        rows.append((f"{said}: jobs late on the last day", before["late_at_end"][name], after["late_at_end"][name]))
    return [{"what": w, "before": b, "after": a, "difference": a - b} for w, b, a in rows]
