"""What identifies a run's inputs: our code, the installed packages, the configuration."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from domain.city import CityPlan

PACKAGES = (
    "allocation",
    "cli",
    "configs",
    "domain",
    "features",
    "models",
    "pipelines",
    "serving",
    "sources",
    "storage",
)
CODE_SUFFIXES = (".py", ".j2", ".css", ".js")


def digest(*parts: bytes | str) -> str:
    """sha256 over length-prefixed parts, in hex."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "little"))
        total.update(raw)
    return total.hexdigest()


@lru_cache(maxsize=1)
def code_version() -> str:
    """Release and a hash over our own sources, so that an edited checkout is told from a release."""
    return f"{version('crewcast')}+{code_hash(*PACKAGES)}"


def code_hash(*packages: str) -> str:
    """Hash over the sources of some of our packages."""
    root = Path(__file__).parents[1]
    files = sorted(f for p in packages for f in (root / p).rglob("*") if f.suffix in CODE_SUFFIXES)
    return digest(*(part for f in files for part in (f.relative_to(root).as_posix(), f.read_bytes())))[:12]


@lru_cache(maxsize=1)
def lock_hash() -> str:
    """Hash over the names and versions that are really installed, which is what the lock file promises."""
    told = (d.metadata for d in distributions())  # read once: `d.version` would read it again
    installed = {(one["Name"].lower(), one["Version"]) for one in told}
    return digest(*(f"{name}=={number}" for name, number in sorted(installed)))[:16]


WHERE = frozenset({"base_dir", "path", "paths", "url"})
"""Keys that say where something lies, not what it is."""


def config_hash(plan: CityPlan) -> str:
    """Hash over the resolved city and categories, wherever their files lie: what they hold is in the snapshot."""
    content = _placeless(plan.model_dump(mode="json", by_alias=True))
    return digest(json.dumps(content, sort_keys=True))[:16]


def _placeless(value: Any) -> Any:
    """The value without any key that names a place on a machine."""
    if isinstance(value, dict):
        return {k: _placeless(v) for k, v in value.items() if k not in WHERE}
    return [_placeless(v) for v in value] if isinstance(value, list) else value
