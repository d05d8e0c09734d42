"""Reads one section of a made-up city through its plug-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sources import plugins
from sources.plugins import Context


@pytest.fixture
def read(make_context: Callable[..., Context]) -> Callable[..., Any]:
    """read(section, kind, settings, **keys of the city) → what the plug-in returns."""

    def run(section: plugins.Kind, kind: str, settings: dict[str, Any], ctx: Context | None = None) -> Any:
        plugin = plugins.load(section, kind)
        return plugin.read(plugin.config.model_validate(settings), ctx or make_context())

    return run
