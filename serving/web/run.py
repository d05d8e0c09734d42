"""The server itself: listens, says where, and ends when asked to."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from domain.errors import ServeRefusedError
from serving.web.address import check
from serving.web.app import create_app
from serving.web.settings import Settings
from serving.web.works import Works

STOP_SECONDS = 60


def run(settings: Settings, works: Works | None, say: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises ServeRefusedError where the address is not this machine's own or is taken."""
    check(settings)
    app = create_app(settings, works)
    listening = listen(settings)
    port = listening.getsockname()[1]
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(f"{settings.city}: http://{name}:{port}/ (Ctrl-C ends it)")
    uvicorn.Server(config(app)).run(sockets=[listening])


@contextmanager
def beside(settings: Settings, works: Works | None = None, *, warms: bool = False) -> Iterator[str]:
    """The same server in a thread of this process, for pictures and tests; its address. Ended with the block.
    warms: pages are made before they are asked for, which is work for nothing where few are."""
    listening = listen(settings)
    server = uvicorn.Server(config(create_app(settings, works, warms=warms)))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        listening.close()


def config(app: object) -> uvicorn.Config:
    """One process; a proxy's addresses are read by the door alone, never by the server; no log of parameters."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        lifespan="on",
        timeout_keep_alive=20,
        h11_max_incomplete_event_size=32_768,
    )


def listen(settings: Settings) -> socket.socket:
    """The socket, bound before the server starts so that a taken port is an error in words."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named, as asyncio turns off waiting for more to send (Nagle) only where it is: 40 ms an answer.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((settings.host, settings.port))
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise ServeRefusedError(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror or error}",
            remedy="stop what holds the port, or choose another with --port",
        ) from error
    return opened
