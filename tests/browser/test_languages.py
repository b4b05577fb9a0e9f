"""The page in another language: its templates, its scripts and its drawing, and back again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.world import Site, open_diagram

pytestmark = pytest.mark.browser

CLIPPED = """() => [...document.querySelectorAll('.rail a, [role=tab], .tools .btn, .counters dt')]
  .filter((e) => e.offsetParent && e.scrollWidth > e.clientWidth + 1)
  .map((e) => e.textContent.trim())"""


def choose(page: Page, language: str) -> None:
    """Choose a language in the top bar."""
    page.locator("[aria-controls=menu-language]").click()
    page.locator("#menu-language").get_by_text(language, exact=True).click()
    page.wait_for_load_state()


def test_the_top_bar_switches_to_chinese_and_back(tab: Page, served: Site, shop: str) -> None:
    html, rail = tab.locator("html"), tab.locator(".rail a[data-page=map]")
    legend = tab.locator("nv-diagram .legend summary")
    address = f"{served.url}/c/{shop}/map?lvl=L1&ns=shop"
    open_diagram(tab, address)
    expect(html).to_have_attribute("lang", "en")
    expect(rail).to_have_text("Map")

    choose(tab, "简体中文")

    expect(tab).to_have_url(address)
    expect(html).to_have_attribute("lang", "zh-hans")
    expect(rail).to_have_text("地图")
    expect(legend).to_have_text("图例")
    expect(tab.locator("[data-nv=live] [data-slot=text]")).to_contain_text("实时")
    assert tab.evaluate(CLIPPED) == []
    tab.keyboard.press("?")
    expect(tab.get_by_role("heading", name="快捷键")).to_be_visible()
    tab.keyboard.press("Escape")

    choose(tab, "English")

    expect(html).to_have_attribute("lang", "en")
    expect(rail).to_have_text("Map")
    expect(legend).to_have_text("Legend")
