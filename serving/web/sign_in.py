"""The sign-in form: a token begins a session, kept by a cookie that scripts cannot read."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import NotAllowedError
from serving.web.audit import noted
from serving.web.door import COOKIE, FORM_COOKIE, Door
from serving.web.rendering import render
from serving.web.show import framed
from serving.web.site import Site, site_of

router = APIRouter(include_in_schema=False)
OWN_PATH = re.compile(r"^/(?![/\\])[\x21-\x7e]*$")
"""A path on this site: "//elsewhere" and "/\\elsewhere" are other sites to a browser."""
WRONG = "That token is not known, or it was taken back."


@router.get("/sign-in")
def form(request: Request) -> Response:
    return _form(request, request.query_params.get("next", "/"), "")


@router.post("/sign-in")
def sign_in(
    request: Request, token: Annotated[str, Form()] = "", csrf: Annotated[str, Form()] = "",
    after: Annotated[str, Form(alias="next")] = "/",
) -> Response:  # fmt: skip
    """Begin a session, or show the form again. Tries are limited by address, before anything is compared."""
    site = site_of(request)
    door, address = site.door, site.door.address(request)
    door.check_origin(request)
    if not secrets.compare_digest(_form_key(door, request.cookies.get(FORM_COOKIE, "")).encode(), csrf.encode()):
        raise NotAllowedError("this form is too old", remedy="load the page again and repeat it")
    site.sign_ins.take(address)
    entry = door.tokens.check(token.strip())
    if entry is None:
        noted(site.settings, "unknown", "refused", address=address)
        return _form(request, after, WRONG, 401)
    noted(site.settings, entry.name, "signed in", address=address)
    answer = RedirectResponse(_own(after), 303)
    door.sessions.end(request.cookies.get(COOKIE, ""))
    _set(answer, site, COOKIE, door.sessions.begin(entry.id))
    answer.delete_cookie(FORM_COOKIE)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is not None:
        site.door.check_form(request, visitor, csrf)
        noted(site.settings, visitor, "signed out")
    site.door.sessions.end(request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _form(request: Request, after: str, wrong: str, status: int = 200) -> Response:
    site = site_of(request)
    own = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    context = {"csrf": _form_key(site.door, own), "after": _own(after), "wrong": wrong}
    body = render("sign_in.html.j2", context)
    answer = framed(request, site, None, "Sign in", body, None, status)
    _set(answer, site, FORM_COOKIE, own)
    return answer


def _form_key(door: Door, own: str) -> str:
    """What the form must send back; "" as a cookie gives what no form ever holds."""
    return door.csrf(f"form {own}") if own else secrets.token_hex(32)


def _own(after: str) -> str:
    return after if OWN_PATH.match(after) else "/"


def _set(answer: Response, site: Site, name: str, value: str) -> None:
    """SameSite=Lax: a link in a mail still finds the reader signed in; forms carry their own token."""
    answer.set_cookie(name, value, httponly=True, samesite="lax", secure=site.settings.is_https, path="/")
