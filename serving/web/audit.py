"""Who did what, and when: one line each, on disk before the answer is sent."""

from __future__ import annotations

from datetime import UTC, datetime

from serving.web.roles import Visitor
from serving.web.settings import Settings
from storage.home import open_home
from storage.served import write_audit


def noted(settings: Settings, who: Visitor | str, did: str, **what: object) -> None:
    """did: signed in, signed out, refused, solved, saved, published, filed. what: plain values; never a token, a
    cookie or what somebody typed as one."""
    name, role = (who, "") if isinstance(who, str) else (who.name, who.role.word)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {"at": now, "who": name, "role": role, "city": settings.city, "did": did, **what}
    write_audit(open_home(settings.home), entry)
