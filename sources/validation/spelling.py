"""What two spellings of one area id share."""

from __future__ import annotations

import re

NUMBER = re.compile(r"^\+?0*(\d+)(?:\.0*)?$")


def bare(name: str) -> str:
    """No case, single blanks, no leading zeros, no `.0`: `8`, `08` and `8.0` are one."""
    number = NUMBER.match(name.strip())
    return number.group(1).lstrip("0") or "0" if number else " ".join(name.split()).casefold()
