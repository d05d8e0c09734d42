"""A4 sheets in a browser: no page holds more than fits on its paper, however long a crew's list is."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from serving.export.a4 import sheets_html

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
OVER = """return [...document.querySelectorAll('.page')].map(page => page.scrollHeight - page.clientHeight)"""
WIDER = """return [...document.querySelectorAll('svg .number')].map(text => text.getBBox().width
    - text.previousElementSibling.getBBox().width)"""


def beside(path: Path) -> ModuleType:
    """A module by its path: importlib mode puts no folder on the path."""
    spec = importlib.util.spec_from_file_location(f"sheets_browser_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SERVING = Path(__file__).parents[1] / "serving"
made = beside(SERVING / "conftest.py").made
exports = beside(SERVING / "export" / "test_exports.py")


@pytest.fixture(scope="module")
def edition() -> object:
    """One plan, read for its sheets."""
    return exports.edition_of(made.publication(made.Shape(draws=50)))


@pytest.mark.parametrize("jobs", [0, 20, 150])
@pytest.mark.parametrize("waits", ["", "About 4 of the open jobs listed cannot be begun yet: " * 4])
def test_everything_is_on_the_paper(browser: WebDriver, tmp_path: Path, edition: object, jobs: int, waits: str) -> None:
    edition = replace(edition, manifest=edition.manifest.model_copy(update={"may_wait": waits}))
    if jobs:
        edition, _ = exports.with_lists(edition, jobs)
    path = tmp_path / "sheets.html"
    path.write_bytes(sheets_html(edition))
    browser.set_window_size(1000, 1400)
    browser.get(path.as_uri())
    over = browser.execute_script(OVER)
    assert len(over) >= 6
    assert max(over) <= 0
    assert max(browser.execute_script(WIDER), default=0) <= -4, "numbers lie inside their labels"
