"""What an HTTP answer means before its content is read, and its bytes, unpacked and counted."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Protocol

import httpx

from domain.portal_errors import CutShortError, DatasetWithdrawnError, PortalError, PortalRefusedError, TooLargeError
from sources.portals.wire.waits import asked_wait, is_spent

SHOWN = 300
PASSING = (202, 408, 425, 429, 500, 502, 503, 504)
ERROR_BYTES = 65_536


class Later(Exception):  # noqa: N818  not an error yet: a reason to try again
    """A failure that may pass. wait: seconds the portal asks for. ends_as: what to raise when it does not pass."""

    def __init__(self, reason: str, wait: float | None = None, ends_as: PortalError | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.ends_as = ends_as


class Counting(Protocol):
    bytes: int


Refusal = Callable[[int, str, str], PortalError | None]
"""(status, body, about) → the protocol's own reading of a refusal, None where it has none."""


def judged(response: httpx.Response, about: str, refuse: Refusal) -> None:
    """Returns for a good answer. Raises Later where it may pass, else what the portal refused."""
    status = response.status_code
    if status in (200, 304):
        return
    if status in PASSING or (status == 403 and is_spent(response.headers)):
        raise Later(f"HTTP {status}", asked_wait(status, response.headers, datetime.now(UTC)))
    body = _start_of(response)
    said = refuse(status, body, about)
    if said is not None:
        raise said
    if status in (401, 403, 404, 410):
        raise withdrawn(about, f"HTTP {status}: {plain(body)}")
    raise refused(about, f"HTTP {status}: {plain(body)}")


def withdrawn(about: str, what: str) -> DatasetWithdrawnError:
    return DatasetWithdrawnError(
        f"{about}: the data set is withdrawn, private or gone ({what})",
        remedy="look for its successor on the portal and correct the id in the YAML; until then runs use the rows "
        "synced before, labelled with their age",
    )


def refused(about: str, what: str) -> PortalRefusedError:
    return PortalRefusedError(
        f"{about}: the portal refused the question ({what})",
        remedy="compare `datasets`, `columns` and `labels` in the YAML with the portal's page of the data set",
    )


def cut_short(about: str, what: str) -> CutShortError:
    return CutShortError(
        f"{about}: the answer is cut short ({what})",
        remedy="sync again; the rows before it are kept and not asked for again",
    )


def plain(body: str) -> str:
    """A few words of an answer, for a message."""
    if body.lstrip()[:1] == "<":
        return "a page of HTML"
    return " ".join(body.split())[:SHOWN] or "no text"


def body_chunks(response: httpx.Response, about: str, tally: Counting, limit: int) -> Iterator[bytes]:
    """The body, unpacked here so that a gzip stream that breaks off is told from a whole one.

    Raises CutShortError's `Later`, TooLargeError beyond `limit` bytes unpacked.
    """
    packed = response.headers.get("content-encoding", "").lower()
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed in ("gzip", "deflate", "x-gzip") else None
    size = 0
    for raw in response.iter_raw():
        tally.bytes += len(raw)
        for piece in _pieces(unpack, raw, about):
            size += len(piece)
            if size > limit:
                raise _too_large(about, limit)
            if piece:
                yield piece
    if unpack is not None and not unpack.eof:
        raise Later("gzip that breaks off", ends_as=cut_short(about, "its gzip breaks off"))


def _pieces(unpack: zlib._Decompress | None, raw: bytes, about: str) -> Iterator[bytes]:
    """At most a mebibyte at a time: a small answer must not unpack into all the memory there is."""
    if unpack is None:
        yield raw
        return
    try:
        while raw:
            yield unpack.decompress(raw, 2**20)
            raw = unpack.unconsumed_tail
    except zlib.error as error:
        raise Later("gzip that cannot be unpacked", ends_as=cut_short(about, f"bad gzip: {error}")) from error


def _too_large(about: str, limit: int) -> TooLargeError:
    return TooLargeError(
        f"{about}: an answer of more than {limit // 2**20} MiB",
        remedy="ask for smaller pages (`page_size`), or raise `max_answer_mib` in the YAML",
    )


def _start_of(response: httpx.Response) -> str:
    data = b""
    try:
        for piece in response.iter_bytes():
            data += piece
            if len(data) > ERROR_BYTES:
                break
    except (httpx.TransportError, httpx.DecodingError):
        pass
    return data[:ERROR_BYTES].decode("utf-8", "replace")
