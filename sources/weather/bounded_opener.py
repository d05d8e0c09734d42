"""Bounds for libraries that read addresses through urllib: time, size, and where a redirect may lead."""

from __future__ import annotations

import io
import socket
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib.parse import urlsplit
from urllib.response import addinfourl

from sources.web_file import is_private

TIMEOUT_SECONDS = 30.0
MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 400 * 2**20
CHUNK = 1 << 16


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Refuses another scheme than http(s) and private addresses that were not asked for."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        there, here = urlsplit(newurl), urlsplit(req.full_url)
        if there.scheme != here.scheme and (here.scheme, there.scheme) != ("http", "https"):
            raise urllib.error.URLError(f"redirect to another scheme, {there.scheme}")
        if there.hostname != here.hostname and is_private(there.hostname or ""):
            raise urllib.error.URLError(f"redirect to a private address, {there.hostname}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Sizes(urllib.request.BaseHandler):
    """Reads the body up to MOST_BYTES, and where it is gzip checks what it unpacks to."""

    def http_response(self, request: urllib.request.Request, response: HTTPResponse) -> HTTPResponse | addinfourl:
        if response.status != 200:
            return response
        body = response.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise urllib.error.URLError(f"larger than {MOST_BYTES:,} bytes")
        if body[:2] == b"\x1f\x8b":
            _check_unpacked(body)
        whole = addinfourl(io.BytesIO(body), response.headers, request.full_url, response.status)
        vars(whole)["msg"] = response.reason  # urllib's own error handler reads it
        return whole

    https_response = http_response


def _check_unpacked(body: bytes) -> None:
    """Raises URLError for gzip that is cut short, broken, or unpacks to more than MOST_UNPACKED."""
    unpacker, size, rest = zlib.decompressobj(wbits=31), 0, body
    try:
        while rest and not unpacker.eof:
            size += len(unpacker.decompress(rest, CHUNK))
            rest = unpacker.unconsumed_tail
            if size > MOST_UNPACKED:
                raise urllib.error.URLError(f"unpacks to more than {MOST_UNPACKED:,} bytes")
    except zlib.error as error:
        raise urllib.error.URLError(f"broken gzip: {error}") from error
    if not unpacker.eof:
        raise urllib.error.URLError("gzip cut short")


@contextmanager
def bounded_opener() -> Iterator[None]:
    """Within it, `urllib.request.urlopen` keeps the bounds above. Process-wide: hold a lock where threads read."""
    before, patience = urllib.request._opener, socket.getdefaulttimeout()  # type: ignore[attr-defined]
    urllib.request.install_opener(urllib.request.build_opener(_Redirects(), _Sizes()))
    socket.setdefaulttimeout(TIMEOUT_SECONDS)
    try:
        yield
    finally:
        urllib.request._opener = before  # type: ignore[attr-defined]
        socket.setdefaulttimeout(patience)
