"""A headless Chromium without network, and pages made from made-up publications."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from serving.report.backtest import backtest_html
from serving.report.plan import report_html

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One Chromium for all tests; a skip where it is absent, a failure in CI."""
    if not (CHROMIUM and CHROMEDRIVER):
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium and chromedriver")
        pytest.skip("no chromium and chromedriver on this machine (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    driver.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """Files by name: plain, hostile, unmapped, empty, backtest."""
    made = _publications()
    plain = made.publication(made.Shape(draws=100))
    hostile = made.publication(made.Shape(hostile=True, draws=50))
    texts = {
        "plain": report_html(plain.tables, plain.manifest, plain.areas),
        "hostile": report_html(hostile.tables, hostile.manifest, hostile.areas),
        "unmapped": report_html(plain.tables, plain.manifest, plain.areas.assign(geometry="")),
        "empty": report_html({}, plain.manifest, plain.areas.iloc[:0]),
        "backtest": backtest_html(made.backtest_scores(), "Testford", "Simulated city"),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


def _publications() -> ModuleType:
    """What tests/serving makes its publications with, loaded through its conftest."""
    path = Path(__file__).parents[1] / "serving" / "conftest.py"
    spec = importlib.util.spec_from_file_location("serving_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.made
