"""Templates, assets and data put into one file that needs no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import ArrayLike

from serving import words

HERE = Path(__file__).parent
SCRIPTS = ("chart.js", "demand_map.js", "fan.js", "drivers.js", "worklist.js", "backlog.js", "accuracy.js", "start.js")
"""Order matters: chart.js first, start.js last."""


@cache
def environment() -> Environment:
    """Jinja with everything escaped, an unknown name an error, and the words of `serving.words` as filters."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["mean_note"] = words.MEAN_NOTE
    env.filters |= {
        "short_day": words.short_day,
        "long_day": words.long_day,
        "num": words.number,
        "whole": words.whole,
        "signed": words.signed,
        "hours": words.hours,
        "pct": words.percent,
        "plural": words.plural,
        "category": words.category_words,
        "capital": words.title_words,
        "readiness": words.readiness_words,
        "listing": words.listing,
        "edited": words.edited_words,
    }
    return env


def render(template: str, context: Mapping[str, object]) -> str:
    return environment().get_template(template).render(**context)


def asset(name: str) -> Markup:
    """The text of a file in assets/, as it stands: our own, so not escaped."""
    return Markup((HERE / "assets" / name).read_text(encoding="utf-8"))


def scripts() -> Markup:
    return Markup("\n").join(asset(name) for name in SCRIPTS)


@cache
def plotly() -> Markup:
    """plotly.js as the installed package carries it, safe inside a script element."""
    text = (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    return Markup(text.replace("</script", "<\\/script"))


def embedded(data: object) -> Markup:
    """JSON for a script element: no character in it can end the element or start a comment."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def rounded(values: ArrayLike, decimals: int = 2) -> list[object]:
    """Nested lists of numbers to send: rounded, whole where they are, None for what is missing."""
    array = np.round(np.asarray(values, dtype=np.float64), decimals)
    if np.isnan(array).any():
        holed = array.astype(object)
        holed[np.isnan(array)] = None
        missing: list[object] = holed.tolist()
        return missing
    listed: list[object] = (array.astype(np.int64) if (array == np.round(array)).all() else array).tolist()
    return listed
