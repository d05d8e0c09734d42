"""Ctrl-C at any moment: say what stands and leave at once.

Every write of ours appears whole or not at all and the lock is the operating system's, so leaving without tidying is
safe, and the only way that is prompt: threads inside LightGBM or HiGHS cannot be asked to stop.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

SIGNALS = {signal.SIGINT.value, signal.SIGTERM.value}


@contextmanager
def leaving_at_once(farewell: Callable[[], None], exits: Mapping[int, int] | None = None) -> Iterator[None]:
    """Inside the block, SIGINT or SIGTERM calls `farewell` and ends the process with 128 + the signal's number.

    exits: other exit codes by signal number.

    A thread of ours is woken by the signal itself, so it does not matter what the main thread is busy with, or that
    Prefect takes SIGTERM for its own while a flow runs. Outside the main thread, which alone gets signals, no change.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wake, woken = socket.socketpair()
    woken.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    earlier = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(wake, farewell, exits or {}), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(earlier)
        for number, handler in before.items():
            signal.signal(number, handler)
        woken.close()
        watcher.join()
        wake.close()


def _watch(wake: socket.socket, farewell: Callable[[], None], exits: Mapping[int, int]) -> None:
    """Leave at the first signal that asks for it; the end of the stream means the block is over."""
    while arrived := wake.recv(1):
        if arrived[0] in SIGNALS:
            try:
                farewell()
            finally:
                os._exit(exits.get(arrived[0], 128 + arrived[0]))
