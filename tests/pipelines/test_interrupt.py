"""A signal ends the process at once, whatever its threads are busy with."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

BUSY = """
import signal, sys, threading, time
from pipelines.interrupt import leaving_at_once
with leaving_at_once(lambda: print("farewell", flush=True), exits={signal.SIGTERM.value: 0}):
    busy = threading.Thread(target=time.sleep, args=(60,))
    busy.start()
    print("ready", flush=True)
    busy.join()
"""
OVER = """
import signal
from pipelines.interrupt import leaving_at_once
before = signal.default_int_handler
signal.signal(signal.SIGINT, before)  # a shell that starts us in the background has it ignored
with leaving_at_once(lambda: print("farewell")):
    pass
assert signal.getsignal(signal.SIGINT) is before
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("as before")
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_thread_that_cannot_be_asked_to_stop_does_not_hold_the_process(number: signal.Signals, code: int) -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (code, "farewell\n")


def test_afterwards_signals_are_as_before() -> None:
    answer = subprocess.run([sys.executable, "-c", OVER], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "as before\n", "")
