"""The command line in this process: where a command starts nothing, a new process would only import it all again."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from cli.main import main
from cli.openmp import TRIED

PLAIN = {"NO_COLOR": "1", "COLUMNS": "100"}


def typed(home: Path | None, *words: str) -> subprocess.CompletedProcess[str]:
    """What `crewcast WORDS` says and the code it ends with; the environment is afterwards as it was before.

    Not for commands that start Prefect, unless the process ends with them: its event loop stays, and draws random
    numbers amid those of Hypothesis.
    """
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    told = {**PLAIN, TRIED: "1"} | ({"CREWCAST_HOME": str(home)} if home else {})  # TRIED: never start anew
    try:
        os.environ.update(told)
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["crewcast", *words])
            code = _code_of_main()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def _code_of_main() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
