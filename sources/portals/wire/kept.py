"""Small JSON answers kept with what the server calls their state, so that they travel again only when they changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from sources.folder_size import prune

MOST_BYTES = 2**20
"""Descriptions of data sets are far smaller; what is not is asked for anew."""
MOST_KEPT_BYTES = 64 * 2**20
"""Of all cities together: beyond it those kept longest ago are forgotten, and asked for anew."""
SECRETS = ("token", "api_key", "apikey")
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True)
class KeptAnswers:
    """folder: one file an address that the YAML leads to, named by its hash; a token is no part of that."""

    folder: Path

    def find(self, url: str, params: Mapping[str, Any] | None) -> tuple[dict[str, str], bytes]:
        """Headers to ask with, and the answer if it has not changed; both empty where nothing is kept or it is
        broken."""
        try:
            told = orjson.loads(self._place(url, params).read_bytes())
            return dict(told["validators"]), str(told["body"]).encode()
        except (OSError, ValueError, LookupError, TypeError):
            return {}, b""

    def keep(self, url: str, params: Mapping[str, Any] | None, headers: Mapping[str, str], body: bytes) -> None:
        """Keeps a whole answer that has a validator; one that has none, or is large, is forgotten."""
        place = self._place(url, params)
        validators = {ask: headers[name] for name, ask in VALIDATORS.items() if name in headers}
        if not validators or len(body) > MOST_BYTES:
            place.unlink(missing_ok=True)
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        part = place.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(orjson.dumps({"validators": validators, "body": body.decode("utf-8", "replace")}))
        part.replace(place)
        prune(self.folder, MOST_KEPT_BYTES)

    def _place(self, url: str, params: Mapping[str, Any] | None) -> Path:
        named = sorted((k, str(v)) for k, v in (params or {}).items() if k.lower() not in SECRETS)
        return self.folder / (hashlib.sha256(repr((url, named)).encode()).hexdigest()[:20] + ".json")
