"""The served pages in a browser, wide and narrow, light and dark: nothing to fix, nothing asked for elsewhere."""

from __future__ import annotations

import importlib.util
import json
import struct
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from pipelines.serve import works
from scripts import page_screenshots
from serving.budget.export import budget_files
from serving.web import run as server
from serving.web.catalogue import navigation
from serving.web.settings import Settings
from storage.budgets import write_budget
from storage.home import open_home

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PATHS = [*(page.path for page in navigation()), "/area", "/map?what=surprise&when=week-2", "/budget?scenario=none"]
PAIRS = [(1440, "light"), (380, "dark")]
"""Each width and each theme on every page."""
CROSSED = [(1440, "dark"), (380, "light")]
"""The other two, on the pages whose shape and colours hang together most: tables of marked cells, and maps."""
LOOKS = [(path, *pair) for path in PATHS for pair in PAIRS + CROSSED * (path in {"/plan", "/map"})]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """
const done = arguments[1];
axe.run(document, { runOnly: arguments[0] }).then((found) =>
  done(found.violations.map((one) => [one.id, one.nodes.map((node) => node.html.slice(0, 200))])));
"""
A4_WIDTH = 718
"""CSS pixels between the margins that browsers leave on A4; nothing scrolls there."""
CUT_OFF = """
const edge = document.documentElement.clientWidth + 1;
return [...document.querySelectorAll('body *')].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width && box.right > edge && !e.closest('.skip') && !(e instanceof SVGElement);
}).map((e) => e.tagName + '.' + e.className + ' ' + (e.textContent || '').slice(0, 30)).slice(0, 5);
"""
WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
OFFLINE = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
UNBOUND = {"downloadThroughput": -1, "uploadThroughput": -1}


def beside(name: str) -> ModuleType:
    """A module of tests/serving by its path: importlib mode puts no folder on the path."""
    path = Path(__file__).parents[1] / "serving" / name
    spec = importlib.util.spec_from_file_location(f"web_browser_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Two publications, the newer one with hostile names, and a budget."""
    web, made, budgets = beside("web/conftest.py"), beside("conftest.py").made, beside("made_budget.py")
    root = tmp_path_factory.mktemp("home")
    put = web.put.__wrapped__(made)
    put(root, days=-2)
    put(root, hostile=True)
    about = budgets.made_about()
    write_budget(
        open_home(root).city(web.CITY), about.budget_id, budget_files(about, budgets.made_study()), move_latest=True
    )
    return root


@pytest.fixture(scope="module")
def address(home) -> Iterator[str]:
    """The real server, on loopback."""
    web = beside("web/conftest.py")
    with web.serving(Settings(city=web.CITY, home=home, port=0)) as served:
        yield served.url


@pytest.fixture
def chrome(browser: WebDriver) -> Iterator[WebDriver]:
    """The browser with its network on: what it asks for is looked at instead."""
    browser.execute_cdp_cmd(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, **UNBOUND},
    )
    browser.get_log("browser")
    browser.get_log("performance")
    yield browser
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **OFFLINE})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def opened(chrome: WebDriver, url: str, width: int = 1440, theme: str = "light") -> None:
    """The page with its charts drawn."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chrome.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    )
    chrome.get(url)
    drawn = "return document.documentElement.dataset.ready === 'true'"
    WebDriverWait(chrome, 60).until(lambda page: page.execute_script(drawn))


def asked_elsewhere(chrome: WebDriver, address: str) -> list[str]:
    """Addresses that the browser asked for and that are not ours."""
    events = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    urls = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert any(url.startswith(address) for url in urls)
    return [url for url in urls if not url.startswith((address, "data:", "blob:"))]


@pytest.mark.parametrize(("path", "width", "theme"), LOOKS)
def test_a_page_has_nothing_to_fix_and_hostile_names_make_no_elements(chrome, address, path, width, theme) -> None:
    opened(chrome, address + path, width, theme)
    assert chrome.execute_script("return document.querySelectorAll('main img, main script:not([type])').length") == 0
    assert chrome.get_log("browser") == []
    assert asked_elsewhere(chrome, address) == []
    assert chrome.execute_script(WIDE) <= 0
    assert chrome.execute_script("return document.querySelectorAll('figure[data-chart]').length") == len(
        chrome.find_elements(By.CSS_SELECTOR, ".chart .main-svg:first-child")
    )
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    chrome.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    assert chrome.execute_async_script(AXE, RULES) == []


def test_an_area_is_opened_from_the_map_by_pointer(chrome, address) -> None:
    opened(chrome, address + "/map")
    middle = chrome.execute_script(
        "const map = document.querySelector('#map .nsewdrag'); map.scrollIntoView({block: 'center'});"
        "const at = map.getBoundingClientRect();"
        "return [at.left + at.width * 0.5, at.top + at.height * 0.5]"
    )
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        button = {"button": "none" if kind == "mouseMoved" else "left", "clickCount": int(kind != "mouseMoved")}
        chrome.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": middle[0], "y": middle[1], **button})
    WebDriverWait(chrome, 20).until(lambda page: "/area?" in page.current_url)


def test_an_area_is_opened_by_keyboard_alone(chrome, address) -> None:
    opened(chrome, address + "/map")
    link = chrome.find_element(By.CSS_SELECTOR, "tbody th a")
    name = link.text
    for _ in range(80):
        if chrome.execute_script("return document.activeElement === arguments[0]", link):
            break
        chrome.switch_to.active_element.send_keys(Keys.TAB)
    chrome.switch_to.active_element.send_keys(Keys.ENTER)
    WebDriverWait(chrome, 20).until(lambda page: "/area?" in page.current_url)
    assert chrome.find_element(By.CSS_SELECTOR, "h1").text == name


def test_a_choice_redraws_the_page(chrome, address) -> None:
    opened(chrome, address + "/map")
    chrome.execute_script(
        "const one = document.querySelector('select[name=what]'); one.value = 'high';"
        "one.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    WebDriverWait(chrome, 20).until(lambda page: "what=high" in page.current_url)
    assert "upper bound" in chrome.find_element(By.CSS_SELECTOR, "figcaption").text


@pytest.mark.parametrize("path", ["/today", "/map", "/area", "/budget", "/scorecard"])
def test_every_chart_gives_an_image(chrome, address, path) -> None:
    opened(chrome, address + path)
    chrome.execute_script(
        "window.taken = []; HTMLAnchorElement.prototype.click = function () { window.taken.push(this.href); };"
    )
    buttons = chrome.find_elements(By.CSS_SELECTOR, "[data-image]")
    for button in buttons:
        chrome.execute_script("arguments[0].click()", button)
    WebDriverWait(chrome, 60).until(lambda page: page.execute_script("return taken.length") == len(buttons))
    images = chrome.execute_script("return taken")
    assert buttons
    assert all(one.startswith("data:image/png") and len(one) > 10_000 for one in images)
    assert chrome.get_log("browser") == []


def test_the_documentations_pictures_are_taken_of_drawn_pages(chrome, home) -> None:
    shot = page_screenshots.Shot("any.png", "/map", width=400, height=700)
    with server.beside(Settings(city="testford", home=home, port=0, solves_at_once=1), works()) as own:
        png = page_screenshots.take(chrome, own, shot)
    assert struct.unpack(">II", png[16:24]) == (400, 700)
    assert chrome.find_elements(By.CSS_SELECTOR, "#map .main-svg")


@pytest.mark.parametrize("path", PATHS)
def test_paper_is_light_open_and_wide_enough(chrome, address, path) -> None:
    opened(chrome, address + path, width=A4_WIDTH, theme="dark")
    chrome.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert chrome.execute_script("return [...document.querySelectorAll('details')].every((one) => one.open)")
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": [dark]})
    assert chrome.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not chrome.find_element(By.CSS_SELECTOR, "nav").is_displayed()
    assert chrome.execute_script(CUT_OFF) == []
