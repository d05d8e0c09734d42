"""How much, how long and from where a weather server may answer, whatever library reads it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from urllib.parse import urlsplit

from sources.web_file import is_private

TIMEOUT_SECONDS = 30.0
"""Without a byte."""
MOST_SECONDS = 300.0
"""For a whole answer, that of a server which sends a byte now and then too."""
MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 64 * 2**20
"""A year of hours at one station has about 1 MB, a ten-day MOSMIX forecast 3 MB."""
MOST_CACHED = 512 * 2**20
MOST_REDIRECTS = 5
CHUNK = 1 << 16


def read_within(part: Callable[[int], bytes], error: Callable[[str], Exception]) -> bytes:
    """All of a body. part(n): the next bytes, at most n, empty at the end. Raises error(why) beyond a bound."""
    parts, size, end = [], 0, time.monotonic() + MOST_SECONDS
    while piece := part(CHUNK):
        size += len(piece)
        if size > MOST_BYTES:
            raise error(f"larger than {MOST_BYTES:,} bytes")
        if time.monotonic() > end:
            raise error(f"not there after {MOST_SECONDS:.0f} s")
        parts.append(piece)
    return b"".join(parts)


def gzip_fault(part: Callable[[int], bytes], most: int) -> str:
    """What is wrong with a gzip stream: cut short, broken, or it unpacks to more than `most` bytes; else empty.

    part(n): the next packed bytes, at most n. Unpacks a little at a time and keeps nothing. Several gzip streams in
    one file are one, as Python reads them.
    """
    unpacker, size, rest = zlib.decompressobj(wbits=31), 0, part(CHUNK)
    try:
        while rest:
            size += len(unpacker.decompress(rest, CHUNK))
            if size > most:
                return f"unpacks to more than {most:,} bytes"
            rest = unpacker.unconsumed_tail or unpacker.unused_data.lstrip(b"\0") or part(CHUNK)
            if unpacker.eof and rest:
                unpacker = zlib.decompressobj(wbits=31)
    except zlib.error as error:
        return f"broken gzip: {error}"
    return "" if unpacker.eof else "gzip cut short"


def refused_hop(here: str, there: str) -> str:
    """Why a redirect is not followed: another scheme than http(s), or a private address not asked for; else empty."""
    old, new = urlsplit(here), urlsplit(there)
    if new.scheme != old.scheme and (old.scheme, new.scheme) != ("http", "https"):
        return f"redirect to another scheme, {new.scheme}"
    if new.hostname != old.hostname and is_private(new.hostname or ""):
        return f"redirect to a private address, {new.hostname}"
    return ""
