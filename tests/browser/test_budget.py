"""The budget's page in a browser: charts drawn, nothing asked for, nothing wider than a phone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from serving.budget.page import budget_html

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def beside(path: Path) -> ModuleType:
    """A module by its path: importlib mode puts no folder on the path."""
    spec = importlib.util.spec_from_file_location(f"budget_browser_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


HERE = Path(__file__)
report = beside(HERE.with_name("test_report.py"))
made = beside(HERE.parents[1] / "serving" / "made_budget.py")
CHARTS = {"frontier", "means", "influence"}
HOSTILE = "<i>Testford</i><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("budget") / "budget.html"
    path.write_text(budget_html(made.made_about(HOSTILE), made.made_study()), encoding="utf-8")
    return path


def shown(browser: WebDriver, page: Path, width: int) -> None:
    report.wide(browser, width)
    report.outside(browser), report.complaints(browser)  # what earlier pages asked for is theirs
    browser.get(page.as_uri())
    WebDriverWait(browser, 60).until(lambda b: b.execute_script("return document.documentElement.dataset.ready"))


@pytest.mark.parametrize("width", [1440, 380])
def test_every_chart_is_drawn_without_network_errors_or_sideways_scrolling(browser, page, width):
    shown(browser, page, width)
    assert set(browser.execute_script(report.DRAWN)) == CHARTS
    assert report.flaws(browser) == []


def test_a_hostile_name_runs_nothing(browser, page):
    shown(browser, page, 1440)
    assert browser.execute_script("return document.querySelectorAll('header img, section img').length") == 0
    assert "<i>Testford</i>" in browser.find_element("css selector", "h1").text


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_readable_in_light_and_dark(browser, page, dark):
    report.look(browser, dark=dark)
    shown(browser, page, 1440)
    assert browser.execute_script(report.PALE) == []
    report.look(browser, dark=False)
