"""Open311 GeoReport v2 as a side channel: whether known requests are closed by now, and since when. Nothing else.

After wiki.open311.org/GeoReport_v2, GET service requests: `service_request_id` takes several ids, joined by commas, and
then no other filter counts; a closed request's `updated_datetime` is when it was closed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
from pydantic import Field, field_validator

from domain.category import Strict
from domain.portal_errors import NotTheFormatError, PortalError
from sources.portals.wire.answers import plain, refused, withdrawn
from sources.portals.wire.client import Client

NAME = "open311"
"""The data set under which its versions of rows are kept."""


class Open311Closures(Strict):
    """`closures: {kind: open311, …}`. url: up to and with /v2. days: only requests filed since then are asked for,
    in a feed whose dates of creation are ISO 8601.

    ids_per_call, most_calls: of one sync; what is left is asked for by the next. pause_seconds: between two calls.
    """

    kind: Literal["open311"]
    url: str
    jurisdiction_id: str | None = None
    api_key_env: str | None = None
    days: int = Field(default=90, ge=1, le=3660)
    ids_per_call: int = Field(default=50, ge=1, le=200)
    most_calls: int = Field(default=40, ge=1, le=1000)
    pause_seconds: float = Field(default=1.0, ge=0)

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query:
            raise ValueError(f"'{value}' is not an address such as https://311api.city.org/open311/v2")
        return value.rstrip("/")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Told:
    """closed_at: None where the side channel says closed without a moment that can be read, or says open."""

    request_id: str
    is_closed: bool
    closed_at: datetime | None


@dataclass(frozen=True)
class LateClosures:
    """config: what to ask for. zone: of moments without an offset."""

    config: Open311Closures
    client: Client
    zone: ZoneInfo

    def told(self, ids: Sequence[str], now: datetime) -> Iterator[list[Told]]:
        """One list a call, of the ids that it knows. Raises PortalError's kinds."""
        for at in range(0, len(ids), self.config.ids_per_call):
            wanted = ids[at : at + self.config.ids_per_call]
            rows = self.client.json(f"{self.config.url}/requests.json", params=self._params(wanted))
            if not isinstance(rows, list):
                raise NotTheFormatError(
                    f"{self.client.about}: an answer that is no list of requests",
                    remedy="correct `closures.url` in the YAML, or take `closures` out",
                )
            yield [t for r in rows if (t := self._told(r, now)) is not None and t.request_id in set(wanted)]

    def _params(self, ids: Sequence[str]) -> dict[str, str]:
        given = {"service_request_id": ",".join(ids), "jurisdiction_id": self.config.jurisdiction_id}
        given["api_key"] = os.environ.get(self.config.api_key_env) if self.config.api_key_env else None
        return {name: value for name, value in given.items() if value}

    def _told(self, row: Any, now: datetime) -> Told | None:
        """None for what is no request, or is neither open nor closed."""
        status = str(row.get("status", "")).strip().lower() if isinstance(row, dict) else ""
        if status not in ("open", "closed") or not row.get("service_request_id"):
            return None
        is_closed = status == "closed"
        at = self._moment(row.get("updated_datetime"), now) if is_closed else None
        return Told(str(row["service_request_id"]), is_closed, at)

    def _moment(self, text: object, now: datetime) -> datetime | None:
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            return None
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
        return moment if moment <= now + timedelta(days=1) else None


def refusal(status: int, body: str, about: str) -> PortalError | None:
    """GeoReport's errors: [{"code": 400, "description": "…"}]."""
    try:
        first = orjson.loads(body)[0]
        said = f"HTTP {status}: {plain(str(first['description']))}"
    except (ValueError, LookupError, TypeError):
        return None
    return withdrawn(about, said) if status in (401, 403, 404, 410) else refused(about, said)
