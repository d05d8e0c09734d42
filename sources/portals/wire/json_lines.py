"""Exports of one JSON object a line, used only when they have come whole: a late failure is written into the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import orjson

from sources.portals.wire.answers import Later, cut_short, plain
from sources.portals.wire.client import Client
from sources.portals.wire.download import download

BATCH = 5_000
TAIL_BYTES = 65_536


def json_lines(client: Client, url: str, max_mib: int, params: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
    """Batches of rows of an export that is not empty.

    Raises CutShortError with the portal's own words where it ends in something else than a row, and PortalError's
    other kinds.
    """
    with _downloaded(client, url, max_mib, params) as file:
        while lines := list(islice(file, BATCH)):
            yield [_row(line, client.about) for line in lines if line.strip()]


def _downloaded(client: Client, url: str, max_mib: int, params: dict[str, str]) -> IO[bytes]:
    for attempt in client.tries():
        with attempt:
            file = download(client, url, None, max_mib, params).file
            assert file is not None, "without a validator there is no 304"
            end = _last_line(file)
            if not _is_row(end):
                file.close()
                raise Later(
                    "an export that breaks off", ends_as=cut_short(client.about, f"its export ends: {_said(end)}")
                )
            return file
    raise AssertionError("tries either return or raise")  # pragma: no cover


def _last_line(file: IO[bytes]) -> bytes:
    """The last line that is not blank; the file is at its start again."""
    file.seek(max(file.seek(0, 2) - TAIL_BYTES, 0))
    end = file.read().rstrip().rsplit(b"\n", 1)[-1]
    file.seek(0)
    return end


def _row(line: bytes, about: str) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        row = None
    if not isinstance(row, dict):
        raise cut_short(about, f"a line of its export is no row: {_said(line)}")
    return row


def _is_row(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _said(line: bytes) -> str:
    return plain(line.decode(errors="replace"))
