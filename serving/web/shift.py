"""The shift sheet on a phone: crews, hours and jobs of a yard's day, and planned against done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.tables.actuals import LEFT_PLAN
from serving.reading import natural
from serving.web.audit import noted
from serving.web.drafts import planner
from serving.web.publication import Publication
from serving.web.rendering import render
from serving.web.shift_lines import done, lines, sheet
from serving.web.show import framed
from serving.web.site import Site
from serving.web.solving import pool_of
from serving.web.works import SheetAsk
from storage.actuals import read_actuals

router = APIRouter(prefix="/shift", include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]


@router.get("")
def form(request: Request, yard: Text = "", day: Text = "", kept: Text = "") -> Response:
    """The yard's day: what is asked, and what was filed so far."""
    site, visitor = planner(request)
    shown = site.shelf.current()
    yards = yards_of(shown)
    at, when = yard if yard in yards else next(iter(yards), ""), chosen_day(shown, day)
    filed = done(*read_actuals(site.shelf.folder, ZoneInfo(shown.manifest.timezone)), at, when)
    context = {
        "csrf": visitor.csrf, "yards": yards, "yard": at, "days": days_of(shown), "day": when,
        "lines": lines(shown, at, when) if at else [], "reasons": LEFT_PLAN, "done": filed, "kept": bool(kept),
    }  # fmt: skip
    body = render("shift.html.j2", context)
    return framed(request, site, visitor, "Shift sheet", body, shown)


@router.post("")
async def file(request: Request) -> Response:
    """Kept as any other sheet is; what was set aside is said, and nothing of a refused sheet is kept."""
    site, visitor = planner(request)
    fields = {k: v for k, v in (await request.form(max_fields=400)).items() if isinstance(v, str)}
    site.door.check_form(request, visitor, fields.get("csrf", ""))
    shown = site.shelf.current()
    yard, day = fields.get("yard", ""), chosen_day(shown, fields.get("day", ""))
    columns, rows = sheet(fields, lines(shown, yard, day), yard, day)
    told = await pool_of(site).run(pool_of(site).works.file_sheet, _ask(site, columns, rows))
    noted(site.settings, visitor, "filed", yard=yard, date=str(day), new=told.new, corrected=told.corrected)
    if told.aside:
        return _set_aside(request, site, told.aside)
    return RedirectResponse(f"/shift?{urlencode({'yard': yard, 'day': str(day), 'kept': '1'})}#done-h", 303)


def _ask(site: Site, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> SheetAsk:
    settings = site.settings
    config = settings.config or settings.city
    return SheetAsk(home=settings.home, city=settings.city, config=config, columns=columns, rows=rows)


def _set_aside(request: Request, site: Site, aside: tuple[str, ...]) -> Response:
    text = "These lines were not kept: " + "; ".join(aside[:10])
    body = render("message.html.j2", {"title": "", "text": text, "remedy": "go back, correct them and file again"})
    visitor = site.door.visitor(request)
    return framed(request, site, visitor, "Not all was kept", body, site.shelf.current(), 422)


def yards_of(shown: Publication) -> list[str]:
    return sorted(set(shown.table("roster")["yard"].astype("str")), key=natural)


def days_of(shown: Publication) -> list[date]:
    """The publication's days up to today; the first of them where all are yet to come."""
    today = datetime.now(ZoneInfo(shown.manifest.timezone)).date()
    days = [day.date() for day in sorted(set(shown.table("roster")["date"]))]
    return [day for day in days if day <= today] or days[:1]


def chosen_day(shown: Publication, text: str) -> date:
    """The day asked for where the plan has it, else its last one up to today."""
    days = days_of(shown)
    return next((day for day in days if day.isoformat() == text), days[-1] if days else shown.manifest.first_date)
