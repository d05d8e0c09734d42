"""The bounds for libraries that read addresses through urllib."""

from __future__ import annotations

import io
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage, HTTPResponse
from typing import IO
from urllib.response import addinfourl

from sources.weather import bounds
from sources.weather.bounds import TIMEOUT_SECONDS, gzip_fault, read_within, refused_hop


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Refuses another scheme than http(s) and private addresses that were not asked for."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if why := refused_hop(req.full_url, newurl):
            raise urllib.error.URLError(why)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage
    ) -> IO[bytes] | None:
        """As urllib does it, without its reading of the redirect's own body, however long that is."""
        fp.close()
        return super().http_error_302(req, io.BytesIO(), code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class _Sizes(urllib.request.BaseHandler):
    """Reads the body within the bounds, and where it is gzip checks what it unpacks to."""

    def http_response(self, request: urllib.request.Request, response: HTTPResponse) -> HTTPResponse | addinfourl:
        if response.status != 200:
            return response
        body = read_within(response.read1, urllib.error.URLError)
        if response.length:
            raise urllib.error.URLError(f"cut short: {response.length:,} bytes are lacking")
        if body[:2] == b"\x1f\x8b" and (why := gzip_fault(io.BytesIO(body).read, bounds.MOST_UNPACKED)):
            raise urllib.error.URLError(why)
        whole = addinfourl(io.BytesIO(body), response.headers, request.full_url, response.status)
        vars(whole)["msg"] = response.reason  # urllib's own error handler reads it
        return whole

    https_response = http_response


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
