"""Tokens: made, checked in constant time, taken back. The secret is shown once and kept nowhere."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from domain.errors import TokenError
from serving.web.roles import GIVEN, Role
from storage.home import Home
from storage.served import TokenEntry, changing_tokens, read_tokens, tokens_path

PREFIX = "crewcast"
SHAPE = re.compile(rf"^{PREFIX}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})$")
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,39}$")
LOOK_EVERY_SECONDS = 1.0
NOBODY = hashlib.sha256(b"nobody").hexdigest()


def add(home: Home, name: str, role: str) -> tuple[TokenEntry, str]:
    """A new token and its only showing. Raises TokenError for a name in use, an odd name or an unknown role."""
    words = [one.word for one in GIVEN]
    if role not in words:
        raise TokenError(f"--role {role}: there is no such role", remedy=f"choose from {', '.join(words)}")
    if not NAME.match(name):
        raise TokenError(
            f"'{name}' cannot be a token's name",
            remedy="use up to 40 letters, digits, spaces and . _ @ -: it is what the audit log says",
        )
    secret, made = secrets.token_urlsafe(32), datetime.now(UTC).isoformat(timespec="seconds")
    entry = TokenEntry(id=secrets.token_hex(4), name=name, role=role, digest=_digest(secret), made=made)
    with changing_tokens(home) as entries:
        if any(e.name == name and not e.revoked for e in entries):
            raise TokenError(f"there is a token named '{name}'", remedy="revoke it first, or choose another name")
        entries.append(entry)
    return entry, f"{PREFIX}_{entry.id}_{secret}"


def revoke(home: Home, which: str) -> TokenEntry:
    """Take a token back by id or name; those who came in with it are out within a second. Raises TokenError."""
    with changing_tokens(home) as entries:
        for at, entry in enumerate(entries):
            if which in (entry.id, entry.name) and not entry.revoked:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                entries[at] = entry.model_copy(update={"revoked": now})
                return entries[at]
    raise TokenError(f"there is no token '{which}' in use", remedy="see crewcast tokens list")


def role_of(entry: TokenEntry) -> Role:
    return Role[entry.role.upper()]


class Tokens:
    """The tokens in use, read again when the file changed, looked at once a second at most."""

    def __init__(self, home: Home, clock: Callable[[], float]) -> None:
        self._home = home
        self._clock = clock
        self._lock = Lock()
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None
        self._entries: dict[str, TokenEntry] = {}

    def check(self, token: str) -> TokenEntry | None:
        """The entry that a token belongs to. An unknown id costs the same comparison as a known one."""
        found = SHAPE.match(token)
        name, secret = found.groups() if found else ("", token)
        entry = self.entries().get(name)
        is_right = hmac.compare_digest(_digest(secret), entry.digest if entry else NOBODY)
        return entry if entry is not None and is_right and not entry.revoked else None

    def entry(self, token_id: str) -> TokenEntry | None:
        """The entry of that id while it is in use."""
        entry = self.entries().get(token_id)
        return entry if entry is not None and not entry.revoked else None

    def has_any(self) -> bool:
        """Whether there ever was one: then nobody comes in without."""
        return bool(self.entries())

    def entries(self) -> dict[str, TokenEntry]:
        with self._lock:
            if self._clock() - self._looked >= LOOK_EVERY_SECONDS:
                self._read()
                self._looked = self._clock()
            return self._entries

    def _read(self) -> None:
        path = tokens_path(self._home)
        try:
            stat = path.stat()
        except FileNotFoundError:
            self._stamp, self._entries = None, {}
            return
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if stamp != self._stamp:
            self._entries = {e.id: e for e in read_tokens(self._home)}
            self._stamp = stamp


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
