"""Pictures of the served pages: `python -m scripts.page_screenshots http://127.0.0.1:8311`.

Run by hand against `crewcast serve` on the demo's publication; needs Chromium and its driver. Writes every page of the
navigation and the shift sheet, at desktop and phone width, in the light scheme, to docs/images/.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Sequence

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from scripts.screenshots import IMAGES, Picture, browser
from serving.web.catalogue import navigation

DRAWN = "return document.documentElement.dataset.ready === 'true'"
WIDTHS = (("desktop", 1440, 1100), ("phone", 380, 1100))


def shoot(chrome: webdriver.Chrome, address: str, picture: Picture) -> bytes:
    """The top of a page as PNG, once its charts are drawn."""
    size = {"width": picture.width, "height": picture.height, "deviceScaleFactor": 1, "mobile": picture.width < 600}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    light = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
    chrome.get(address)
    WebDriverWait(chrome, 60).until(lambda page: page.execute_script(DRAWN))
    return base64.b64decode(chrome.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="where crewcast serve says it listens")
    base = parser.parse_args(arguments).address.rstrip("/")
    IMAGES.mkdir(parents=True, exist_ok=True)
    chrome = browser()
    try:
        for name, path in [*((page.name, page.path) for page in navigation()), ("shift", "/shift")]:
            for kind, width, height in WIDTHS:
                target = IMAGES / f"page-{name}-{kind}.png"
                target.write_bytes(shoot(chrome, base + path, Picture(target.name, width, height)))
                print(f"{target}: {target.stat().st_size / 1000:.0f} kB")
    finally:
        chrome.quit()


if __name__ == "__main__":
    main(sys.argv[1:])
