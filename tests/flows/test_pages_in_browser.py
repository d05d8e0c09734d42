"""What only a browser can tell of the pages: all is drawn, nothing is asked elsewhere, no mouse is needed."""

from __future__ import annotations

import csv
import email
import email.policy
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import Select, WebDriverWait

from pipelines.serve import works
from serving.web.catalogue import pages
from serving.web.run import beside
from serving.web.settings import Settings
from storage.actuals import read_actuals
from storage.home import open_home
from storage.vintages import latest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("drafts")]
CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-dev-shm-usage"
DESKTOP, PHONE = 1440, 380
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0]}).then((r) =>
  done(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 150)).slice(0, 3).join(' | '))));
"""
TOO_WIDE = """
const edge = document.documentElement.clientWidth + 1;
return [...document.querySelectorAll('body *')].filter((e) =>
  e.getBoundingClientRect().right > edge && !e.closest('.scroll, .contents ul, pre, .skip') &&
  (!(e instanceof SVGElement) || e.tagName === 'text')
).map((e) => e.tagName + '.' + e.className + ' ' + (e.textContent || '').slice(0, 30)).slice(0, 5);
"""
UNDRAWN = """
return [...document.querySelectorAll('figure[data-chart] .chart')].filter((c) => {
  const box = c.querySelector('.main-svg')?.getBoundingClientRect();
  return !box || box.width < 150 || box.height < 100;
}).map((c) => c.id);
"""
PLAIN = [p for p in pages() if "{" not in p.path and p.order is not None]
MORE = ["/drafts", "/shift", "/audit", "/sign-in", "/nowhere"]
PAIRS = [(DESKTOP, "light"), (PHONE, "dark")]
"""Each width and each scheme on every page."""
CROSSED = [(DESKTOP, "dark"), (PHONE, "light")]
"""The other two, on the pages whose shape and colours hang together most."""
LOOKS = [
    (path, *pair)
    for path in [*(p.path for p in PLAIN), *MORE]
    for pair in PAIRS + CROSSED * (path in {"/plan", "/map"})
]


@pytest.fixture(scope="module")
def home(planned_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(planned_home, tmp_path_factory.mktemp("browser") / "home", symlinks=True)


@pytest.fixture(scope="module")
def url(home: Path, quick_city: Path) -> Iterator[str]:
    settings = Settings(city="smallville-sim", home=home, config=str(quick_city), port=0, solves_at_once=1)
    with beside(settings, works()) as address:
        yield address


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Iterator[WebDriver]:
    """A Chromium that can reach this machine alone; a skip where it is absent, a failure in CI."""
    if not (CHROMIUM and CHROMEDRIVER):
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium and chromedriver")
        pytest.skip("no chromium and chromedriver on this machine (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = f"--user-data-dir={tmp_path_factory.mktemp('profile')}"
    for flag in [*FLAGS.split(), profile, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)})
    yield driver
    driver.quit()


def look(driver: WebDriver, address: str, width: int = DESKTOP, scheme: str = "light") -> None:
    """Open an address at a width, in light or dark, and wait until it is drawn."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    feature = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": feature})
    driver.get_log("browser"), driver.get_log("performance")
    driver.get(address)
    drawn(driver)


def drawn(driver: WebDriver) -> None:
    ready = "return document.documentElement.dataset.ready === 'true'"
    WebDriverWait(driver, 60).until(lambda d: d.execute_script(ready))


def asked_elsewhere(driver: WebDriver, url: str) -> list[str]:
    """Addresses requested that are neither ours, nor made in the page, nor the empty start page's own."""
    found = []
    for entry in driver.get_log("performance"):
        if '"Network.requestWillBeSent"' in entry["message"]:
            found += re.findall(r'"request":\{.*?"url":"([^"]+)"', entry["message"])
    return [one for one in found if not one.startswith((url, "data:", "blob:", "chrome:"))]


@pytest.mark.parametrize(("path", "width", "scheme"), LOOKS)
def test_a_page_is_whole_readable_and_keeps_to_itself(browser, url, path, width, scheme) -> None:
    look(browser, url + path, width, scheme)
    errors = [e["message"] for e in browser.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
    assert [e for e in errors if "nowhere" not in e] == []
    assert asked_elsewhere(browser, url) == []
    assert browser.execute_script(UNDRAWN) == []
    assert browser.execute_script(TOO_WIDE) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    assert browser.execute_async_script(AXE, TAGS) == []


@pytest.fixture(scope="module")
def deep(url) -> dict[str, str]:
    """Pages that others lead to: an assignment, a draft that was changed and solved, an assignment of it."""
    at = {"date": "2025-03-18", "shift": "day", "yard": "North Yard", "crew_type": "patching"}
    with httpx.Client(base_url=url, timeout=300, follow_redirects=True, trust_env=False) as client:

        def sent(page: str, path: str, **more: str) -> str:
            fields = re.findall(r'<input type="hidden" name="(csrf|name|revision)" value="([^"]*)"', page)
            return client.post(f"/drafts/{path}", data={**dict(fields), **more}).text

        page = sent(client.get("/drafts").text, "new", name="Looked at")
        page = sent(sent(page, "change", act="forbid", **at), "change", act="absence", absence="20")
        assert 'id="difference"' in sent(page, "solve")
    return {
        "assignment": f"/plan/assignment?{urlencode(at)}",
        "draft": "/drafts/one?name=Looked+at",
        "slot": f"/drafts/slot?{urlencode({'name': 'Looked at', **at})}",
    }


@pytest.mark.parametrize(("width", "scheme"), PAIRS)
@pytest.mark.parametrize("name", ["assignment", "draft", "slot"])
def test_a_page_that_others_lead_to_is_as_good(browser, url, deep, name, width, scheme) -> None:
    test_a_page_is_whole_readable_and_keeps_to_itself(browser, url, deep[name], width, scheme)


def test_the_first_key_leads_past_the_navigation(browser, url) -> None:
    look(browser, f"{url}/plan")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    first = browser.switch_to.active_element
    assert first.text == "Skip to the content"
    first.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "main"


def test_a_chart_can_be_taken_away_as_table_and_image(browser, url, downloads) -> None:
    look(browser, f"{url}/health")
    browser.find_element(By.CSS_SELECTOR, "#ages-figure .take a").click()
    browser.find_element(By.CSS_SELECTOR, "#ages-figure [data-image]").click()
    WebDriverWait(browser, 60).until(lambda _: len([*downloads.glob("*.csv"), *downloads.glob("*.png")]) >= 2)
    rows = list(csv.reader(next(downloads.glob("*ages*.csv")).read_text("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["Source", "Age (days)"]
    image = next(downloads.glob("ages*.png"))
    WebDriverWait(browser, 20).until(lambda _: image.stat().st_size > 5_000)
    assert image.read_bytes().startswith(b"\x89PNG")
    assert [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


def check_downloads(browser: WebDriver, url: str, downloads: Path) -> None:
    """The workbook and the mail of the changed plan open, and say who changed it, when and why."""
    look(browser, f"{url}/plan")
    browser.find_element(By.LINK_TEXT, "Excel").click()
    browser.find_element(By.LINK_TEXT, "Mail with pictures").click()
    found = lambda kind: [p for p in downloads.glob(kind) if p.stat().st_size]  # noqa: E731
    WebDriverWait(browser, 60).until(lambda _: found("*.xlsx") and found("*.eml"))
    book = openpyxl.load_workbook(found("*.xlsx")[0])
    told = [str(cell.value) for row in book["Read me"].iter_rows() for cell in row]
    message = email.message_from_bytes(found("*.eml")[0].read_bytes(), policy=email.policy.default)
    for text in (" ".join(told), message.get_body(("html",)).get_content()):
        assert "This machine changed this plan on" in text
        assert "Training day" in text
    assert "North Yard" in book.sheetnames
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) >= 3
    assert [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


def test_a_plan_is_changed_solved_published_and_taken_away_by_clicking(browser, url, home, downloads) -> None:
    look(browser, f"{url}/plan")
    browser.find_element(By.LINK_TEXT, "Change this plan in a draft").click()
    browser.find_element(By.NAME, "name").send_keys("By hand", Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda d: "name=By" in d.current_url)
    cells = browser.find_elements(By.CSS_SELECTOR, ".cell")
    next(c for c in cells if c.find_element(By.CSS_SELECTOR, ".crew-count").text == "1").click()
    browser.find_element(By.CSS_SELECTOR, "form[aria-label=Forbid] button").click()
    WebDriverWait(browser, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".changes"))
    assert "no crew" in browser.find_element(By.CSS_SELECTOR, ".changes").text
    assert browser.find_elements(By.CSS_SELECTOR, ".marked")
    browser.find_element(By.CSS_SELECTOR, "form[action='/drafts/solve'] button").click()
    WebDriverWait(browser, 180).until(lambda d: d.find_elements(By.ID, "difference"))
    assert "USD of expected cost" in browser.find_element(By.ID, "price").text
    browser.find_element(By.NAME, "why").send_keys("Training day")
    browser.find_element(By.CSS_SELECTOR, "form[action='/drafts/publish'] button").click()
    WebDriverWait(browser, 180).until(lambda d: "/plan?vintage=" in d.current_url)
    assert "Training day" in browser.find_element(By.TAG_NAME, "main").text
    assert latest(open_home(home).city("smallville-sim")).manifest.edited.why == "Training day"
    check_downloads(browser, url, downloads)


def slot(driver: WebDriver, day: str, shift: str, crew_type: str) -> None:
    """Open a cell of the calendar on the page."""
    parts = {"date": day, "shift": shift, "crew_type": crew_type}
    selector = "".join(f"[href*='{key}={value}']" for key, value in parts.items())
    driver.find_element(By.CSS_SELECTOR, f"a.cell{selector}").click()
    WebDriverWait(driver, 20).until(lambda d: "/drafts/slot" in d.current_url)


def test_of_two_editors_the_slower_is_shown_what_the_other_did(browser, url) -> None:
    """Two windows on one draft: a lock in the one, then another in the other."""
    look(browser, f"{url}/drafts")
    browser.find_element(By.NAME, "name").send_keys("Ours", Keys.ENTER)
    WebDriverWait(browser, 20).until(lambda d: "name=Ours" in d.current_url)
    address, first = browser.current_url, browser.current_window_handle
    slot(browser, "2025-03-24", "evening", "patching")
    browser.switch_to.new_window("tab")
    try:
        look(browser, address)
        slot(browser, "2025-03-25", "day", "drainage")
        number = browser.find_element(By.CSS_SELECTOR, "form[aria-label='Fix the number of crews'] input[name=number]")
        number.clear()
        number.send_keys("1", Keys.ENTER)
        WebDriverWait(browser, 20).until(lambda d: "fixed at 1 crew" in d.page_source)
        second = browser.current_window_handle
        browser.switch_to.window(first)
        browser.find_element(By.CSS_SELECTOR, "form[aria-label=Forbid] button").click()
        WebDriverWait(browser, 20).until(lambda d: "<h1>In the way</h1>" in d.page_source)
        said = browser.find_element(By.TAG_NAME, "main").text
        assert "changed the draft 'Ours' meanwhile" in said
        assert "fixed at 1 crew" in said
        browser.get(address)
        kept = browser.find_element(By.CSS_SELECTOR, ".changes").text
        assert "fixed at 1 crew" in kept
        assert "no crew" not in kept
        browser.switch_to.window(second)
        browser.close()
    finally:
        browser.switch_to.window(first)


def test_a_foreman_files_the_sheet_on_a_phone_in_under_a_minute(browser, url, home) -> None:
    began = time.monotonic()
    look(browser, f"{url}/shift?yard=North+Yard&day=2025-03-19", PHONE)
    for field in browser.find_elements(By.CSS_SELECTOR, "input[name^=jobs_]"):
        field.send_keys("2")
    for field in browser.find_elements(By.CSS_SELECTOR, "select[name^=reason]"):
        Select(field).select_by_visible_text("weather")
    button = browser.find_element(By.CSS_SELECTOR, "form[action='/shift'] button")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    WebDriverWait(browser, 50).until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=status]"))
    assert time.monotonic() - began < 60
    assert "weather" in browser.find_element(By.ID, "done-h").find_element(By.XPATH, "..").text
    shifts, jobs = read_actuals(open_home(home).city("smallville-sim"), ZoneInfo("America/Chicago"))
    assert set(shifts["date"].dt.date) == {date(2025, 3, 19)}
    assert set(shifts["left_plan"]) == {"weather"}
    assert set(jobs["jobs"]) == {2.0}
