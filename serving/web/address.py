"""Whether an address may be served at all; light, so that a refusal comes at once."""

from __future__ import annotations

from domain.errors import ServeRefusedError
from serving.web.settings import Settings
from storage.home import open_home
from storage.served import read_tokens


def check(settings: Settings) -> None:
    """Raise ServeRefusedError where anybody elsewhere could come in without a token."""
    if not settings.is_loopback and not any(not e.revoked for e in read_tokens(open_home(settings.home))):
        raise ServeRefusedError(
            f"--host {settings.host}: others could reach this address, and there is no token",
            remedy="make one with crewcast tokens add, or listen on 127.0.0.1",
            host=settings.host,
        )
