"""What the pages of a draft show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd

from allocation.absence import planned_absence
from domain.draft import Draft
from serving.web.changing import Place, listed, marks
from serving.web.plan_grid import grid
from serving.web.publication import Publication
from serving.words import category_words, title_words


def draft_context(draft: Draft, shown: Publication, told: Mapping[str, Any] | None) -> dict[str, object]:
    """shown: the publication it starts from. told: the plan solved again, None where it was not."""
    roster = roster_of(shown, told)
    absence = draft.changes.absence if draft.changes.absence is not None else planned_absence(shown.problem)
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


def other_shifts(base: Publication, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where crews can be moved that day: an address's value and words for each yard and shift that is worked."""
    day, problem = asked["date"], base.problem
    worked = {shift.name: any(day == str(one) for one in shift.dates) for shift in problem.shifts}
    places = [(yard.name, shift) for yard in problem.yards for shift in yard.shifts if worked[shift]]
    ordered = sorted(places, key=lambda place: (place[0] != asked["yard"], place))
    return [
        (urlencode({"yard": yard, "shift": shift}), f"{yard}, {shift}")
        for yard, shift in ordered
        if (yard, shift) != (asked["yard"], asked["shift"])
    ]


def place_of(text: str) -> Place:
    """Yard and shift of a value that `other_shifts` gave; empty where it is none."""
    found = dict(parse_qsl(text))
    return found.get("yard", ""), found.get("shift", "")


def roster_of(shown: Publication, told: Mapping[str, Any] | None) -> pd.DataFrame:
    """The solved roster in the columns of the published one that a calendar needs, else the published one."""
    published = shown.table("roster")
    if told is None:
        return published
    rows = pd.DataFrame(told["roster"])
    return rows.assign(date=pd.to_datetime(rows["date"]), contractor_hours=0.0)


def difference(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Money and lateness, one line each: as published, under a scenario the same roster on its draws (else None), the
    draft, and the difference to what is on the draft's draws."""
    under = told.get("published_under_scenario")
    sides = [told["published"], *([] if under is None else [under]), told["what_if"]]
    money = told["currency"]
    rows = [
        (f"Cost in all ({money})", [s["cost"] for s in sides]),
        (f"of it late work and overtime ({money})", [s["dispatch"] for s in sides]),
        (f"of it readiness and missed events ({money})", [s["readiness"] for s in sides]),
    ]
    if len({s["regular_wages"] for s in sides}) > 1:
        rows.append((f"beside it regular wages ({money})", [s["regular_wages"] for s in sides]))
    for name in sides[0]["late_days"]:
        said = title_words(category_words(name))
        rows.append((f"{said}: jobs × days late", [s["late_days"][name] for s in sides]))
        waiting = [s.get("waiting_days", {}).get(name, 0.0) for s in sides]
        if round(max(waiting), 1) > 0:
            rows.append((f"{said}: of these cannot be begun yet, in no cost and the same for every roster", waiting))
        rows.append((f"{said}: jobs late on the last day", [s["late_at_end"][name] for s in sides]))
    return [
        {
            "what": what, "before": values[0], "under": None if under is None else values[1], "after": values[-1],
            "difference": values[-1] - values[-2],
        }
        for what, values in rows
    ]  # fmt: skip
