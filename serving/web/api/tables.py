"""Addresses of the tables of a publication."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from serving.web.api import resource
from serving.web.api.answer import answered
from serving.web.api.parameters import First, Last, Limit, Map, Name, Offset, Publication, Table, responses

router = APIRouter(prefix="/api/v1/publications/{publication}", tags=["tables"])
BASE = {"response_class": Response}
Level = Annotated[Literal["area", "district", "city"], Query(description="Areas, districts, or the city (area `*`).")]
Period = Annotated[Literal["day", "week"], Query(description="A day, or seven days from the first planned one.")]


@router.get("/forecasts", responses=responses(*resource.FORECASTS.formats), response_class=Response)
async def forecasts(
    request: Request, publication: Publication, level: Level = "area", period: Period = "day", category: Name = None,
    area: Name = None, first: First = None, last: Last = None, limit: Limit = 200, offset: Offset = 0,
    format_: Map = None,
) -> Response:  # fmt: skip
    """Expected requests: mean and quantiles by place, category and day or week."""
    asked = {
        "level": level, "period": period, "category": category, "area": area, "first": first, "last": last,
        "limit": limit, "offset": offset, "format": format_,
    }  # fmt: skip
    return await answered(request, resource.FORECASTS, publication, asked)


@router.get("/plan", responses=responses(*resource.PLAN.formats), response_class=Response)
async def plan(
    request: Request, publication: Publication, yard: Name = None, first: First = None, last: Last = None,
    limit: Limit = 200, offset: Offset = 0, format_: Map = None,
) -> Response:  # fmt: skip
    """Crews by date, shift, yard and crew type, where they go, and why."""
    asked = {"yard": yard, "first": first, "last": last, "limit": limit, "offset": offset, "format": format_}
    return await answered(request, resource.PLAN, publication, asked)


@router.get("/reasons", responses=responses(*resource.REASONS.formats), response_class=Response)
async def reasons(
    request: Request, publication: Publication, yard: Name = None, first: First = None, last: Last = None,
    limit: Limit = 200, offset: Offset = 0, format_: Table = None,
) -> Response:  # fmt: skip
    """What each assignment buys, what binds it, and the next best use of its crews."""
    asked = {"yard": yard, "first": first, "last": last, "limit": limit, "offset": offset, "format": format_}
    return await answered(request, resource.REASONS, publication, asked)


@router.get("/worklists", responses=responses(*resource.WORKLISTS.formats), response_class=Response)
async def worklists(
    request: Request, publication: Publication, category: Name = None, area: Name = None, limit: Limit = 200,
    offset: Offset = 0, format_: Map = None,
) -> Response:  # fmt: skip
    """Places to look at before they break; for viewers."""
    asked = {"category": category, "area": area, "limit": limit, "offset": offset, "format": format_}
    return await answered(request, resource.WORKLISTS, publication, asked)


@router.get("/scores", responses=responses(*resource.SCORES.formats), response_class=Response)
async def scores(
    request: Request, publication: Publication, category: Name = None, limit: Limit = 200, offset: Offset = 0,
    format_: Table = None,
) -> Response:  # fmt: skip
    """How close each candidate was on earlier dates."""
    asked = {"category": category, "limit": limit, "offset": offset, "format": format_}
    return await answered(request, resource.SCORES, publication, asked)


@router.get("/health", responses=responses(*resource.HEALTH.formats), response_class=Response)
async def health(
    request: Request, publication: Publication, limit: Limit = 200, offset: Offset = 0, format_: Table = None
) -> Response:
    """How fresh the data are, what was put aside, what was noticed."""
    return await answered(request, resource.HEALTH, publication, {"limit": limit, "offset": offset, "format": format_})


@router.get("/areas", responses=responses(*resource.AREAS.formats), response_class=Response)
async def areas(
    request: Request, publication: Publication, limit: Limit = 200, offset: Offset = 0, format_: Map = None
) -> Response:
    """Areas with their district; as GeoJSON with their outlines."""
    return await answered(request, resource.AREAS, publication, {"limit": limit, "offset": offset, "format": format_})
