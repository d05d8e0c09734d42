"""One polite HTTP client for all protocols: time-outs, few calls at once, waits that the portal asks for, bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import stamina
from stamina.instrumentation import set_on_retry_hooks

from domain.portal_errors import NotTheFormatError, PortalBusyError, PortalError
from sources.portals.wire.answers import Later, Refusal, body_chunks, cut_short, judged
from sources.portals.wire.guard import REDIRECTS, Guard
from sources.portals.wire.kept import KeptAnswers

set_on_retry_hooks([])  # what is tried again is told by the tally; stamina's own log lines say nothing to a reader

LATER = "sync again later, it goes on where it stopped; give a token (`token_env`) where one is taken"
NO_WAY = "check the network and the host in the YAML, then sync again: it goes on where it stopped"

MEBIBYTE = 2**20
MAX_HOPS = 3
Accept = Callable[[Any, str], None]
"""(answer, about): raises Later or a PortalError where a good status carries a bad answer."""
AGENT = "Mozilla/5.0 (compatible; crewcast/0.1; municipal 311 planning)"
"""Some firewalls turn library user agents away with an HTML page."""


@dataclass(frozen=True)
class Manners:
    """How hard a portal may be asked.

    attempts: tries of one call. first_wait_seconds doubles with each, up to longest_wait_seconds; a longer wait that
    the portal asks for ends the sync. at_once: calls under way to one host. pause_seconds: between two calls.
    """

    attempts: int = 6
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 120.0
    timeout_seconds: float = 60.0
    at_once: int = 3
    pause_seconds: float = 0.0
    max_answer_mib: int = 256


@dataclass
class Tally:
    """What one sync cost: calls, bytes on the wire, and why calls were tried again. said: told of each at once."""

    calls: int = 0
    bytes: int = 0
    retried: dict[str, int] = field(default_factory=dict)
    said: Callable[[str], None] | None = None

    def again(self, reason: str, wait: float | None = None) -> None:
        """wait: seconds that the portal asks for."""
        self.retried[reason] = self.retried.get(reason, 0) + 1
        if self.said is not None:
            when = f" in {wait:.0f} s, as asked" if wait is not None and wait >= 1 else ""
            self.said(f"no good answer ({reason}), trying again{when}")


@dataclass
class Client:
    """about: "City: data set", for errors. headers: tokens among them; they are never put into a message or a log."""

    guard: Guard
    manners: Manners
    headers: Mapping[str, str]
    tally: Tally
    http: httpx.Client
    refuse: Refusal
    _slots: threading.Semaphore
    _asked_at: float = 0.0
    kept: KeptAnswers | None = None

    @property
    def about(self) -> str:
        return self.guard.about

    def described(self, url: str, *, params: Mapping[str, Any], accept: Accept | None = None) -> Any:
        """A description that seldom changes: `json`, asked for by its ETag or Last-Modified where an earlier sync kept
        it."""
        asked, before = self.kept.find(url, params) if self.kept is not None else ({}, b"")
        for attempt in self._tries():
            with attempt:
                answer, headers, data = self._json_once(url, params, None, None, asked, before)
                if accept is not None:
                    accept(answer, self.about)
                if self.kept is not None and data is not before:
                    self.kept.keep(url, params, headers, data)
                return answer
        raise AssertionError("stamina either returns or raises")  # pragma: no cover

    def json(
        self, url: str, *, params: Any = None, form: Any = None, body: Any = None, accept: Accept | None = None
    ) -> Any:
        """The answer as JSON. GET with params, POST with form or a JSON body. accept: raises for an error inside a 200.

        Raises PortalError's kinds; a passing failure is tried again, with the waits the portal asks for.
        """
        for attempt in self._tries():
            with attempt:
                answer, _, _ = self._json_once(url, params, form, body)
                if accept is not None:
                    accept(answer, self.about)
                return answer
        raise AssertionError("stamina either returns or raises")  # pragma: no cover

    @contextmanager
    def stream(self, url: str, *, params: Any = None, headers: Mapping[str, str] | None = None) -> Iterator[Any]:
        """A long answer as it comes: (response, chunks of decoded bytes). Not tried again here: the caller has begun
        to use the rows, and starts anew."""
        with self._slots, self._sent("GET", url, params=params, headers=headers) as response:
            judged(response, self.guard.about, self.refuse)
            yield response, body_chunks(response, self.about, self.tally, 1 << 62)

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Turn the failures of a stream into those of `tries`."""
        try:
            yield
        except httpx.TransportError as error:
            raise Later(f"{type(error).__name__}") from error

    def tries(self) -> Iterator[Any]:
        """Tries of a whole download, as a loop of context managers."""
        return self._tries()

    def _tries(self) -> Iterator[Any]:
        manners = self.manners
        tries = stamina.retry_context(
            on=self._passing,
            attempts=manners.attempts,
            timeout=None,
            wait_initial=manners.first_wait_seconds,
            wait_max=manners.longest_wait_seconds,
            wait_jitter=manners.first_wait_seconds / 4,
        )
        try:
            yield from tries
        except Later as error:
            raise self._gave_up(error) from error

    def _passing(self, error: Exception) -> bool | float:
        """Whether to try again, or the seconds that the portal asks to wait."""
        if not isinstance(error, Later) or (error.wait or 0) > self.manners.longest_wait_seconds:
            return False
        self.tally.again(error.reason, error.wait)
        return True if error.wait is None else max(error.wait, 0.001)

    def _gave_up(self, error: Later) -> PortalError:
        if error.ends_as is not None:
            return error.ends_as
        asked = f", which asks to wait {error.wait:.0f} s" if error.wait else ""
        return PortalBusyError(
            f"{self.about}: {error.reason} from {self.guard.hosts[0]}{asked}; tried {self.manners.attempts} times",
            remedy=NO_WAY if error.reason.startswith("Connect") else LATER,
            reason=error.reason,
        )

    def _json_once(
        self, url: str, params: Any, form: Any, body: Any, asked: Mapping[str, str] | None = None, before: bytes = b""
    ) -> tuple[Any, Mapping[str, str], bytes]:
        """(answer, headers, its bytes). asked: headers that ask for a change since `before`, which is taken for 304."""
        method = "GET" if form is None and body is None else "POST"
        try:
            with self._slots, self._sent(method, url, params=params, data=form, json=body, headers=asked) as response:
                judged(response, self.about, self.refuse)
                limit = self.manners.max_answer_mib * MEBIBYTE
                data = b"".join(body_chunks(response, self.about, self.tally, limit))
                data = before if response.status_code == 304 and asked else data
                kind = response.headers.get("content-type", "")
        except httpx.TransportError as error:
            raise Later(type(error).__name__) from error
        try:
            return orjson.loads(data), response.headers, data
        except ValueError as error:
            raise self._not_json(data, kind, error) from error

    def _not_json(self, data: bytes, kind: str, error: ValueError) -> Exception:
        start = data[:60].lstrip().lower()
        if "html" in kind or start.startswith((b"<!doctype", b"<html", b"<")):
            return NotTheFormatError(
                f"{self.about}: a page of HTML came where JSON was asked for",
                remedy="the portal may be down for maintenance or a firewall may be in front: open the address in a "
                "browser, then sync again",
            )
        ends_as = cut_short(self.about, f"JSON that breaks off: {error}")
        return Later("an answer that is not whole JSON", ends_as=ends_as)

    @contextmanager
    def _sent(self, method: str, url: str, **how: Any) -> Iterator[httpx.Response]:
        """Send, following redirects only to hosts of the YAML."""
        there = httpx.URL(url)
        how["headers"] = {**self.headers, **(how.get("headers") or {})}
        for _ in range(MAX_HOPS):
            self.guard.check(there)
            self._pause()
            self.tally.calls += 1
            with self.http.stream(method, there, **how) as response:
                self.guard.check_peer(response)
                if response.status_code not in REDIRECTS:
                    yield response
                    return
                there = self.guard.next_hop(response)
                how.pop("params", None)
        raise NotTheFormatError(
            f"{self.about}: the portal redirects in a circle", remedy="correct `host` in the YAML", url=there.host
        )

    def _pause(self) -> None:
        wait = self._asked_at + self.manners.pause_seconds - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._asked_at = time.monotonic()
