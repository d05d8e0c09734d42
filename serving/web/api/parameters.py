"""The API's parameters, as OpenAPI describes them and FastAPI checks them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BeforeValidator

from serving.web.api.formats import MEDIA, Format

ISO = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
LONGEST = 200


def _iso(value: object) -> object:
    """A day as YYYY-MM-DD and in no other way."""
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str) or not ISO.match(value):
        raise ValueError("write the day as YYYY-MM-DD")
    return dt.date.fromisoformat(value)


Publication = Annotated[
    str,
    Path(
        description="A publication's id, or `latest`.",
        pattern=r"^(latest|[0-9]{4}-[0-9]{2}-[0-9]{2}-r[0-9]{1,6}-[0-9a-f]{8})$",
    ),
]
Day = Annotated[dt.date, BeforeValidator(_iso)]
First = Annotated[Day | None, Query(description="First local day, YYYY-MM-DD.")]
Last = Annotated[Day | None, Query(description="Last local day, YYYY-MM-DD.")]
Name = Annotated[str | None, Query(max_length=LONGEST, min_length=1)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Rows a page; JSON only.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="Rows to leave out; JSON only.")]
Table = Annotated[Literal["json", "csv", "parquet"] | None, Query(alias="format", description="Before Accept.")]
Map = Annotated[
    Literal["json", "csv", "geojson", "parquet"] | None, Query(alias="format", description="Before Accept.")
]

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "remedy": {"type": "string"},
    },
}  # fmt: skip
LISTING = {
    "type": "object",
    "required": ["city", "vintage_id", "as_of", "label", "total", "next", "items"],
    "properties": {
        "city": {"type": "string"}, "vintage_id": {"type": "string"}, "as_of": {"type": "string", "format": "date"},
        "label": {"type": "string"}, "total": {"type": "integer", "minimum": 0}, "next": {"type": ["string", "null"]},
        "items": {"type": "array", "items": {"type": "object", "required": ["id"]}},
    },
}  # fmt: skip
COLLECTION = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": {"type": "object"}}},
}
SCHEMAS: dict[Format, dict[str, Any]] = {
    Format.JSON: LISTING,
    Format.GEOJSON: COLLECTION,
    Format.CSV: {"type": "string"},
    Format.PARQUET: {"type": "string", "format": "binary"},
}
REFUSALS = {
    400: "Not understood.",
    401: "No token, or one that is not known.", 403: "Not for this role.", 404: "Not in this publication.",
    406: "Not in that format.", 413: "Too large.", 422: "A parameter that cannot be.", 429: "Too often.",
}  # fmt: skip


def responses(*formats: Format) -> dict[int | str, dict[str, Any]]:
    """What a table's address answers."""
    content = {MEDIA[one]: {"schema": SCHEMAS[one]} for one in formats}
    tag = {"ETag": {"description": "Names publication and question.", "schema": {"type": "string"}}}
    return {200: {"description": "As asked.", "content": content, "headers": tag}, **refusals()}


def refusals() -> dict[int | str, dict[str, Any]]:
    """304, and what is refused, as problem+json (RFC 9457)."""
    told = {"application/problem+json": {"schema": PROBLEM}}
    refused: dict[int | str, dict[str, Any]] = {n: {"description": w, "content": told} for n, w in REFUSALS.items()}
    return {304: {"description": "You have it already."}, **refused}
