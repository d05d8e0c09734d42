"""Forecasters are found by their file and loaded by their name alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from domain.errors import ConfigError
from models.catalogue import available, forecasters


def test_every_forecaster_is_named_like_its_file() -> None:
    assert {"exponential_smoothing", "recent_weekdays"} <= set(available())
    assert tuple(f.name for f in forecasters(available())) == available()


def test_an_unknown_forecaster_is_refused_naming_those_there_are() -> None:
    with pytest.raises(ConfigError, match="prophet_of_doom") as caught:
        forecasters(("recent_weekdays", "prophet_of_doom"))
    assert "exponential_smoothing" in caught.value.remedy


def test_only_the_named_forecasters_are_imported() -> None:
    code = (
        "import sys; from models.catalogue import forecasters; forecasters(('recent_weekdays',));"
        "sys.exit('lightgbm' in sys.modules or 'models.forecasters.exponential_smoothing' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
