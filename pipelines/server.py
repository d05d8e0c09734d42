"""Prefect's server as a child that cannot outlive us: on loopback, apart from the terminal, gone when we are gone.

Prefect starts such a server itself, but in our process group and without a tie to us: Ctrl-C reaches it before we are
done with it, and after kill -9 it stays behind. Ours has its own session and reads a pipe whose end means our end.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from domain.errors import ServerDownError
from pipelines.environment import loading

START_SECONDS = 180
GRACE_SECONDS = 5
LOG = "server.log"

_server: subprocess.Popen[bytes] | None = None


def start_server(prefect_home: Path, *, schedules: bool = False) -> None:
    """Start the server of this process and make it Prefect's API; nothing to do where it runs already.

    schedules: with the services that fire scheduled runs, else only what a single run needs.
    Raises ServerDownError where it does not come up.
    """
    launch_server(prefect_home, schedules=schedules)()


def launch_server(prefect_home: Path, *, schedules: bool = False) -> Callable[[], None]:
    """As `start_server`, in two: the process is started, and the answer waits for it and makes it Prefect's API.

    Both belong into the main thread. A process started while another thread sets an environment variable is given
    freed memory for its environment, which the system refuses now and then ("Bad address").
    """
    global _server
    if _server is not None:
        return lambda: None
    log = prefect_home / LOG
    with socket.socket() as listener, log.open("wb") as sink:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        kind = "schedules" if schedules else "runs"
        _server = subprocess.Popen(
            [sys.executable, "-m", "pipelines.server", str(listener.fileno()), kind],
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=sink,
            pass_fds=(listener.fileno(),),
            start_new_session=True,
        )
    atexit.register(stop_server)
    return partial(_wait_and_use, url, _server, log)


def _wait_and_use(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    _wait_until_healthy(url, server, log)
    _use(url)


def check_server() -> None:
    """Raise ServerDownError where the server of this process has ended by itself; silent where there is none."""
    if _server is not None and _server.poll() is not None:
        raise ServerDownError(
            f"Prefect's server has ended (code {_server.returncode})", remedy="start again; its log is in the home"
        )


def server_pid() -> int | None:
    """The process of our server, if there is one."""
    return None if _server is None else _server.pid


def stop_server() -> None:
    """End the server of this process, if there is one."""
    global _server
    server, _server = _server, None
    if server is None:
        return
    assert server.stdin is not None
    server.stdin.close()
    try:
        server.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _use(url: str) -> None:
    """Point Prefect at the server; it has read its settings already."""
    from prefect.context import refresh_global_settings_context

    os.environ["PREFECT_API_URL"] = url
    refresh_global_settings_context()


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    import httpx

    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(timeout=2, trust_env=False) as client:
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise ServerDownError(
                    f"Prefect's server stopped at once (code {server.returncode})", remedy=f"read {log}"
                )
            try:
                if client.get(f"{url}/health").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise ServerDownError(f"Prefect's server did not answer within {START_SECONDS} s", remedy=f"read {log}")


def _leave_with_parent() -> None:
    """Wait for the end of the pipe, then leave: politely first."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS - 2)
    os._exit(0)


def main() -> None:
    """The child: serve the API on the socket that was handed down."""
    with loading():
        import uvicorn
        from prefect.server.api.server import create_app

    threading.Thread(target=_leave_with_parent, daemon=True).start()
    listener = socket.socket(fileno=int(sys.argv[1]))
    app = create_app(ephemeral=sys.argv[2] == "runs", final=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on")).run(sockets=[listener])


if __name__ == "__main__":
    main()
