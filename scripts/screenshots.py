"""Make the two pictures of the report from a vintage: `python -m scripts.screenshots VINTAGE_FOLDER`.

Run by hand; needs Chromium and its driver (Debian: chromium, chromium-driver). Writes the top of the page, in the
light scheme, to docs/images/.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

IMAGES = Path(__file__).parents[1] / "docs" / "images"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")
DRAWN = "return document.querySelectorAll('.chart .main-svg').length > 0"


@dataclass(frozen=True)
class Picture:
    """width and height in CSS pixels, which are pixels of the picture."""

    name: str
    width: int
    height: int


PICTURES = (Picture("report-desktop.png", 1440, 1600), Picture("report-phone.png", 380, 1600))


def browser() -> webdriver.Chrome:
    """A headless Chromium. Raises SystemExit where it is not installed."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        raise SystemExit("no chromium and chromedriver on this machine (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in FLAGS:
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(driver))


def take(chrome: webdriver.Chrome, report: Path, picture: Picture) -> bytes:
    """The top of the page as PNG, once its charts are drawn."""
    size = {"width": picture.width, "height": picture.height, "deviceScaleFactor": 1, "mobile": picture.width < 600}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    light = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
    chrome.get(report.resolve().as_uri())
    WebDriverWait(chrome, 30).until(lambda page: page.execute_script(DRAWN))
    return base64.b64decode(chrome.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vintage", type=Path, help="folder of a published vintage, with report.html")
    report = parser.parse_args(arguments).vintage / "report.html"
    if not report.is_file():
        raise SystemExit(f"{report} does not exist: give the folder that `crewcast demo` prints as published")
    IMAGES.mkdir(parents=True, exist_ok=True)
    chrome = browser()
    try:
        for picture in PICTURES:
            target = IMAGES / picture.name
            target.write_bytes(take(chrome, report, picture))
            print(f"{target}: {target.stat().st_size / 1000:.0f} kB")
    finally:
        chrome.quit()


if __name__ == "__main__":
    main(sys.argv[1:])
