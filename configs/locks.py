"""Locks as a planner writes them: a YAML file, or one line on the command line."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from configs.reading import read_yaml
from domain.errors import LockError
from domain.lock import Lock

RULE = re.compile(r"^(?P<type>.+?)(?P<sign><=|>=|=)(?P<crews>-?\d+)$")
EXAMPLE = "2025-03-18 day 'Landing Yard' patching=1"
FORMS = {"=": "crews", "<=": "at_most", ">=": "at_least"}


def inline_lock(text: str) -> Lock:
    """ "DATE SHIFT 'YARD' TYPE=N", with <= and >= for at most and at least; =0 forbids. Raises LockError."""
    entry = f'--lock "{text}"'
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise _unclear(entry, str(error)) from error
    rule = RULE.match(words[-1]) if len(words) == 4 else None
    if rule is None:
        raise _unclear(entry, "it is not a date, a shift, a yard and TYPE=N")
    given: dict[str, object] = {"date": words[0], "shift": words[1], "yard": words[2], "crew_type": rule["type"]}
    return lock_of(given | {FORMS[rule["sign"]]: int(rule["crews"])}, entry)


def locks_of_file(path: Path) -> list[Lock]:
    """The `locks` of a YAML file (`schema: 1`). Raises ConfigError, LockError naming the entry."""
    content = read_yaml(path)
    rows = content.get("locks")
    if not isinstance(rows, list) or set(content) - {"schema", "locks"}:
        raise LockError(
            f"{path}: there is no list 'locks', or keys beside it: {', '.join(content)}",
            remedy="write 'schema: 1' and under 'locks:' entries with date, shift, yard, crew_type and crews, "
            "at_least, at_most or forbidden: true",
            file=path,
        )
    return [_row(row, f"{path}, locks[{i}]") for i, row in enumerate(rows)]


def _row(row: object, entry: str) -> Lock:
    if not isinstance(row, dict):
        raise _unclear(entry, f"it is {row!r}, not keys and values")
    return lock_of({str(k): v for k, v in row.items()}, entry)


def lock_of(given: dict[str, object], entry: str) -> Lock:
    """The lock of these fields, `date` as text or a day. Raises LockError that names `entry`."""
    try:
        day = given.get("date")
        return Lock.model_validate(given | {"date": date.fromisoformat(str(day)), "entry": entry})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unclear(entry, f"{where}: {first['msg']}" if where else first["msg"]) from error
    except ValueError as error:
        raise _unclear(entry, f"'{given.get('date')}' is not a day such as 2025-03-18") from error


def _unclear(entry: str, why: str) -> LockError:
    return LockError(f"{entry}: {why}", remedy=f'write it as "{EXAMPLE}", with =, <= or >=', entry=entry)
