"""A weather station as a city YAML names it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.category import Strict


def _text(value: object) -> object:
    """YAML reads an unquoted station 72530 as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


StationId = Annotated[str, BeforeValidator(_text), Field(pattern=r"^[A-Za-z0-9]{2,15}$")]


class Station(Strict):
    """id: the source's own. mosmix, ghcn: the same station at DWD's forecasts and at NOAA, where it is known there."""

    id: StationId
    name: str = ""
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    elevation_m: int = Field(default=0, ge=-500, le=9000)
    mosmix: StationId | None = None
    ghcn: StationId | None = None

    @property
    def label(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id
