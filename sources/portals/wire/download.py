"""A whole file over HTTPS into a nameless scratch file: asked for only if it changed, tried again as a whole."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from typing import IO, Any

from domain.portal_errors import NotTheFormatError, TooLargeError
from sources.portals.wire.answers import Later, cut_short
from sources.portals.wire.client import MEBIBYTE, Client


@dataclass(frozen=True)
class Download:
    """file: at its start, None where it is as last read. validator: what the server calls this state of it."""

    file: IO[bytes] | None
    validator: str | None


def download(client: Client, url: str, validator: str | None, max_mib: int, params: Any = None) -> Download:
    """The file, or the news that it has not changed (HTTP 304 to ETag or Last-Modified).

    The scratch file has no name: a killed process leaves nothing behind. Raises TooLargeError beyond max_mib, and
    PortalError's other kinds.
    """
    headers = json.loads(validator) if validator else {}
    for attempt in client.tries():
        with attempt, client.tried(), client.stream(url, params=params, headers=headers) as (response, chunks):
            if response.status_code == 304:
                return Download(None, validator)
            file = tempfile.TemporaryFile()  # noqa: SIM115  the caller reads it
            try:
                _keep(chunks, file, client, max_mib)
                _refuse_html(file, response.headers.get("content-type", ""), client)
            except BaseException:
                file.close()
                raise
            return Download(file, _validator(response.headers))
    raise AssertionError("tries either return or raise")  # pragma: no cover


def _keep(chunks: Any, file: IO[bytes], client: Client, max_mib: int) -> None:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_mib * MEBIBYTE:
            raise TooLargeError(
                f"{client.about}: a file of more than {max_mib} MiB",
                remedy="raise `max_file_mib` in the YAML if that is meant",
            )
        file.write(chunk)
    file.seek(0)


def _refuse_html(file: IO[bytes], kind: str, client: Client) -> None:
    start = file.read(200).lstrip().lower()
    file.seek(0)
    if start.startswith((b"<!doctype", b"<html")) or "text/html" in kind:
        raise NotTheFormatError(
            f"{client.about}: a page of HTML came where a file was asked for",
            remedy="open the address in a browser; correct it in the YAML if the file has moved",
        )
    if not start:
        raise Later("an empty file", ends_as=cut_short(client.about, "the file is empty"))


def _validator(headers: Any) -> str | None:
    found = {}
    if etag := headers.get("etag"):
        found["If-None-Match"] = etag
    if moment := headers.get("last-modified"):
        found["If-Modified-Since"] = moment
    return json.dumps(found) if found else None
