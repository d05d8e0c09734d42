"""The application: pages from the registry, static files, refusals in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from domain.errors import CrewcastError
from serving.web import audit_page, drafts, files, shift, sign_in, static
from serving.web.api import publications, schema, tables, what_if
from serving.web.catalogue import navigation, pages
from serving.web.guard import Guard
from serving.web.page import Page
from serving.web.refusals import broken, refused, refused_input, refused_route
from serving.web.settings import Settings
from serving.web.show import show
from serving.web.site import build
from serving.web.warming import Warming
from serving.web.works import Works

ROUTERS = (
    sign_in.router, files.router, drafts.router, shift.router, publications.router, tables.router, what_if.router,
    schema.router, audit_page.router,
)  # fmt: skip


def create_app(settings: Settings, works: Works | None = None, *, warms: bool = True) -> FastAPI:
    """Opens the home and puts everything together; nothing is read before the first request. works: what may be started
    beside reading; None where the pages only read. warms: pages are made before they are asked for."""
    app = FastAPI(title="crewcast", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_alive)
    app.state.site, app.state.warms = build(settings, works), warms
    app.add_middleware(Guard, settings=settings)
    app.add_exception_handler(CrewcastError, refused)
    app.add_exception_handler(HTTPException, refused_route)
    app.add_exception_handler(RequestValidationError, refused_input)
    app.add_exception_handler(Exception, broken)
    app.add_api_route("/static/{digest}/{name}", _asset, include_in_schema=False)
    app.add_api_route("/", _first, include_in_schema=False)
    for router in ROUTERS:
        app.include_router(router)
    for page in pages():
        app.add_api_route(page.path, _shows(page), include_in_schema=False, methods=["GET"], name=page.name)
    return app


@asynccontextmanager
async def _alive(app: FastAPI) -> AsyncIterator[None]:
    """The processes that solve, and what makes pages before they are asked for, start and end with the server."""
    pool, warming = app.state.site.pool, Warming(app.state.site) if app.state.warms else None
    if pool is not None:
        pool.warm()
    if warming is not None:
        warming.start()
    yield
    if warming is not None:
        warming.stop()
    if pool is not None:
        pool.close()


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
