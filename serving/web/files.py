"""Files of a publication, byte for byte. Workbook and report repeat samples of bad rows, so they are for planners; the
mail, made when it is asked for, repeats none."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotAllowedError
from serving.web.answers import Made
from serving.web.api.answer import tag_of
from serving.web.roles import Role
from serving.web.show import to_sign_in
from serving.web.site import site_of
from storage.budgets import list_budgets, read_budget_file

router = APIRouter(include_in_schema=False)
FILES = {
    "plan.csv": (Role.VIEWER, "text/csv; charset=utf-8"),
    "plan.xlsx": (Role.PLANNER, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "report.html": (Role.PLANNER, "text/html; charset=utf-8"),
    "areas.geojson": (Role.PUBLIC, "application/geo+json"),
}


BUDGET_FILES = {
    "budget.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "budget.html": "text/html; charset=utf-8",
}


@router.get("/files/budgets/{budget}/{name}")
def budget_file(request: Request, budget: str, name: str) -> Response:
    """A file of a budget, for viewers and above."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        return to_sign_in(request)
    if name not in BUDGET_FILES:
        raise HTTPException(404)
    if visitor.role < Role.VIEWER:
        raise NotAllowedError(f"your role is {visitor.role.word}", remedy=f"{name} is for {Role.VIEWER.word}s")
    data = read_budget_file(site.shelf.folder, budget, name)
    headers = {"content-disposition": f'attachment; filename="{site.settings.city}-{budget}-{name}"'}
    return Response(data, headers=headers, media_type=BUDGET_FILES[name])


@router.get("/files/{publication}/report.eml")
def mail_file(request: Request, publication: str) -> Response:
    """The publication as a mail, for viewers and above; drawn once, as it takes a second or two."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        return to_sign_in(request)
    if visitor.role < Role.VIEWER:
        raise NotAllowedError(f"your role is {visitor.role.word}", remedy=f"the mail is for {Role.VIEWER.word}s")
    shown = site.shelf.named(publication)
    tag = tag_of("mail", shown.id, *(entry.budget_id for entry in list_budgets(site.shelf.folder)))
    made = site.answers.find(tag)
    if made is None:
        from serving.web.mail.message import MAIL, mail  # what draws its pictures takes long to import

        made = Made(mail(shown), MAIL)
        site.answers.keep(tag, made)
    headers = {"content-disposition": f'attachment; filename="{shown.manifest.city}-{shown.id}.eml"'}
    return Response(made.data, headers=headers, media_type=made.media)


@router.get("/files/{publication}/{name}")
def file(request: Request, publication: str, name: str) -> Response:
    """Always as a download: a report opened from here would run under our address."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        return to_sign_in(request)
    if name not in FILES:
        raise HTTPException(404)
    least, kind = FILES[name]
    if visitor.role < least:
        raise NotAllowedError(f"your role is {visitor.role.word}", remedy=f"{name} is for {least.word}s")
    shown = site.shelf.named(publication)
    data = shown.vintage.bytes(name)
    headers = {"content-disposition": f'attachment; filename="{shown.manifest.city}-{shown.id}-{name}"'}
    return Response(data, headers=headers, media_type=kind)
