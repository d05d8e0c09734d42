"""The same bounds for libraries that read through `requests`."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from urllib.parse import urljoin

import requests
import urllib3

from sources.weather import bounds
from sources.weather.bounds import MOST_REDIRECTS, TIMEOUT_SECONDS, read_within, refused_hop

RequestException = requests.RequestException
"""What a library that is given this module in the place of `requests` catches."""


class BeyondBoundsError(ValueError):
    """An answer that is given up. No RequestException, which libraries would try again."""


class _Session(requests.Session):
    """Follows no redirect by itself: it would read the redirect's body, however long, first."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def get(url: str, params: Any = None, *, stream: bool | None = None, **how: Any) -> requests.Response:
    """`requests.get` whose answer has been read within the bounds, whole; stream is of no effect.

    Raises BeyondBoundsError for an answer that is too large as sent or unpacked, too slow as a whole, or leads where
    it must not; what `requests` itself raises else.
    """
    how["timeout"] = how.get("timeout") or TIMEOUT_SECONDS
    with _Session() as session:
        for _ in range(MOST_REDIRECTS + 1):
            with session.get(url, params=params, stream=True, **how) as answer:
                if not answer.is_redirect:
                    return _whole(answer)
                there = urljoin(answer.url, answer.headers["location"])
                if why := refused_hop(answer.url, there):
                    raise BeyondBoundsError(why)
            url, params = there, None
    raise BeyondBoundsError(f"more than {MOST_REDIRECTS} redirects")


def _whole(answer: requests.Response) -> requests.Response:
    """The same answer with its body in memory."""
    body = read_within(lambda most: _part(answer, most), BeyondBoundsError)
    _check_zip(body)
    whole = requests.Response()
    whole.status_code, whole.reason, whole.url = answer.status_code, answer.reason, answer.url
    whole.headers, whole.encoding, whole.request = answer.headers, answer.encoding, answer.request
    whole.raw = io.BytesIO(body)
    return whole


def _part(answer: requests.Response, most: int) -> bytes:
    """What has come, unpacked to at most so many bytes where the transfer is packed."""
    try:
        part: bytes = answer.raw.read1(most, decode_content=True)
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(str(error)) from error
    return part


def _check_zip(body: bytes) -> None:
    """The sizes that a zip file states are the most that Python's zipfile unpacks of it."""
    if body[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            size = sum(i.file_size for i in archive.infolist())
    except zipfile.BadZipFile as error:
        raise BeyondBoundsError(f"broken zip: {error}") from error
    if size > bounds.MOST_UNPACKED:
        raise BeyondBoundsError(f"unpacks to more than {bounds.MOST_UNPACKED:,} bytes")
