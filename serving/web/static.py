"""Scripts and styles from the installed package, read at start and addressed by their content: cached for ever."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
PREFIX = "/static"


@dataclass(frozen=True)
class Asset:
    """name: with its ending. data: its bytes."""

    name: str
    data: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:16]

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.data, 6, mtime=0)

    @property
    def kind(self) -> str:
        return TYPES[Path(self.name).suffix]

    @property
    def url(self) -> str:
        return f"{PREFIX}/{self.digest}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """By name: the files of `assets/`, the report's style sheet, plotly.js."""
    found = [Asset(p.name, p.read_bytes()) for p in sorted((HERE / "assets").iterdir()) if p.suffix in TYPES]
    report = HERE.parent / "report" / "assets" / "report.css"
    plotly = files("plotly") / "package_data" / "plotly.min.js"
    found += [Asset("report.css", report.read_bytes()), Asset("plotly.min.js", plotly.read_bytes())]
    return {asset.name: asset for asset in found}


MARK = re.compile(rb'getElementById\("([0-9a-f]{64})"\)')


@cache
def plotly_marks() -> tuple[str, ...]:
    """Ids of style elements that plotly.js writes into a page unless it finds one of that id: rules for tile maps,
    which no page has and the policy forbids."""
    return tuple(dict.fromkeys(mark.decode() for mark in MARK.findall(assets()["plotly.min.js"].data)))


def url(name: str) -> str:
    """Where a page finds an asset. Raises KeyError for one there is not."""
    return assets()[name].url


def find(digest: str, name: str) -> Asset | None:
    """The asset of that address; None where there is no such file or it has other bytes by now."""
    asset = assets().get(name)
    return asset if asset is not None and asset.digest == digest else None
