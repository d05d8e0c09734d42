"""What an assignment avoids of lateness, in words that keep what is known of it apart from chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from domain.words import SURE_ERRORS
from serving.words import number

LEAST = 0.1
"""Fewer requests or days than so many are told as less than that."""
KINDS = {
    "late_requests": "{} more requests would turn late",
    "late_days": "jobs would be late for {} days more in all",
}


def lateness_without(row: Mapping[Any, Any]) -> list[str]:
    """Sentence parts on what would be late without the crews of a row of `domain.tables.ASSIGNMENTS`: what can be told
    from nothing, with ± its standard error or as less than LEAST, or that nothing can; empty where the row does not
    tell its figures."""
    found = {kind: (float(row[f"{kind}_avoided"]), float(row[f"{kind}_error"])) for kind in KINDS}
    if any(math.isnan(value) for value, _ in found.values()):
        return []
    sure = {kind: each for kind, each in found.items() if each[0] > SURE_ERRORS * each[1]}
    if not sure:
        told = f"lateness would change no more than chance moves it over {int(row['draws'])} draws"
        return [told + (f" ({_figure(*found['late_days'])} days)" if found["late_days"][0] >= LEAST else "")]
    large = [KINDS[kind].format(_figure(*each)) for kind, each in sure.items() if each[0] >= LEAST]
    return large or [KINDS["late_days" if "late_days" in sure else "late_requests"].format(f"less than {LEAST}")]


def _figure(value: float, error: float) -> str:
    """A small error is told as LEAST: ± 0.0 would claim a certainty that nobody has."""
    return f"{number(value)} (± {number(max(error, LEAST) if error > 0 else 0.0)})"
