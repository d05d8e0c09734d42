"""A page for one visitor: its body from what is kept, the frame around it made anew, with a tag for its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import NothingPublishedError, NotThereError, VintageBrokenError
from serving.web.catalogue import navigation
from serving.web.chart import Chart
from serving.web.kept import asked, made
from serving.web.page import Page, View
from serving.web.publication import Publication
from serving.web.rendering import render
from serving.web.roles import Role, Visitor
from serving.web.site import Site, site_of
from serving.words import listing, modes, origins_label

HTML = "text/html; charset=utf-8"


def show(page: Page, request: Request) -> Response:
    """The page as this visitor may see it, or the way to the sign-in form. ?csv=CHART gives a chart's table,
    ?vintage=ID an earlier publication."""
    site = site_of(request)
    visitor = site.door.visitor(request)
    if visitor is None:
        return to_sign_in(request)
    if visitor.role < page.least:
        return message(site, request, visitor, 403, "Not for your role", f"Your role is {visitor.role.word}.")
    publication = shown_publication(site, request)
    query = asked(page, {**request.query_params, **request.path_params})
    least = site.settings.least_shown if visitor.role is Role.PUBLIC else 0
    role = min(visitor.role, Role.PLANNER)  # no page tells an administrator more than a planner
    shown = site.kept.shown(page, View(publication.discreet(least), role, query, least), made)
    if "csv" in request.query_params:
        return _csv(request.query_params["csv"], page, publication, shown.contents.chart(request.query_params["csv"]))
    title = shown.contents.title or page.title
    return framed(request, site, visitor, title, shown.body, publication, here=page.name)


def shown_publication(site: Site, request: Request) -> Publication:
    """The latest one, or the one that ?vintage= names. Raises NothingPublishedError."""
    named = request.query_params.get("vintage")
    return site.shelf.named(named) if named else site.shelf.current()


def around(site: Site, request: Request, visitor: Visitor | None, publication: Publication | None) -> dict[str, object]:
    """What the frame of every page says: whose, as of when, from which publication, in which mode."""
    manifest = publication.manifest if publication else None
    return {
        "site": site,
        "visitor": visitor,
        "m": manifest,
        "label": origins_label(manifest) if manifest else "",
        "modes": modes(manifest) if manifest else (),
        "is_current": publication is None or site.shelf.is_current(publication),
        "pages": [p for p in navigation() if visitor is not None and visitor.role >= p.least],
        "trouble": site.shelf.trouble,
        "pinned": _pinned(request),
        "here_url": request.url.path,
    }


def _pinned(request: Request) -> str:
    """The parameter that keeps an earlier publication on the next page, or nothing."""
    named = request.query_params.get("vintage")
    return "?" + urlencode({"vintage": named}) if named else ""


def tagged(request: Request, html: str, status: int = 200) -> Response:
    """The page with its ETag; 304 where the browser has these very bytes. Pages are not compressed: they may hold a
    form's token beside what the visitor typed, which compression would give away."""
    data = html.encode()
    tag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    if status == 200 and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"etag": tag})
    return Response(data, status, {"etag": tag, "vary": "Cookie"}, HTML)


def message(
    site: Site, request: Request, visitor: Visitor | None, status: int, title: str, text: str, **more: object
) -> Response:
    """A page that says one thing, in the frame of the others."""
    body = render("message.html.j2", {"title": title, "text": text, **more})
    return framed(request, site, visitor, title, body, current_or_none(site), status)


def framed(
    request: Request, site: Site, visitor: Visitor | None, title: str, body: Markup, shown: Publication | None,
    status: int = 200, here: str = "",
) -> Response:  # fmt: skip
    """A body in the frame of every page. here: the name of the page that the navigation marks."""
    context = {"title": title, "body": body, "here": here, **around(site, request, visitor, shown)}
    return tagged(request, render("base.html.j2", context), status)


def current_or_none(site: Site) -> Publication | None:
    """None where nothing can be shown: what is said must be said all the same."""
    try:
        return site.shelf.current()
    except (NothingPublishedError, VintageBrokenError):
        return None


def to_sign_in(request: Request) -> Response:
    """The sign-in form, which leads back here."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?{urlencode({'next': back})}", 303)


def _csv(name: str, page: Page, publication: Publication, chart: Chart | None) -> Response:
    if chart is None:
        raise NotThereError(f"{page.title}: there is no chart '{name}'", remedy="follow a download link of the page")
    manifest = publication.manifest
    said = (f"publication {manifest.vintage_id}", f"as of {manifest.as_of}", f"mode {listing(list(modes(manifest)))}")
    note = "; ".join(part for part in (*said, origins_label(manifest)) if part)
    file = f"{manifest.city}-{page.name}-{chart.name}-{manifest.as_of}.csv"
    headers: Mapping[str, str] = {"content-disposition": f'attachment; filename="{file}"'}
    return Response(chart.csv(note), 200, dict(headers), "text/csv; charset=utf-8")
