"""Addresses of publications themselves: the list, one manifest, sample paths, calendars, the feed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotThereError
from serving.export.edition import edition
from serving.export.formats import file_names
from serving.export.ics import yard_calendar
from serving.sheet_yard import yard_names
from serving.web.answers import Made
from serving.web.api import encode
from serving.web.api.answer import allowed, opened, tag_of, tagged
from serving.web.api.atom import feed
from serving.web.api.formats import MEDIA, Format
from serving.web.api.parameters import Limit, Offset, Publication, refusals
from serving.web.publication import Publication as Opened
from serving.web.roles import Role
from serving.web.site import Site

router = APIRouter(prefix="/api/v1", tags=["publications"])
Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,120}$", description="The yard's name in small letters with dashes.")]
HIDDEN = ("files", "lock_hash", "config_hash", "snapshot")
JSON_OBJECT = {"application/json": {"schema": {"type": "object"}}}


def _gives(content: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "As asked.", "content": content}, **refusals()}


@router.get("/publications", responses=_gives(JSON_OBJECT), response_class=Response)
async def publications(request: Request, limit: Limit = 50, offset: Offset = 0) -> Response:
    """All publications, newest first."""
    site, _ = allowed(request, Role.PUBLIC)
    ids = site.shelf.ids()[::-1]
    current = site.shelf.current().id
    tag = tag_of("publications", current, len(ids), limit, offset)
    return await tagged(request, tag, lambda: _listed(ids, current, limit, offset))


def _listed(ids: list[str], current: str, limit: int, offset: int) -> Made:
    items = [{"id": one, "as_of": one[:10], "is_latest": one == current} for one in ids[offset : offset + limit]]
    after = f"/api/v1/publications?limit={limit}&offset={offset + limit}" if offset + limit < len(ids) else None
    told = {"total": len(ids), "next": after, "items": items}
    return Made(encode.as_json(told), MEDIA[Format.JSON], f'<{after}>; rel="next"' if after else "")


@router.get("/publications/{publication}", responses=_gives(JSON_OBJECT), response_class=Response)
async def one(request: Request, publication: Publication) -> Response:
    """What a publication was made from and with what."""
    site, visitor = allowed(request, Role.PUBLIC)
    shown = opened(site, publication)
    named = visitor.role >= Role.VIEWER
    return await tagged(request, tag_of("publication", shown.id, named), lambda: _manifest(shown, named))


def _manifest(shown: Opened, named: bool) -> Made:
    """named: whether the reader is told who changed the plan, and how many requests are open."""
    told = shown.manifest.model_dump(mode="json", exclude={*HIDDEN, *(() if named else ("may_wait",))})
    if told["edited"] is not None and not named:
        told["edited"]["by"] = "a planner"
    return Made(encode.as_json({"id": shown.id, **told}), MEDIA[Format.JSON])


@router.get(
    "/publications/{publication}/samples",
    responses=_gives({MEDIA[Format.PARQUET]: {"schema": {"type": "string", "format": "binary"}}}),
    response_class=Response,
)
async def samples(request: Request, publication: Publication) -> Response:
    """The forecast whole, with the sample paths of every area and day, as Parquet: one list of draws a row. The n-th
    draw is the same future everywhere: sum draws first, then take quantiles."""
    site, _ = allowed(request, Role.PUBLIC)
    shown = opened(site, publication)
    make = lambda: Made(shown.vintage.bytes("forecasts.parquet"), MEDIA[Format.PARQUET])  # noqa: E731
    return await tagged(request, tag_of("samples", shown.id), make)


@router.get(
    "/publications/{publication}/calendars/{yard}.ics",
    responses=_gives({"text/calendar": {"schema": {"type": "string"}}}),
    response_class=Response,
)
async def calendar(request: Request, publication: Publication, yard: Slug) -> Response:
    """A yard's shifts for a calendar; of `latest`, an address to subscribe to (HTTP Basic with a token works too)."""
    site, _ = allowed(request, Role.VIEWER)
    shown = opened(site, publication)
    return await tagged(request, tag_of("calendar", shown.id, yard), lambda: _calendar(shown, yard))


def _calendar(shown: Opened, slug: str) -> Made:
    yards = yard_names(shown.tables)
    names = dict(zip(file_names(yards), yards, strict=True))
    if slug not in names:
        raise NotThereError(f"there is no yard '{slug}'", remedy=f"use one of: {', '.join(names) or 'none here'}")
    return Made(yard_calendar(edition(shown.vintage), names[slug]), "text/calendar; charset=utf-8")


@router.get("/feed.atom", responses=_gives({"application/atom+xml": {"schema": {}}}), response_class=Response)
async def atom(request: Request) -> Response:
    """The last publications, and what each warns of, for a feed reader."""
    site, _ = allowed(request, Role.PUBLIC)
    shown = site.shelf.current()
    base = str(request.base_url).rstrip("/")
    return await tagged(request, tag_of("atom", shown.id, base), lambda: _feed(site, shown, base))


def _feed(site: Site, shown: Opened, base: str) -> Made:
    return Made(feed(site.shelf, shown, base), "application/atom+xml; charset=utf-8")
