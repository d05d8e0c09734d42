"""pydantic's findings → one ConfigError that names file, key, value, what is allowed and the nearest known key."""

from __future__ import annotations

import json
from collections.abc import Callable
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.errors import ConfigError

WORDS = {
    "string_type": "should be text",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "dict_type": "should be keys and values",
    "model_type": "should be keys and values",
    "model_attributes_type": "should be keys and values",
}
"""What pydantic calls by Python's names, in those of YAML."""

SHOWN = 8
"""Findings listed at most; the rest is counted."""

Owners = Callable[[str], list[str]]
"""Kinds of the same section that know a key."""


def _nobody(_key: str) -> list[str]:
    return []


def as_config_error(
    error: ValidationError, model: type[BaseModel], *, file: object, section: str = "", owners: Owners = _nobody
) -> ConfigError:
    """What pydantic found in `section` of `file`, in the words of the YAML.

    model: what the section was validated with. owners: asked of an unknown key of the section itself, as one that
    another kind knows is no slip of the pen. The error carries file, key, value and nearest of the first finding.
    """
    details = sorted(_first_causes(error.errors()), key=lambda d: d["type"] != "extra_forbidden")
    found = [_finding(detail, model, section, owners) for detail in details]
    lines = [text for text, _, _ in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN} more")
    what = f"{file}: " + (lines[0] if len(lines) == 1 else "\n  ".join(["several keys are wrong", *lines]))
    _, key, nearest = found[0]
    remedy = f"write '{nearest}' for the unknown key, or remove it" if nearest else "correct the keys named above"
    return ConfigError(what, remedy=remedy, file=file, key=key, value=details[0]["input"], nearest=nearest)


def nearest(word: str, known: list[str]) -> str | None:
    """The known word most like `word`, or None where none is."""
    found = get_close_matches(word.lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    return next((k for k in known if found and k.lower() == found[0]), None)


def _first_causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without lists called too short because entries in them are wrong: pydantic counts those left over."""
    within = {d["loc"][:i] for d in details for i in range(len(d["loc"]))}
    return [d for d in details if d["type"] != "too_short" or d["loc"] not in within]


def _finding(detail: ErrorDetails, model: type[BaseModel], section: str, owners: Owners) -> tuple[str, str, str | None]:
    key = _path(section, detail["loc"])
    if detail["type"] == "extra_forbidden":
        hint, close = _unknown(detail["loc"], model, owners)
        return f"{key}: unknown key; {hint}", key, close
    if detail["type"] == "missing":
        return f"{key}: missing", key, None
    message = WORDS.get(detail["type"]) or _lower(detail["msg"].removeprefix("Value error, ").replace("Tuple", "List"))
    value = detail["input"]
    shown = "" if isinstance(value, dict) else f" (found: {_short(value)})"
    return f"{key or 'the file'}: {message}{shown}", key, None


def _unknown(loc: tuple[int | str, ...], model: type[BaseModel], owners: Owners) -> tuple[str, str | None]:
    """What helps with an unknown key, and the known key to write for it, if there is one."""
    word, known = str(loc[-1]), _known_keys(model, loc[:-1])
    kinds = owners(word) if len(loc) == 1 else []
    close = None if kinds else nearest(word, known)
    if close:
        return f"the nearest known key is '{close}'", close
    theirs = f"it goes with kind {', '.join(kinds)}; here " if kinds else ""
    return f"{theirs}known keys: {', '.join(known) or 'none'}", None


def _path(section: str, loc: tuple[int | str, ...]) -> str:
    path = section
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else str(part)
    return path


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Keys of the model that lies at `loc` inside `model`."""
    here: Any = model
    for part in loc:
        here = _step(here, part)
    found = next((m for m in _unwrapped(here) if isinstance(m, type) and issubclass(m, BaseModel)), None)
    return [] if found is None else [field.alias or name for name, field in found.model_fields.items()]


def _step(here: Any, part: int | str) -> Any:
    for candidate in _unwrapped(here):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            fields = {f.alias or n: f.annotation for n, f in candidate.model_fields.items()}
            if part in fields:
                return fields[str(part)]
        elif get_args(candidate):
            return get_args(candidate)[-1 if get_origin(candidate) is dict else 0]
    return None


def _unwrapped(annotation: Any) -> list[Any]:
    """The alternatives of a union, without Annotated."""
    if get_origin(annotation) is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [inner for arg in get_args(annotation) for inner in _unwrapped(arg)]
    return [annotation]


def _short(value: object) -> str:
    """The value as YAML writes it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:] if message[:2] != message[:2].upper() else message
