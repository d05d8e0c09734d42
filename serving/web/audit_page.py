"""The audit log, for administrators."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotAllowedError, NotSignedInError
from serving.web.rendering import render
from serving.web.roles import Role
from serving.web.show import current_or_none, framed
from serving.web.site import site_of
from storage.home import open_home
from storage.served import read_audit

router = APIRouter(include_in_schema=False)
KNOWN = ("at", "who", "role", "city", "did")


@router.get("/audit")
def audit(request: Request) -> Response:
    """The last entries, newest first."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        raise NotSignedInError("sign in first", remedy="use your token")
    if visitor.role < Role.ADMIN:
        raise NotAllowedError(f"your role is {visitor.role.word}", remedy="the audit log is for administrators")
    rows = [
        {**{k: str(one.get(k, "")) for k in KNOWN}, "what": {k: v for k, v in one.items() if k not in KNOWN}}
        for one in read_audit(open_home(site.settings.home))
    ]
    body = render("audit.html.j2", {"rows": rows})
    return framed(request, site, visitor, "Audit log", body, current_or_none(site))
