"""A machine without libgomp runs all the same."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import pytest

from cli import openmp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux wheels of LightGBM need libgomp")


def test_the_copy_that_scikit_learn_brings_can_be_loaded() -> None:
    copy = openmp.bundled()
    assert copy is not None
    ctypes.CDLL(str(copy))


def test_without_libgomp_the_command_starts_again_with_the_copy_on_its_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[dict[str, str]] = []
    monkeypatch.setattr(openmp, "WANTED", "libgomp.so.1-that-is-nowhere")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(os, "execve", lambda _file, _words, environment: started.append(environment))
    openmp.provide()
    folder = started[0]["LD_LIBRARY_PATH"].split(os.pathsep)[0]
    ctypes.CDLL(str(Path(folder) / openmp.WANTED))
    monkeypatch.setenv(openmp.TRIED, "1")
    openmp.provide()
    assert len(started) == 1, "a second start is tried once only"


def test_with_libgomp_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openmp, "WANTED", "libc.so.6")
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("started again"))
    openmp.provide()
