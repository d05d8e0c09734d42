"""A planner's draft: what is to be other than published, who changed it last, and how often it was changed."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from domain.category import Strict
from domain.lock import Lock


class CrewAsk(Strict):
    """So many crews more, or fewer below 0. target: a category, or "YARD/TYPE"."""

    target: str = Field(min_length=1, max_length=200)
    number: int = Field(ge=-50, le=50)


class Move(Strict):
    """So many crews of a type from a yard's shift to another shift of that date, of the same yard or another."""

    date: dt.date
    crew_type: str = Field(max_length=200)
    yard: str = Field(max_length=200)
    shift: str = Field(max_length=200)
    to_yard: str = Field(max_length=200)
    to_shift: str = Field(max_length=200)
    number: int = Field(ge=1, le=50)


class Changes(Strict):
    """What is to be other than published. absence: share of crews that stay away; None leaves the publication's own.

    moves: crews that another yard has on a date; which shifts they work is free unless `locks` hold it.
    scenario: weather to assume; None leaves the draws as published.
    """

    crews: tuple[CrewAsk, ...] = Field(default=(), max_length=50)
    moves: tuple[Move, ...] = Field(default=(), max_length=100)
    locks: tuple[Lock, ...] = Field(default=(), max_length=500)
    absence: float | None = Field(default=None, ge=0, le=1)
    scenario: str | None = Field(default=None, min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")


class Draft(Strict):
    """name: as its planner calls it, unique in a city. base: the vintage it starts from. revision: changes so far.

    by, at: who changed it last, and when (UTC, ISO 8601). said: what was done, newest last.
    """

    name: str
    base: str
    revision: int = Field(ge=0)
    by: str
    at: str
    changes: Changes = Changes()
    said: tuple[str, ...] = ()


class EditEntry(Strict):
    """How a person's plan came to be: from which vintage, by whom, when (UTC) and why, and what they asked for."""

    base: str
    draft: str
    by: str
    at: str
    why: str
    asked: tuple[str, ...]
