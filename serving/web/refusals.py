"""What cannot be answered, in plain words: a page for people, problem+json under /api. Never more than is known."""

from __future__ import annotations

import json
import logging

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import (
    ActualsRefusedError,
    ChangedMeanwhileError,
    CityBusyError,
    ConfigError,
    CrewcastError,
    LockError,
    NotAllowedError,
    NothingPublishedError,
    NotInThatFormatError,
    NotSignedInError,
    NotThereError,
    ScenarioError,
    SolveFailedError,
    TooOftenError,
    WhatIfError,
)
from serving.web.guard import HEADERS
from serving.web.show import message, to_sign_in
from serving.web.site import site_of

PROBLEM = "application/problem+json"
STATUS: dict[type[CrewcastError], int] = {
    NotThereError: 404,
    NotSignedInError: 401,
    NotAllowedError: 403,
    NotInThatFormatError: 406,
    TooOftenError: 429,
    ChangedMeanwhileError: 409,
    NothingPublishedError: 404,
    CityBusyError: 409,
    LockError: 422,
    WhatIfError: 422,
    ScenarioError: 422,
    ActualsRefusedError: 422,
    ConfigError: 422,
    SolveFailedError: 422,
}
WORDS = {
    400: "Not understood", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Not possible here",
    406: "Not in that format", 409: "In the way", 412: "Changed meanwhile", 413: "Too large", 415: "Not in that format",
    422: "Cannot be done as asked", 429: "Too often", 500: "Something broke", 503: "Not ready",
}  # fmt: skip
PLAINER = {"Not Found": "There is nothing at this address.", "Method Not Allowed": "This address is only for reading."}
log = logging.getLogger("crewcast.web")


def status_of(error: CrewcastError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def refused(request: Request, error: Exception) -> Response:
    """One of our own errors."""
    assert isinstance(error, CrewcastError)
    if isinstance(error, NotSignedInError) and not request.url.path.startswith("/api"):
        return to_sign_in(request)
    status = status_of(error)
    if status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error)
        return said(request, status, "The publication cannot be read.", "tell whoever runs crewcast; the log says more")
    headers = {"retry-after": str(error.values.get("seconds", 10))} if isinstance(error, TooOftenError) else {}
    headers |= {"www-authenticate": _challenge(request)} if isinstance(error, NotSignedInError) else {}
    return said(request, status, error.what, error.remedy, headers)


def broken(request: Request, error: Exception) -> Response:
    """A fault of ours: nothing of it is told to the reader; the server's log has it whole. It is sent from outside the
    guard, so it carries the guard's headers itself."""
    answer = said(request, 500, "Something broke while this was made.", "try again; tell whoever runs crewcast here")
    answer.headers.update({**HEADERS, "cache-control": "no-store"})
    return answer


def refused_route(request: Request, error: Exception) -> Response:
    """No such address, or not with that method."""
    assert isinstance(error, HTTPException)
    detail = PLAINER.get(str(error.detail), str(error.detail))
    return said(request, error.status_code, detail, "", dict(error.headers or {}))


def refused_input(request: Request, error: Exception) -> Response:
    """A parameter or body of the wrong kind: which one, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    parts = ["/".join(str(p) for p in one["loc"]) + ": " + str(one["msg"]) for one in error.errors()[:5]]
    return said(request, 422, "; ".join(parts), "correct the request")


def _challenge(request: Request) -> str:
    """Calendar programs ask for a password only where they are challenged for Basic; browsers should not."""
    return 'Basic realm="crewcast"' if request.url.path.endswith(".ics") else 'Bearer realm="crewcast"'


def said(request: Request, status: int, what: str, remedy: str, headers: dict[str, str] | None = None) -> Response:
    """problem+json (RFC 9457) under /api, else a page."""
    if request.url.path.startswith("/api"):
        return problem(status, what, remedy, headers)
    site = site_of(request)
    answer = message(
        site, request, site.door.visitor(request), status, WORDS.get(status, "Refused"), what, remedy=remedy
    )
    answer.headers.update(headers or {})
    return answer


def problem(status: int, what: str, remedy: str = "", headers: dict[str, str] | None = None) -> Response:
    """A problem document; `remedy` is an extension member."""
    told = {"type": "about:blank", "title": WORDS.get(status, "Refused"), "status": status, "detail": what}
    body = json.dumps(told | ({"remedy": remedy} if remedy else {}), ensure_ascii=False).encode()
    return Response(body, status, headers, PROBLEM)
