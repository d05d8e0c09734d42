"""Around every request: known host names only, bodies of a bounded size, headers that keep a browser strict."""

from __future__ import annotations

import json
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.web.settings import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""No inline script or style, nothing from elsewhere. Images of charts are made in the page (data:, blob:)."""

OTHER_NAME = "This address does not answer to that name. Start crewcast with --name to allow it."
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class Guard:
    """ASGI middleware; outermost, so that refusals carry the headers too."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        strict = _with_headers(send)
        headers = dict(scope["headers"])
        if _name(headers.get(b"host", b"")) not in self.settings.hosts:
            await _refuse(scope, strict, 421, OTHER_NAME)
        elif _length(headers.get(b"content-length", b"0")) > self.settings.largest_body:
            await _refuse(scope, strict, 413, self._too_large)
        else:
            await self._bounded(scope, receive, strict)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts what comes in, as a body need not say its length or may lie."""
        seen, is_over, has_begun = 0, False, False

        async def counted() -> Message:
            nonlocal seen, is_over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.settings.largest_body:
                is_over = True
                return {"type": "http.disconnect"}
            return message

        async def once(message: Message) -> None:
            nonlocal has_begun
            if is_over and not has_begun:
                return
            has_begun = True
            await send(message)

        try:
            await self.app(scope, counted, once)
        except ClientDisconnect:
            if not is_over:
                raise
        if is_over and not has_begun:
            await _refuse(scope, send, 413, self._too_large)

    @property
    def _too_large(self) -> str:
        return f"The request is larger than {self.settings.largest_body:,} bytes."


def _name(host: bytes) -> str:
    """The host name without its port, an IPv6 address with its brackets."""
    text = host.decode("latin-1").casefold()
    return text.partition("]")[0] + "]" if text.startswith("[") else text.partition(":")[0]


def _length(value: bytes) -> int:
    return int(value) if value.isdigit() else 0


def _with_headers(send: Send) -> Send:
    async def strict(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "private, no-cache")
        await send(message)

    return strict


async def _refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    """In plain text; problem+json (RFC 9457) under /api."""
    is_api = scope["path"].startswith("/api")
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": text}
    body = json.dumps(told).encode() if is_api else text.encode()
    kind = b"application/problem+json" if is_api else b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
