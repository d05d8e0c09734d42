"""The API's description (OpenAPI), made once from its routes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from serving.web.answers import Made
from serving.web.api import encode
from serving.web.api.answer import RELEASE, allowed, tag_of, tagged
from serving.web.roles import Role

router = APIRouter(include_in_schema=False)


@router.get("/api/v1/openapi.json")
async def described(request: Request) -> Response:
    """For programs that write clients."""
    allowed(request, Role.PUBLIC)
    told = schema(request.app)
    return await tagged(request, tag_of("openapi"), lambda: Made(encode.as_json(told), "application/json"))


def schema(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of everything under /api/v1."""
    if app.openapi_schema is None:
        told = get_openapi(title="crewcast", version=RELEASE, routes=app.routes, description=ABOUT)
        schemes = {"token": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}}
        told.setdefault("components", {})["securitySchemes"] = schemes
        told["security"] = [{"token": []}, {"basic": []}, {}]
        app.openapi_schema = told
    return app.openapi_schema


ABOUT = (
    "Published crew plans and the forecasts they rest on. A publication never changes, so its answers may be kept for "
    "ever; `latest` names the newest. Every answer carries an ETag. Refusals are problem+json. Days are local days of "
    "the city; moments are UTC."
)
