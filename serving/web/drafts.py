"""Drafts of planners: begun, changed by one person at a time, solved, published with a name and a reason."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.draft import Changes, Draft
from domain.errors import ChangedMeanwhileError, NotAllowedError, NotSignedInError, WhatIfError
from serving.web import changing
from serving.web.audit import noted
from serving.web.draft_acts import Act, changed
from serving.web.drafted import draft_context, other_shifts, place_of, roster_of
from serving.web.pages.assignment import assignment
from serving.web.plan_grid import SLOT, at_slot
from serving.web.rendering import render
from serving.web.roles import Role, Visitor
from serving.web.show import framed
from serving.web.site import Site, site_of
from serving.web.solving import pool_of, solved_again
from serving.web.works import PublishAsk
from storage.drafts import list_drafts, read_draft, remove_draft, save_draft

router = APIRouter(prefix="/drafts", include_in_schema=False)
NAME = re.compile(r"^[^\x00-\x1f\x7f]{1,60}$")
WHY = re.compile(r"^[^\x00-\x1f\x7f]{3,300}$")
SAID_KEPT = 50
STILL_PUBLISHING = "it goes on: look at the plan page in some minutes, where it appears once it is published"
OWN_WEATHER = "take the weather back, solve again, and publish that: what is published keeps its own forecast"
Text = Annotated[str, Form(max_length=400)]
Number = Annotated[int, Form(ge=-1000, le=1000)]


def planner(request: Request) -> tuple[Site, Visitor]:
    """Raises NotSignedInError, NotAllowedError."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        raise NotSignedInError("sign in first", remedy="use your token")
    if visitor.role < Role.PLANNER:
        raise NotAllowedError(f"your role is {visitor.role.word}", remedy="drafts are for planners: use another token")
    pool_of(site)
    return site, visitor


@router.get("")
def every(request: Request) -> Response:
    site, visitor = planner(request)
    context = {"drafts": list_drafts(site.shelf.folder), "csrf": visitor.csrf, "m": site.shelf.current().manifest}
    return _page(request, site, visitor, "Drafts", "drafts.html.j2", context)


@router.post("/new")
def begin(request: Request, name: Text = "", csrf: Text = "") -> Response:
    site, visitor = planner(request)
    site.door.check_form(request, visitor, csrf)
    if not NAME.match(name.strip()):
        raise WhatIfError("a draft needs a name", remedy="give it one of up to 60 characters")
    base = site.shelf.current().id
    draft = Draft(name=name.strip(), base=base, revision=0, by=visitor.name, at=_now(), said=("begun",))
    save_draft(site.shelf.folder, draft)
    noted(site.settings, visitor, "saved", draft=draft.name, said="begun")
    return _to(draft.name)


@router.get("/one")
def one(request: Request, name: str = "") -> Response:
    """The draft, its difference where it was solved, and what can be done with it."""
    site, visitor = planner(request)
    draft = read_draft(site.shelf.folder, name)
    base = site.shelf.named(draft.base)
    told = site.solved.find(draft.base, draft.changes)
    own = {"csrf": visitor.csrf, "latest": site.shelf.current().id, "scenarios": pool_of(site).works.scenarios}
    context = {**draft_context(draft, base, told), **own}
    return _page(request, site, visitor, f"Draft: {draft.name}", "draft.html.j2", context)


@router.get("/slot")
def slot(request: Request, name: str = "") -> Response:
    """One assignment of the draft: why, and the ways to change it."""
    site, visitor = planner(request)
    draft = read_draft(site.shelf.folder, name)
    base = site.shelf.named(draft.base)
    asked = {key: request.query_params.get(key, "")[:200] for key in SLOT}
    told = assignment(base, asked)
    now = at_slot(roster_of(base, site.solved.find(draft.base, draft.changes)), asked)
    told = told if now.empty else {**told, "crews": int(now["crews"].iloc[0])}
    others = other_shifts(base, asked)
    context = {"draft": draft, "one": told, "slot": asked, "others": others, "csrf": visitor.csrf, "m": base.manifest}
    return _page(request, site, visitor, f"{asked['yard']}, {asked['date']}, {asked['shift']}", "slot.html.j2", context)


@router.post("/change")
def change(
    request: Request, name: Text, revision: Number, act: Text, csrf: Text = "", number: Number = 0, target: Text = "",
    absence: Annotated[float, Form(ge=0, le=100)] = 0, what: Text = "", date: Text = "", shift: Text = "",
    yard: Text = "", crew_type: Text = "", to: Text = "",
) -> Response:  # fmt: skip
    """One change to a draft as it was read; ChangedMeanwhileError where somebody else was quicker."""
    site, visitor = planner(request)
    site.door.check_form(request, visitor, csrf)
    draft = _as_read(site, name, revision)
    base = site.shelf.current() if act == "carry" else site.shelf.named(draft.base)
    scenarios = pool_of(site).works.scenarios
    asked = Act(act, (date, shift, yard, crew_type), number, target, absence, what, place_of(to), scenarios)
    changes = changed(draft, base, site.solved.find(draft.base, draft.changes), asked)
    _save(site, visitor, draft, changes, base.id, act)
    return _to(draft.name)


@router.post("/solve")
async def solve(request: Request, name: Text, revision: Number, csrf: Text = "") -> Response:
    site, visitor = planner(request)
    site.door.check_form(request, visitor, csrf)
    draft = _as_read(site, name, revision)
    await solved_again(site, visitor, site.shelf.named(draft.base), draft.changes)
    return _to(draft.name, "#solve-h")


@router.post("/publish")
async def publish(request: Request, name: Text, revision: Number, why: Text = "", csrf: Text = "") -> Response:
    """The draft as a new vintage, as it was last seen solved; then the draft is gone."""
    site, visitor = planner(request)
    site.door.check_form(request, visitor, csrf)
    draft = _as_read(site, name, revision)
    if not WHY.match(why.strip()):
        raise WhatIfError("a plan is published with a reason", remedy="say why in 3 to 300 characters")
    if draft.changes.scenario is not None:
        raise WhatIfError("a plan under other weather is to look at, not to publish", remedy=OWN_WEATHER)
    if site.solved.find(draft.base, draft.changes) is None:
        raise WhatIfError("the draft has not been solved as it is now", remedy="solve it, and look at the difference")
    site.solves.take(visitor.key)
    pool, settings = pool_of(site), site.settings
    ask = PublishAsk(
        home=settings.home, city=settings.city, config=settings.config or settings.city, vintage=draft.base,
        changes=draft.changes, draft=draft.name, by=visitor.name, at=_now(), why=why.strip(),
    )  # fmt: skip

    def published(new: str) -> None:
        noted(settings, visitor, "published", vintage=new, base=draft.base, draft=draft.name, why=ask.why)
        site.shelf.show(site.shelf.named(new))
        remove_draft(site.shelf.folder, draft.name, draft.revision)

    new = await pool.run(pool.works.publish, ask, published, STILL_PUBLISHING)
    return RedirectResponse(f"/plan?{urlencode({'vintage': new})}", 303)


@router.post("/remove")
def remove(request: Request, name: Text, revision: Number, csrf: Text = "") -> Response:
    site, visitor = planner(request)
    site.door.check_form(request, visitor, csrf)
    remove_draft(site.shelf.folder, name, revision)
    noted(site.settings, visitor, "saved", draft=name, said="removed")
    return RedirectResponse("/drafts", 303)


def _as_read(site: Site, name: str, revision: int) -> Draft:
    """The draft, where it still is as the form showed it."""
    draft = read_draft(site.shelf.folder, name)
    if draft.revision != revision:
        raise ChangedMeanwhileError(
            f"{draft.by} changed the draft '{draft.name}' meanwhile: {draft.said[-1] if draft.said else ''}",
            remedy="look at it as it is now, and make your change again; nothing of theirs was overwritten",
        )
    return draft


def _save(site: Site, visitor: Visitor, draft: Draft, changes: Changes, base: str, act: str) -> None:
    words = [one["words"] for one in changing.listed(changes) if one not in changing.listed(draft.changes)]
    said = "; ".join(words) or act
    new = draft.model_copy(
        update={
            "revision": draft.revision + 1, "base": base, "by": visitor.name, "at": _now(), "changes": changes,
            "said": (*draft.said, said)[-SAID_KEPT:],
        }
    )  # fmt: skip
    save_draft(site.shelf.folder, new)
    noted(site.settings, visitor, "saved", draft=draft.name, said=said)


def _page(
    request: Request, site: Site, visitor: Visitor, title: str, template: str, context: dict[str, object]
) -> Response:
    body = render(template, context)
    return framed(request, site, visitor, title, body, site.shelf.current(), here="plan")


def _to(name: str, part: str = "") -> Response:
    return RedirectResponse(f"/drafts/one?{urlencode({'name': name})}{part}", 303)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
