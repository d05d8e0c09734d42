"""An answer of the API: who may have it, in which format, whether it is known already, made once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import NotAllowedError, NotSignedInError
from serving.web.answers import Made
from serving.web.api import encode
from serving.web.api.formats import MEDIA, Format, negotiated
from serving.web.api.resource import Resource
from serving.web.api.rows import Asked, Reader
from serving.web.publication import Publication
from serving.web.roles import Role, Visitor
from serving.web.site import Site, site_of
from serving.words import origins_label

LATEST = "latest"
VARY = "Accept, Authorization, Cookie"


def allowed(request: Request, least: Role) -> tuple[Site, Visitor]:
    """Raises NotSignedInError for nobody, NotAllowedError for a role that is too low."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        raise NotSignedInError("no token, or one that is not known", remedy="send Authorization: Bearer TOKEN")
    if visitor.role < least:
        raise NotAllowedError(
            f"{least.word}s may ask for this; your role is {visitor.role.word}", remedy="use another token"
        )
    return site, visitor


def opened(site: Site, publication: str) -> Publication:
    return site.shelf.current() if publication == LATEST else site.shelf.named(publication)


async def answered(request: Request, resource: Resource, publication: str, asked: Asked) -> Response:
    """The table as asked. JSON comes in pages, the other formats whole; the tag names publication and question, so a
    known one costs nothing."""
    site, visitor = allowed(request, resource.least)
    least = site.settings.least_shown if visitor.role is Role.PUBLIC else 0
    shown = opened(site, publication).discreet(least)
    chosen = negotiated(asked.get("format"), request.headers.get("accept", ""), resource.formats)
    reader = Reader(min(visitor.role, Role.PLANNER), least)
    tag = tag_of(shown.id, resource.name, chosen, reader, sorted((k, str(v)) for k, v in asked.items()))
    return await tagged(request, tag, lambda: _table(resource, shown, asked, chosen, reader))


async def tagged(request: Request, tag: str, make: Callable[[], Made]) -> Response:
    """304 where the reader has it, else the kept or the newly made bytes."""
    headers = {"etag": tag, "vary": VARY}
    if any(one.strip().removeprefix("W/") in (tag, "*") for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    answers = site_of(request).answers
    made = answers.find(tag)
    if made is None:
        made = await run_in_threadpool(make)
        answers.keep(tag, made)
    if made.link:
        headers["link"] = made.link
    return Response(made.data, 200, headers, made.media)


def tag_of(*parts: object) -> str:
    """A strong tag: the same publication and question give the same bytes, in this release."""
    return f'"{hashlib.sha256(repr((*parts, RELEASE)).encode()).hexdigest()[:24]}"'


def _release() -> str:
    from importlib.metadata import version

    return version("crewcast")


RELEASE = _release()


def whence(shown: Publication) -> dict[str, str]:
    told = shown.manifest
    return {"city": told.city, "vintage_id": told.vintage_id, "as_of": str(told.as_of), "label": origins_label(told)}


def _table(resource: Resource, shown: Publication, asked: Asked, chosen: Format, reader: Reader) -> Made:
    frame = resource.rows(shown, asked, reader)
    told = whence(shown)
    if chosen is Format.CSV:
        note = "; ".join(part for part in (f"publication {told['vintage_id']}", told["label"]) if part)
        return Made(encode.as_csv(frame, note), "text/csv; charset=utf-8")
    if chosen is Format.PARQUET:
        return Made(encode.as_parquet(frame, told), MEDIA[chosen])
    if chosen is Format.GEOJSON:
        assert resource.shapes is not None
        return Made(encode.as_geojson(frame, resource.shapes(shown, frame), told), MEDIA[chosen])
    limit, offset = int(asked["limit"]), int(asked["offset"])
    items = encode.records(frame.iloc[offset : offset + limit])
    following = _next(resource, shown, asked, len(frame))
    listed = {**told, "total": len(frame), "next": following, "items": items}
    return Made(encode.as_json(listed), MEDIA[chosen], f'<{following}>; rel="next"' if following else "")


def _next(resource: Resource, shown: Publication, asked: Asked, total: int) -> str | None:
    """The next page's address, which names this publication: a later one cannot mix in."""
    after = int(asked["offset"]) + int(asked["limit"])
    if after >= total:
        return None
    kept = {k: v.isoformat() if isinstance(v, date) else v for k, v in asked.items() if v is not None and k != "format"}
    return f"/api/v1/publications/{shown.id}/{resource.name}?{urlencode({**kept, 'offset': after})}"
