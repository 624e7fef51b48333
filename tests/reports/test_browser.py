"""The page in Chromium, opened from disk without a network: quiet, readable, reachable by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from keguan.core.languages import Lang

pytestmark = pytest.mark.browser
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield found
        found.close()


def opened(browser: Browser, path: Path, width: int, scheme: str, complaints: list[str]) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: complaints.append(request.url) if not request.url.startswith("file:") else None,
    )
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_page_opens_offline_in_both_themes_and_widths(
    browser: Browser, pages: dict[Lang, Path], tmp_path: Path, lang: Lang, width: int, scheme: str
) -> None:
    complaints: list[str] = []
    page = opened(browser, pages[lang], width, scheme, complaints)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(251, 250, 247)" if scheme == "light" else "rgb(22, 23, 26)")
    assert page.locator("svg.chart").count() >= 14
    for chart in page.locator("svg.chart").all():
        box = chart.bounding_box()
        assert box is not None and box["width"] > 120 and box["x"] >= 0
    shot = page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert len(shot) > 100_000
    assert complaints == []
    page.context.close()


def test_a_number_opens_its_source_by_keyboard_and_closes_again(
    browser: Browser, pages: dict[Lang, Path]
) -> None:
    complaints: list[str] = []
    page = opened(browser, pages["zh-Hans"], 1280, "light", complaints)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("[popovertarget=source-top20]").first.focus()
    page.keyboard.press("Enter")
    window = page.locator("#source-top20")
    assert window.is_visible() and "2025-07-01" in window.inner_text()
    page.keyboard.press("Escape")
    assert not window.is_visible()
    assert complaints == []
    page.context.close()


def test_the_theme_can_be_chosen_by_keyboard_without_script(
    browser: Browser, pages: dict[Lang, Path]
) -> None:
    complaints: list[str] = []
    page = opened(browser, pages["zh-Hans"], 1280, "light", complaints)
    page.locator("#theme-auto").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 23, 26)"
    assert complaints == []
    page.context.close()


def test_any_two_schemes_can_be_opened(browser: Browser, pages: dict[Lang, Path]) -> None:
    complaints: list[str] = []
    page = opened(browser, pages["zh-Hans"], 1280, "light", complaints)
    outer = page.locator("#crossings > details").first
    outer.locator("summary").first.click()
    outer.locator("details summary").first.click()
    assert outer.locator("details table").first.is_visible()
    page.context.close()
