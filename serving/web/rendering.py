"""Templates of the pages: everything escaped, an unknown name an error, the report's words as filters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from serving.report.page import environment as report_environment
from serving.web import static
from serving.web.chart import shown
from serving.words import MEAN_NOTE

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Jinja over `templates/`, with the filters of the report, `cell`, and `asset_url`."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= report_environment().filters | {"cell": shown}
    env.globals |= {"mean_note": MEAN_NOTE, "asset_url": static.url, "plotly_marks": static.plotly_marks}
    return env


def render(template: str, context: Mapping[str, object]) -> Markup:
    """The template's text; safe to put into another one, as all of it was escaped."""
    return Markup(environment().get_template(template).render(**context))
