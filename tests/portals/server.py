"""A loopback HTTP server that misbehaves on request: what all fake portals stand on."""

from __future__ import annotations

import gzip
import json
import random
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Call:
    """One request as it came. params: of query and form together, each the last of its values."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    kind: str = "application/json;charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    """Bytes after which the connection is cut."""

    @classmethod
    def of(cls, content: Any, status: int = 200, **headers: str) -> Answer:
        return cls(status, json.dumps(content).encode(), headers={k.replace("_", "-"): v for k, v in headers.items()})


HTML = Answer(200, b"<!DOCTYPE html><html><body>We will be back soon</body></html>", "text/html")
Fault = Callable[[Call, Answer], Answer]


class FakePortal(ABC):
    """answer: the protocol. faults: altered answers for the next calls, one each; None lets a call through."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: list[Answer | Fault | None] = []
        self.noise: Callable[[Call, Answer], Answer] | None = None
        self.before: Callable[[Call], None] | None = None
        self._lock = threading.RLock()

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """What the protocol answers to a call."""

    def start(self) -> None:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                portal._serve(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                """Silence."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients go away in these tests."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        call = _call(handler)
        with self._lock:
            self.calls.append(call)
            if self.before is not None:
                self.before(call)
            answer = self._spoiled(call)
        _send(handler, call, answer)

    def _spoiled(self, call: Call) -> Answer:
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Answer):
            return fault
        given = self.answer(call)
        if fault is not None:
            return fault(call, given)
        return self.noise(call, given) if self.noise is not None else given


def cut(_call: Call, answer: Answer) -> Answer:
    """The connection ends in the middle of the body."""
    return Answer(answer.status, answer.body, answer.kind, answer.headers, len(answer.body) // 2)


def gzip_cut(_call: Call, answer: Answer) -> Answer:
    """A gzip stream that ends early under a correct length."""
    packed = gzip.compress(answer.body)
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return Answer(answer.status, packed[: len(packed) // 2], answer.kind, headers)


def noisy(seed: int, share: float = 0.25) -> Callable[[Call, Answer], Answer]:
    """Now and then 429, 500, 503, a cut connection or a broken gzip; never three in a row."""
    dice, row = random.Random(seed), [0]
    too_many = Answer.of({"errorCode": "too-many-requests"}, 429, Retry_After="0.002")
    faults: list[Fault] = [
        lambda c, a: too_many,
        lambda c, a: Answer(500, b""),
        lambda c, a: Answer(503, b"busy", "text/plain", {"Retry-After": "0"}),
        cut,
        gzip_cut,
    ]

    def spoil(call: Call, answer: Answer) -> Answer:
        if answer.status != 200 or row[0] >= 2 or dice.random() >= share:
            row[0] = 0
            return answer
        row[0] += 1
        return dice.choice(faults)(call, answer)

    return spoil


def _call(handler: BaseHTTPRequestHandler) -> Call:
    parts = urlsplit(handler.path)
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    params = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
    if "form-urlencoded" in handler.headers.get("Content-Type", ""):
        params |= {k: v[-1] for k, v in parse_qs(body.decode(), keep_blank_values=True).items()}
    headers = {k.lower(): v for k, v in handler.headers.items()}
    return Call(handler.command, parts.path, params, headers, body)


def _send(handler: BaseHTTPRequestHandler, call: Call, answer: Answer) -> None:
    body, headers = answer.body, dict(answer.headers)
    if "Content-Encoding" not in headers and len(body) > 1000 and "gzip" in call.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
    handler.send_response_only(answer.status)
    handler.send_header("Content-Type", answer.kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if answer.cut_at is None:
        handler.wfile.write(body)
        return
    handler.wfile.write(body[: min(answer.cut_at, len(body) // 2)])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True
