"""Who comes in: by a token, by a session that a token began, by a proxy's header, or as this machine's own user."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from domain.errors import NotAllowedError
from serving.web.roles import Role, Visitor
from serving.web.sessions import Sessions
from serving.web.settings import Settings
from serving.web.tokens import NAME, Tokens, role_of
from storage.home import open_home

COOKIE = "crewcast_session"
FORM_COOKIE = "crewcast_form"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
SAFE = ("GET", "HEAD", "OPTIONS")


class Door:
    """Names the visitor of a request and checks that a form is theirs."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.tokens = Tokens(open_home(settings.home), clock)
        self.sessions = Sessions(settings.session_hours, settings.idle_minutes, clock)
        self._secret = secrets.token_bytes(32)
        self._proxies = [ip_network(one) for one in settings.proxies]

    def visitor(self, request: HTTPConnection) -> Visitor | None:
        """None: must sign in. A wrong bearer token is nobody, even where anybody may read."""
        if "authorization" in request.headers:
            return self._bearer(request.headers["authorization"])
        found = self._from_proxy(request) or self._signed_in(request) or self._local(request)
        if found is None and self.settings.is_public:
            return Visitor("public", Role.PUBLIC, self.address(request))
        return found

    def csrf(self, key: str) -> str:
        """What a form of this visitor must carry; it dies with the process."""
        return hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest()

    def check_form(self, request: HTTPConnection, visitor: Visitor, given: str) -> None:
        """Raise NotAllowedError unless the request comes from our own page and carries this visitor's form token."""
        self.check_origin(request)
        if visitor.csrf and not hmac.compare_digest(visitor.csrf.encode(), given.encode()):
            raise NotAllowedError("this form is too old, or not yours", remedy="load the page again and repeat it")

    def check_origin(self, request: HTTPConnection) -> None:
        """Raise NotAllowedError where a browser says that a page elsewhere sent the request."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        is_foreign = site not in (None, "same-origin", "none")
        if origin is not None:
            is_foreign |= urlsplit(origin).netloc.casefold() != request.headers.get("host", "").casefold()
        if is_foreign:
            raise NotAllowedError("the request came from a page elsewhere", remedy="use the form on this site")

    def address(self, request: HTTPConnection) -> str:
        """Where the request came from; what a named proxy says of it, as the nearest hop it added."""
        there = request.client.host if request.client else "unknown"
        if self._is_proxy(there):
            hops = request.headers.get("x-forwarded-for", "").split(",")
            return hops[-1].strip()[:64] or there
        return there

    def _bearer(self, header: str) -> Visitor | None:
        """By token; calendar programs send it as the password of HTTP Basic."""
        kind, _, given = header.partition(" ")
        token = given.strip() if kind.casefold() == "bearer" else _password(given) if kind.casefold() == "basic" else ""
        entry = self.tokens.check(token)
        return Visitor(entry.name, role_of(entry), f"token {entry.id}") if entry else None

    def _signed_in(self, request: HTTPConnection) -> Visitor | None:
        session = self.sessions.find(request.cookies.get(COOKIE, ""))
        entry = self.tokens.entry(session.token_id) if session else None
        if session is None or entry is None:
            return None
        return Visitor(entry.name, role_of(entry), f"token {entry.id}", self.csrf(session.key), has_session=True)

    def _from_proxy(self, request: HTTPConnection) -> Visitor | None:
        """Whom a named proxy vouches for; anybody else's headers say nothing."""
        if not self._is_proxy(request.client.host if request.client else ""):
            return None
        user = request.headers.get(self.settings.user_header, "")
        role = request.headers.get(self.settings.role_header, Role.VIEWER.word).upper()
        if not NAME.match(user) or role not in Role.__members__:
            return None
        key = f"user {user}"
        return Visitor(user, Role[role], key, self.csrf(key))

    def _local(self, request: HTTPConnection) -> Visitor | None:
        """This machine's own user, while there is no token; never what a proxy passed on from elsewhere."""
        is_passed_on = bool(self._proxies) or any(name in request.headers for name in FORWARDED)
        if not self.settings.is_loopback or self.settings.is_public or is_passed_on or self.tokens.has_any():
            return None
        return Visitor("this machine", Role.ADMIN, "this machine", self.csrf("this machine"))

    def _is_proxy(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False


def _password(given: str) -> str:
    """The password of HTTP Basic, whatever the name; "" where it cannot be read."""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""
