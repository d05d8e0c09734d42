"""The application: pages from the registry, static files, refusals in plain words."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from domain.errors import CrewcastError
from serving.web import sign_in, static
from serving.web.api import publications, schema, tables
from serving.web.catalogue import navigation, pages
from serving.web.guard import Guard
from serving.web.page import Page
from serving.web.refusals import refused, refused_input, refused_route
from serving.web.settings import Settings
from serving.web.show import show
from serving.web.site import build


def create_app(settings: Settings) -> FastAPI:
    """Opens the home and puts everything together; nothing is read before the first request."""
    app = FastAPI(title="crewcast", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = build(settings)
    app.add_middleware(Guard, settings=settings)
    app.add_exception_handler(CrewcastError, refused)
    app.add_exception_handler(HTTPException, refused_route)
    app.add_exception_handler(RequestValidationError, refused_input)
    app.add_api_route("/static/{digest}/{name}", _asset, include_in_schema=False)
    app.add_api_route("/", _first, include_in_schema=False)
    for router in (sign_in.router, publications.router, tables.router, schema.router):
        app.include_router(router)
    for page in pages():
        app.add_api_route(page.path, _shows(page), include_in_schema=False, methods=["GET"], name=page.name)
    return app


def _shows(page: Page) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        return show(page, request)

    return answer


def _first() -> Response:
    """The first page of the navigation."""
    return RedirectResponse(navigation()[0].path, 303)


def _asset(digest: str, name: str, request: Request) -> Response:
    asset = static.find(digest, name)
    if asset is None:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.gzipped, headers={**headers, "content-encoding": "gzip"}, media_type=asset.kind)
    return Response(asset.data, headers=headers, media_type=asset.kind)
