"""Make the documentation's pictures of the served pages: `python -m scripts.page_screenshots HOME CITY`.

Run by hand; needs Chromium and its driver (Debian: chromium, chromium-driver), and a home with a publication such as
`crewcast demo` makes. Serves it on loopback, opens each page in a headless browser, and writes to docs/images/.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.serve import works
from scripts.screenshots import IMAGES, browser
from serving.web.run import beside
from serving.web.settings import Settings
from storage.home import open_home
from storage.vintages import latest

DRAWN = "return document.documentElement.dataset.ready === 'true'"
SECONDS = 60


@dataclass(frozen=True)
class Shot:
    """name: of the picture. path: of the page; {first} is the plan's first day. width, height: CSS pixels, which are
    pixels of the picture."""

    name: str
    path: str
    width: int = 1440
    height: int = 1400
    theme: str = "light"


SHOTS = (
    Shot("page-today-desktop.png", "/today", height=1300),
    Shot("page-today-phone.png", "/today", width=380, height=1300, theme="dark"),
    Shot("page-plan-desktop.png", "/plan", height=1100),
    Shot("page-shift-phone.png", "/shift?day={first}", width=380, height=1100),
    Shot("page-map-desktop.png", "/map", height=1000),
    Shot("page-map-phone.png", "/map?what=surprise", width=380, height=1300),
    Shot("page-area-desktop.png", "/area", height=1500, theme="dark"),
    Shot("page-budget-desktop.png", "/budget", height=1400),
    Shot("page-scorecard-desktop.png", "/scorecard", height=1400),
    Shot("page-health-desktop.png", "/health", height=1000),
)


def take(chrome: webdriver.Chrome, address: str, shot: Shot) -> bytes:
    """The top of a page as PNG, once its charts are drawn."""
    size = {"width": shot.width, "height": shot.height, "deviceScaleFactor": 1, "mobile": shot.width < 600}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    theme = {"features": [{"name": "prefers-color-scheme", "value": shot.theme}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", theme)
    chrome.get(address + shot.path)
    WebDriverWait(chrome, SECONDS).until(lambda page: page.execute_script(DRAWN))
    return base64.b64decode(chrome.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="a CREWCAST_HOME with a publication")
    parser.add_argument("city", help="name of the city, such as ellerby-falls")
    asked = parser.parse_args(arguments)
    IMAGES.mkdir(parents=True, exist_ok=True)
    chrome = browser()
    try:
        settings = Settings(city=asked.city, home=asked.home, port=0, solves_at_once=1)
        first = latest(open_home(asked.home).city(asked.city)).manifest.first_date
        with beside(settings, works()) as address:
            for shot in SHOTS:
                target = IMAGES / shot.name
                target.write_bytes(take(chrome, address, replace(shot, path=shot.path.format(first=first))))
                print(f"{target}: {target.stat().st_size / 1000:.0f} kB")
    finally:
        chrome.quit()


if __name__ == "__main__":
    main(sys.argv[1:])
