"""Which addresses may be asked: the hosts that the YAML names, by https, and no private address behind them."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.request import getproxies

import httpx

from domain.portal_errors import HostMovedError, UnsafeAddressError

REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Guard:
    """hosts: those the YAML names, the portal's first. is_plain: http is allowed, because the YAML says so."""

    about: str
    hosts: tuple[str, ...]
    is_plain: bool = False

    def check(self, url: httpx.URL) -> None:
        """Raises UnsafeAddressError before anything is sent. A literal private address must be named in the YAML."""
        schemes = ("https", "http") if self.is_plain else ("https",)
        if url.scheme not in schemes:
            raise self._unsafe(f"{url.scheme}://{url.host} is not {' or '.join(schemes)}")
        if url.host not in self.hosts:
            raise self._unsafe(f"{url.host} is not named in the city's YAML")
        if _is_address(url.host) or getproxies():
            return
        for found in _resolved(url.host, url.port or 443):
            self._check_public(url.host, found)

    def check_peer(self, response: httpx.Response) -> None:
        """The address that really answered: a name may point elsewhere by the time of the connection."""
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None else None
        host = response.request.url.host
        if peer and not _is_address(host) and not getproxies():
            self._check_public(host, str(peer[0]))

    def next_hop(self, response: httpx.Response) -> httpx.URL:
        """Where a redirect leads. Raises HostMovedError for a host that the YAML does not name, UnsafeAddressError for
        another scheme or a private address."""
        there = response.request.url.join(response.headers.get("location", ""))
        if there.scheme in ("http", "https") and there.host not in self.hosts and not _is_private(there.host):
            raise HostMovedError(
                f"{self.about}: {response.request.url.host} now sends to {there.host}",
                remedy=f"if that host is the city's, write `host: {there.host}` in the YAML (or add it to also_hosts)",
                host=there.host,
            )
        self.check(there)
        return there

    def _check_public(self, host: str, address: str) -> None:
        if _is_private(address):
            raise self._unsafe(f"{host} leads to the private address {address}")

    def _unsafe(self, what: str) -> UnsafeAddressError:
        return UnsafeAddressError(
            f"{self.about}: refused to ask: {what}",
            remedy="if that is meant, name exactly this host (or address) in the city's YAML",
        )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_private(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address.split("%")[0]).is_global
    except ValueError:
        return address == "localhost"


def _resolved(host: str, port: int) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError:
        return []  # the connection says what is wrong, and is tried again
