"""Choices that pages share: a field of a form, and what is chosen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serving.report.source import Source
from serving.web.page import View

Option = tuple[str, str]
"""A value, and its title."""


@dataclass(frozen=True)
class Field:
    """For the macro `choices`. name: of the parameter. chosen: one of the options' values; "" where there are none."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: str

    @property
    def title(self) -> str:
        return next((title for value, title in self.options if value == self.chosen), "")


def field(view: View, name: str, label: str, options: Sequence[Option], default: str | None = None) -> Field:
    """What the address asks for where it is an option, else the default, else the first."""
    return Field(name, label, tuple(options), view.choice(name, [value for value, _ in options], default))


def category_field(view: View) -> Field:
    return field(view, "category", "Kind of request", categories(view.publication.source))


def categories(source: Source) -> list[Option]:
    return [(one["key"], one["title"]) for one in source.titles()]


def pinned(view: View) -> dict[str, str]:
    """The parameter that keeps an earlier publication on the next page."""
    return {"vintage": view.query["vintage"]} if view.query.get("vintage") else {}
