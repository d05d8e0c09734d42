"""What the command line asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """every: of the weekly origins of real data, each so-manieth, for everybody.

    only: names of competitors to run; empty means all. The others appear with kept results, where there are any."""

    out: Path
    only: frozenset[str]
    fresh: bool
    quick: bool
    seeds: tuple[int, ...]
    climates: tuple[str, ...]
    every: int = 1

    def wants(self, name: str) -> bool:
        return not self.only or name in self.only

    @property
    def worlds_origins(self) -> int:
        """Origins of crewcast's own forecasters in a simulated city, two weeks apart."""
        return 2 if self.quick else 26
