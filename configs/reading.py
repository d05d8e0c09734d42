"""YAML → plain Python, without surprises.

YAML 1.2 with a smaller set of implicit types: `true`/`false`, `null`, decimal whole numbers and fractions. All else
is text, so `NO` stays "NO", `12:30` stays "12:30", `2017-01-01` stays "2017-01-01" and `08` stays "08" (an id).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.resolver import BaseResolver

from domain.errors import ConfigError

TYPES = {
    "bool": (r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    "null": (r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    "int": (r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    "float": (r"^[-+]?(?:0|[1-9][0-9]*)?(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]\.|[eE][-+][0-9]+)$", "-+.0123456789"),
}
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


class PlainResolver(BaseResolver):
    """Knows the four implicit types above; a `%YAML` directive does not change that."""

    def __init__(self, version: object = None, loader: object = None, loadumper: object = None) -> None:
        super().__init__(loader if loader is not None else loadumper)

    @property
    def processing_version(self) -> tuple[int, int]:
        return (1, 2)


for _name, (_pattern, _first) in TYPES.items():
    PlainResolver.add_implicit_resolver_base(f"tag:yaml.org,2002:{_name}", re.compile(_pattern), list(_first))


def read_yaml(path: Path, environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """The file's mapping, `${VARIABLE}` replaced in every text from `environment` (default: the process's own).

    Raises ConfigError where the file is missing, not UTF-8, not YAML, has a key twice, is not a mapping, or names
    a variable that is not set and has no default (`${VARIABLE:-default}`).
    """
    loaded = _load(path)
    if not isinstance(loaded, dict):
        found = "nothing" if loaded is None else f"a {type(loaded).__name__}"
        raise ConfigError(f"{path} holds {found}, not keys and values", remedy="start it with 'schema: 1'", file=path)
    known = os.environ if environment is None else environment
    return {str(k): _replace(v, str(k), path, known) for k, v in loaded.items()}


def _load(path: Path) -> object:
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror}", remedy="check the path and who may read it", file=path
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", remedy="save it as UTF-8", file=path) from error
    except YAMLError as error:
        raise ConfigError(
            f"{path} is not valid YAML: {_summary(error)}", remedy="correct the line named above", file=path
        ) from error


@lru_cache(maxsize=64)
def _parsed(text: str) -> object:
    """What the text holds, parsed once: cities share their categories, and parsing is most of what reading takes.

    Whoever asks must not change it; `_replace` makes mappings and lists anew.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = PlainResolver
    yaml.allow_duplicate_keys = False
    return yaml.load(text)


def _summary(error: YAMLError) -> str:
    """What ruamel found and where, in one line: `found duplicate key "city" … (line 3, column 1)`."""
    problem = str(getattr(error, "problem", None) or error).split("\n")[0]
    mark = getattr(error, "problem_mark", None)
    return f"{problem} (line {mark.line + 1}, column {mark.column + 1})" if mark else problem


def _replace(value: object, key: str, path: Path, environment: Mapping[str, str]) -> object:
    if isinstance(value, dict):
        return {k: _replace(v, f"{key}.{k}", path, environment) for k, v in value.items()}
    if isinstance(value, list):
        return [_replace(v, f"{key}[{i}]", path, environment) for i, v in enumerate(value)]
    if not isinstance(value, str):
        return value

    def filled(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = environment.get(name) or default
        if found is None:
            raise ConfigError(
                f"{path}: {key}: the environment variable {name} is not set",
                remedy=f"set {name}, or give a default: ${{{name}:-value}}",
                file=path,
                key=key,
                variable=name,
            )
        return found

    return VARIABLE.sub(filled, value)
