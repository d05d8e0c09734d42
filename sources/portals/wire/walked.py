"""What the feeds share that are walked row by row and may have a clock of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sources.portals.wire.client import Client
from sources.portals.wire.section import PortalSection


@dataclass(frozen=True)
class WalkedFeed:
    """A data set whose rows are asked for in an order; see `sources.portals.wire.feed.Feed`."""

    name: str
    section: PortalSection
    client: Client
    is_whole: bool = False
    tells_vanished: bool = True

    @property
    def has_clock(self) -> bool:
        return self.section.updated is not None
