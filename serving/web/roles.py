"""Who is looking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Role(IntEnum):
    """Each may do what those before it may.

    PUBLIC: reads, without backlog detail below a count. VIEWER: reads, samples of bad rows masked. PLANNER: changes,
    solves again, publishes, files shift sheets. ADMIN: reads the audit log.
    """

    PUBLIC = 0
    VIEWER = 1
    PLANNER = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """As it is written on the command line and on a page."""
        return self.name.lower()


GIVEN = (Role.VIEWER, Role.PLANNER, Role.ADMIN)
"""Roles that a token can have."""


@dataclass(frozen=True)
class Visitor:
    """name: of the token or the proxy's user, as the audit log writes it. key: what rate limits count by.

    csrf: what forms must send back; empty where no cookie speaks for the visitor, so nothing can be forged.
    """

    name: str
    role: Role
    key: str
    csrf: str = ""
    has_session: bool = False
