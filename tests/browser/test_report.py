"""What only a browser can tell: nothing is requested, everything is drawn, readable, and reachable by keyboard."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DESKTOP, PHONE = 1440, 380
A4_WIDTH = 718
"""CSS pixels between the margins that browsers leave on A4."""
CHARTS = {"demand", "fan", "drivers-chart", "worklist-chart", "backlog-chart", "accuracy-chart"}

DRAWN = """
return [...document.querySelectorAll('.chart')].filter((c) => {
  const box = c.querySelector('.main-svg')?.getBoundingClientRect();
  const marks = [...c.querySelectorAll('.trace path')].filter((p) => p.getBoundingClientRect().width > 2);
  return !c.hidden && box && box.width > 200 && box.height > 100 && marks.length > 0;
}).map((c) => c.id);
"""

TOO_WIDE = """
const edge = document.documentElement.clientWidth + 1;
return [...document.querySelectorAll('body *')].filter((e) =>
  e.getBoundingClientRect().right > edge && !e.closest('.scroll, .contents ul, pre, .skip') &&
  (!(e instanceof SVGElement) || e.tagName === 'text')  // lines beyond a chart's range are cut off
).map((e) => e.tagName + '.' + e.className + ' ' + (e.textContent || '').slice(0, 30)).slice(0, 5);
"""

# On paper nothing scrolls: what is wider than the page is lost.
CUT_OFF = """
const edge = document.documentElement.clientWidth + 1;
return [...document.querySelectorAll('body *')].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width && box.right > edge && !e.closest('.skip') && !(e instanceof SVGElement);
}).map((e) => e.tagName + '.' + e.className + ' ' + (e.textContent || '').slice(0, 30)).slice(0, 5);
"""

# WCAG 2.2, 1.4.3: the ratio of luminances of text and of what lies behind it; 3 for large text, else 4.5.
PALE = """
const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
const linear = (v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const light = (c) => [.2126, .7152, .0722].reduce((sum, part, i) => sum + part * linear(c[i] / 255), 0);
const over = (top, under) => { const a = top[3] ?? 1; return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a)); };
const behind = (e) => {
  const layers = [];
  for (let n = e; n; n = n.parentElement) {
    const c = parse(getComputedStyle(n).backgroundColor);
    if ((c[3] ?? 1) > 0 && c.length) { layers.push(c); if ((c[3] ?? 1) === 1) break; }
  }
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
};
const bad = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const box = e.getBoundingClientRect();
  if (!own || !box.width || ['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(e.tagName)) continue;
  const style = getComputedStyle(e);
  const svg = e instanceof SVGElement;
  if (svg && (e.closest('.bars, .scatterlayer, .points') || style.fillOpacity === '0')) continue;
  const fore = parse(svg ? style.fill : style.color);
  const size = parseFloat(style.fontSize);
  const need = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700) ? 3 : 4.5;
  const back = behind(e);
  const [a, b] = [light(over(fore, back)), light(back)].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  const name = `${e.tagName}.${e.getAttribute('class')} ${e.textContent.slice(0, 30)}`;
  if (ratio < need) bad.push(`${ratio.toFixed(2)} ${name}`);
}
return bad.slice(0, 8);
"""


@pytest.fixture(autouse=True)
def as_it_was(browser: WebDriver) -> Iterator[None]:
    """Every test starts light, on a desktop, with empty logs."""
    look(browser, dark=False)
    wide(browser, DESKTOP)
    browser.get_log("browser")
    browser.get_log("performance")
    yield
    browser.get("about:blank")


def look(browser: WebDriver, *, dark: bool, media: str = "") -> None:
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})


def wide(browser: WebDriver, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def opened(browser: WebDriver, page: Path) -> None:
    browser.get(page.as_uri())
    ready = "return document.readyState === 'complete' && (document.documentElement.dataset.ready || !window.Plotly)"
    WebDriverWait(browser, 60).until(lambda b: b.execute_script(ready))


def outside(browser: WebDriver) -> list[str]:
    """Addresses asked for that are neither files nor inside the page."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))]


def complaints(browser: WebDriver) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def flaws(browser: WebDriver) -> list[str]:
    """What is too wide, complained about in the console, or asked for outside."""
    sideways = browser.execute_script("return document.scrollingElement.scrollWidth > innerWidth ? ['scrolls'] : []")
    return [*sideways, *browser.execute_script(TOO_WIDE), *complaints(browser), *outside(browser)]


WIDTHS = [("plain", DESKTOP), ("plain", PHONE), ("hostile", PHONE), ("unmapped", PHONE)]


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_every_chart_is_drawn_without_network_errors_or_sideways_scrolling(browser, pages, name, width):
    wide(browser, width)
    opened(browser, pages[name])
    assert set(browser.execute_script(DRAWN)) == CHARTS
    assert flaws(browser) == []


def test_the_check_on_requests_sees_one_when_there_is_one(browser, tmp_path):
    leak = tmp_path / "leak.html"
    leak.write_text("<!doctype html><title>x</title><img src='http://crewcast.invalid/x.png'>", encoding="utf-8")
    browser.get(leak.as_uri())
    assert outside(browser) == ["http://crewcast.invalid/x.png"]


def test_a_hostile_name_runs_nothing(browser, pages):
    opened(browser, pages["hostile"])
    assert browser.execute_script("return document.querySelectorAll('section img, section script').length") == 0
    assert "<i>Testford</i>" in browser.find_element("css selector", "h1").text


@pytest.mark.parametrize("name", ["empty", "backtest"])
def test_pages_without_charts_are_whole_on_a_phone_too(browser, pages, name):
    wide(browser, PHONE)
    opened(browser, pages[name])
    assert flaws(browser) == []
    assert browser.execute_script("return [...document.querySelectorAll('.chart')].every((c) => c.hidden)")


@pytest.mark.parametrize("name", ["plain", "backtest"])
def test_all_text_stands_out_from_what_lies_behind_it_light_and_dark(browser, pages, name):
    opened(browser, pages[name])
    browser.execute_script("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    back = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    for dark in (False, True):
        look(browser, dark=dark)
        WebDriverWait(browser, 20).until(lambda b, dark=dark: (sum(b.execute_script(back)) < 200) is dark)
        WebDriverWait(browser, 20).until(lambda b: b.execute_script(PALE) == [], browser.execute_script(PALE))


def test_the_check_on_contrast_sees_pale_text(browser, pages):
    opened(browser, pages["empty"])
    browser.execute_script("document.querySelector('h1').style.color = '#dddddd'")
    assert any("Testford" in text for text in browser.execute_script(PALE))


def test_charts_follow_when_the_screen_turns_dark(browser, pages):
    opened(browser, pages["plain"])
    fill = "return getComputedStyle(document.querySelector('#fan .xtick text')).fill"
    before = browser.execute_script(fill)
    look(browser, dark=True)
    WebDriverWait(browser, 20).until(lambda b: b.execute_script(fill) != before)


def test_every_control_is_reached_and_worked_by_keyboard_alone(browser, pages):
    opened(browser, pages["plain"])
    reached: list[str] = []
    for _ in range(120):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        active = browser.switch_to.active_element
        reached.append(active.get_attribute("id") or active.tag_name)
        assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", active) != "none"
        if reached[-1] == "accuracy-category":
            break
    selects = {s.get_attribute("id") for s in browser.find_elements("tag name", "select")}
    assert selects <= set(reached)


def test_a_choice_by_arrow_key_changes_chart_words_and_table(browser, pages):
    opened(browser, pages["plain"])
    for select in ("demand-category", "demand-when", "fan-place", "fan-category", "drivers-category", "drivers-place"):
        chart = {"demand": "demand", "fan": "fan", "drivers": "drivers-chart"}[select.split("-")[0]]
        ids = [f"{chart}-words", f"{chart}-table", chart]
        seen = "return arguments[0].map((i) => document.getElementById(i).textContent)"
        before = browser.execute_script(seen, ids)
        browser.find_element("id", select).send_keys(Keys.ARROW_DOWN)
        after = browser.execute_script(seen, ids)
        assert all(new != old for new, old in zip(after[:2], before[:2], strict=True)), select
        label = browser.execute_script(f"return document.getElementById('{chart}').getAttribute('aria-label')")
        assert after[0].split(":")[0] in label


def test_on_paper_it_is_light_open_and_without_controls(browser, pages):
    look(browser, dark=True)
    opened(browser, pages["plain"])
    pdf = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    assert base64.b64decode(pdf).startswith(b"%PDF")
    assert browser.execute_script("return [...document.querySelectorAll('details')].every((d) => d.open)")
    look(browser, dark=True, media="print")
    wide(browser, A4_WIDTH)
    assert browser.execute_script(CUT_OFF) == []
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.execute_script("return getComputedStyle(document.querySelector('.controls')).display") == "none"
