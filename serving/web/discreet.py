"""What the public sees of open requests: nothing finer than a stated count."""

from __future__ import annotations

import re

from serving.words import number

COUNTED = re.compile(
    r"(?<![0-9.,])([0-9][0-9,]*(?:\.[0-9]+)?)(?=(?: [^0-9;,]*?)? jobs? open| past due| late by)", re.IGNORECASE
)
"""A number of open or late jobs in a reason."""


def discreet(text: str, least: int) -> str:
    """The text with every number of open or late jobs below `least` as "fewer than"; as it is where least is 0."""
    if not least:
        return text
    return COUNTED.sub(lambda found: _at_least(found[1], least), text)


def count_words(count: float, least: int) -> str:
    """A number of open requests, or "fewer than 5" where it is below what may be shown."""
    return number(count) if count >= least else f"fewer than {least}"


def _at_least(text: str, least: int) -> str:
    return text if float(text.replace(",", "")) >= least else f"fewer than {least}"
