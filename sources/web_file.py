"""One file over HTTP(S) into a folder: bounded, conditional, replaced whole; the last good copy stays in use.

No name from the server reaches the disk, no redirect leaves for another scheme or for a private address that the
YAML does not name, and a body above the limit is given up.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from domain.errors import SourceUnreadableError

LIMIT_BYTES = 200 * 2**20
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
MOST_REDIRECTS = 5
CHUNK = 1 << 16
AGENT = "crewcast (municipal 311 forecasts)"


@dataclass(frozen=True)
class WebFile:
    """path: where the bytes lie. note: said in every plan; empty where the server answered."""

    path: Path
    note: str = ""


class Refused(Exception):  # noqa: N818  never leaves this file
    """An answer that is not taken, and why."""


def is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


@contextmanager
def web_client() -> Iterator[httpx.Client]:
    """The client that `fetched` is given where there is no other. Redirects are looked at one by one."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False, headers={"User-Agent": AGENT}) as client:
        yield client


def fetched(client: httpx.Client, url: str, folder: Path, *, what: str, limit: int = LIMIT_BYTES) -> WebFile:
    """The file at `url`, kept in `folder` under a name of ours. what: city and entry, for messages.

    Asks with ETag and Last-Modified. Raises SourceUnreadableError where the server gives no such file and there is
    no copy of an earlier day; with one, that is used and `note` says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / (hashlib.sha256(url.encode()).hexdigest()[:20] + "".join(Path(httpx.URL(url).path).suffixes[-2:]))
    told = kept.with_name(kept.name + ".head")
    try:
        _bring(client, url, kept, told, limit)
    except (httpx.HTTPError, httpx.InvalidURL, Refused) as error:
        why = str(error) or type(error).__name__
        if kept.exists():
            return WebFile(kept, f"{what}: {url} could not be read ({why}); the copy of {_day(kept)} is used")
        raise SourceUnreadableError(
            f"{what}: {url} could not be read: {why}",
            remedy="check the address in the YAML and the connection, or name a file on disk",
            url=url,
        ) from error
    return WebFile(kept)


def _bring(client: httpx.Client, url: str, kept: Path, told: Path, limit: int) -> None:
    before = json.loads(told.read_text()) if kept.exists() and told.exists() else {}
    named, here = httpx.URL(url).host, httpx.URL(url)
    for _ in range(MOST_REDIRECTS + 1):
        with client.stream("GET", here, headers=before) as answer:
            if answer.is_redirect:
                here = _followed(here, answer.headers.get("location", ""), named)
                continue
            if answer.status_code == httpx.codes.NOT_MODIFIED and before:
                os.utime(kept)
                return
            _check(answer)
            _write(answer, kept, limit)
            heads = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
            told.write_text(json.dumps({a: answer.headers[h] for a, h in heads.items() if h in answer.headers}))
            return
    raise Refused(f"more than {MOST_REDIRECTS} redirects")


def _check(answer: httpx.Response) -> None:
    if answer.status_code != httpx.codes.OK:
        raise Refused(f"the server answered {answer.status_code}")
    if "text/html" in answer.headers.get("content-type", ""):
        raise Refused("the server sent a web page, not a file")


def _write(answer: httpx.Response, kept: Path, limit: int) -> None:
    """The bytes as sent (a file that is gzip stays gzip), put in place when all are there."""
    part, size = kept.with_name(kept.name + f".{os.getpid()}.part"), 0
    try:
        with part.open("wb") as stream:
            for chunk in answer.iter_raw(CHUNK) if kept.suffix == ".gz" else answer.iter_bytes(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise Refused(f"it is larger than {limit:,} bytes")
                stream.write(chunk)
        part.replace(kept)
    finally:
        part.unlink(missing_ok=True)


def _followed(here: httpx.URL, location: str, named: str) -> httpx.URL:
    """Where a redirect leads; Refused for another scheme (http to https is fine) or an unnamed private address."""
    there = here.join(location)
    if there.scheme != here.scheme and (here.scheme, there.scheme) != ("http", "https"):
        raise Refused(f"it redirects to another scheme, {there.scheme}")
    if there.host != named and is_private(there.host):
        raise Refused(f"it redirects to a private address, {there.host}")
    return there


def is_private(host: str) -> bool:
    """Whether a host name leads to an address that is not public; a name that leads nowhere counts as private."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return True
    return any(not ipaddress.ip_address(str(a).split("%")[0]).is_global for a in found)


def _day(path: Path) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
