"""Cells that a spreadsheet cannot mistake: formulas neutralised, sheet names that Excel accepts."""

from __future__ import annotations

import re

import pandas as pd

DANGEROUS = r"^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]"
"""A cell that starts so is run as a formula by Excel, LibreOffice or Sheets (OWASP, CSV injection)."""

FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
SHEET_NAME_LENGTH = 31


def neutral(texts: pd.Series) -> pd.Series:
    """The texts with an apostrophe before every one that a spreadsheet would run."""
    text = texts.astype("str")
    return text.mask(text.str.contains(DANGEROUS, regex=True, na=False), "'" + text)


def neutral_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every text column neutralised; numbers and dates as they are."""
    texts = [c for c in frame.columns if pd.api.types.is_string_dtype(frame[c])]
    return frame.assign(**{c: neutral(frame[c]) for c in texts})


def sheet_names(wanted: list[str], taken: list[str]) -> list[str]:
    """One name a wish that Excel accepts: allowed characters, at most 31, and none twice, whatever the case."""
    used = {name.casefold() for name in [*taken, "History"]}
    names = []
    for wish in wanted:
        names.append(_free_name(_cleaned(wish), used))
        used.add(names[-1].casefold())
    return names


def _cleaned(wish: str) -> str:
    cleaned = FORBIDDEN_IN_SHEET_NAME.sub(" ", wish).strip(" '")
    return cleaned[:SHEET_NAME_LENGTH].strip(" '") or "Yard"


def _free_name(name: str, used: set[str]) -> str:
    candidates = [name, f"{name[: SHEET_NAME_LENGTH - 5]} yard"]
    candidates += [f"{name[: SHEET_NAME_LENGTH - 5]} {i}" for i in range(2, len(used) + 3)]
    return next(c for c in candidates if c.casefold() not in used)
