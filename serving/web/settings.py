"""How the pages are served: what the command line asked for, checked."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

from pydantic import Field, field_validator

from domain.category import Strict


class Settings(Strict):
    """home: the root of CREWCAST_HOME. config: the city's YAML by name or path; the city's name where empty.
    names: host names that requests may ask for, beside loopback's own.

    is_public: readers need no token. least_shown: below so many open requests the public sees "fewer than".
    proxies: addresses or networks whose headers name the user; user_header and role_header are read from them alone.
    is_https: a proxy in front speaks HTTPS, so cookies are marked Secure.
    """

    city: str
    home: Path
    config: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8311, ge=0, le=65535)
    names: tuple[str, ...] = ()
    is_public: bool = False
    least_shown: int = Field(default=5, ge=1)
    proxies: tuple[str, ...] = ()
    user_header: str = "X-Forwarded-User"
    role_header: str = "X-Forwarded-Role"
    is_https: bool = False
    session_hours: float = Field(default=12, gt=0)
    idle_minutes: float = Field(default=120, gt=0)
    largest_body: int = Field(default=2_000_000, ge=1024)
    solves_at_once: int = Field(default=2, ge=1)
    sign_ins_a_minute: int = Field(default=10, ge=1)
    solves_a_minute: int = Field(default=12, ge=1)

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ip_network(one, strict=False)) for one in given)

    @property
    def is_loopback(self) -> bool:
        """Nobody but this machine can reach the address."""
        return is_loopback(self.host)

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that a request may carry: another one is a page elsewhere pointing here (DNS rebinding)."""
        own = {"localhost", "127.0.0.1", "[::1]"} if self.is_loopback else {self.host}
        return frozenset({*own, *self.names})


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
