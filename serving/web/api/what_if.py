"""A plan solved again over the API. Nothing is published."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.requests import Request
from starlette.responses import Response

from domain.draft import Changes
from serving.web.api import encode
from serving.web.api.answer import allowed, opened
from serving.web.api.parameters import Publication, refusals
from serving.web.roles import Role
from serving.web.solving import solved_again

router = APIRouter(prefix="/api/v1/publications/{publication}", tags=["what-if"])
CONTENT = {
    "application/json": {"schema": {"type": "object", "required": ["published", "what_if", "changed", "roster"]}}
}
CONFLICT: dict[int | str, dict[str, Any]] = {409: refusals()[422] | {"description": "In the way of somebody else."}}


@router.post(
    "/what-if",
    responses={200: {"description": "Solved.", "content": CONTENT}, **refusals(), **CONFLICT},
    response_class=Response,
)
async def what_if(request: Request, publication: Publication, changes: Annotated[Changes, Body()]) -> Response:
    """The published plan and the one asked for, on the same futures: money, lateness, slots that differ, the new
    roster. Takes seconds. With a session's cookie, send the form token of a page as X-CSRF-Token."""
    site, visitor = allowed(request, Role.PLANNER)
    if visitor.has_session:
        site.door.check_form(request, visitor, request.headers.get("x-csrf-token", ""))
    site.door.check_origin(request)
    told = await solved_again(site, visitor, opened(site, publication), changes)
    return Response(encode.as_json(told), 200, {"cache-control": "no-store"}, "application/json")
