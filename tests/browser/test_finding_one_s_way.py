"""Broken queries, links to what is not there, folds by keyboard, a namespace's drawer, paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.world import Site, card, open_diagram

pytestmark = pytest.mark.browser

CARD = "nv-diagram svg a[data-id]"
FOCUSED = "document.activeElement?.dataset?.id ?? ''"
BANNER = '[data-nv="match"]'


def test_a_query_that_is_none_says_what_is_wrong_and_is_mended(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop&q=knd:svc")
    banner = tab.locator(BANNER)
    expect(banner).to_contain_text('there is no term "knd"')
    expect(banner.locator("u")).to_have_text("knd")
    expect(tab.locator(".faults")).to_have_count(0)

    banner.get_by_role("button", name="kind:svc").click()
    expect(tab).to_have_url(re.compile("q=kind:svc"))
    expect(banner).to_contain_text("match")

    search = tab.locator("form.search input")
    search.fill("kind:svc AND")
    expect(tab.locator(".palette__row.is-error")).to_be_visible()
    expect(search).to_have_attribute("aria-invalid", "true")
    search.press("Enter")
    expect(tab).to_have_url(re.compile("q=kind:svc(&|$)"))
    expect(tab.locator("aside.drawer")).to_be_hidden()

    search.fill("kind:sevice")
    search.press("Enter")
    expect(banner.get_by_role("button", name="kind:Service")).to_be_visible()
    with tab.expect_request(re.compile("/search")) as asked:
        search.fill("kind:svc")
    search.press("Enter")
    asked.value.response()  # it may come after the list was left
    expect(search).to_have_attribute("aria-expanded", "false")


def test_a_link_to_what_is_folded_or_unknown_opens_the_view(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop&sel=Pod/shop/db-0")
    note = tab.locator(".banner", has_text="Pod shop/db-0")
    expect(note).to_contain_text("is not drawn here")
    expect(note.get_by_role("link")).to_have_attribute("href", f"/c/{shop}/o/Pod/shop/db-0")
    expect(tab).not_to_have_url(re.compile("sel="))


def test_a_card_opened_by_its_key_keeps_the_keyboard(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map")
    folded = "Deployment/shop/cart"
    tab.evaluate("window.stays = true")
    tab.locator(card(folded)).focus()
    tab.keyboard.press("e")
    expect(tab.locator(card(folded))).to_have_count(0)
    stands = tab.locator(f"{CARD}:focus")
    expect(stands).to_have_attribute("data-id", re.compile("^Pod/shop/cart-"))
    assert tab.evaluate("window.stays"), "the page was left"

    tab.keyboard.press("c")
    expect(stands).to_have_attribute("data-id", folded)
    expect(tab).not_to_have_url(re.compile("open="))


def test_keys_of_a_card_work_on_the_selected_one(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop&sel=Service/shop/cart")
    everything = tab.locator(CARD).count()
    assert tab.evaluate(FOCUSED) == ""

    tab.keyboard.press(".")
    expect(tab.locator(CARD)).to_have_count(3)
    tab.keyboard.press(".")
    expect(tab.locator(CARD)).to_have_count(everything)

    tab.get_by_role("tab", name="Why").focus()
    tab.keyboard.press("Escape")
    expect(tab.locator("aside.drawer")).to_be_hidden()
    assert tab.evaluate(FOCUSED) == "Service/shop/cart"


def test_the_drawer_of_a_namespace_shows_the_namespace(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L0&sel=Namespace//shop")
    tab.get_by_role("tab", name="YAML").click()
    expect(tab.locator("aside.drawer [role=tabpanel]:visible")).to_contain_text("kind: Namespace")
    expect(tab.get_by_role("button", name="Export")).to_have_count(1)


def test_paper_gets_the_whole_drawing_and_the_outline_in_light(
    tab: Page, served: Site, shop: str
) -> None:
    tab.emulate_media(color_scheme="dark")
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop&vp=-4000,-4000,2")
    tab.wait_for_load_state("networkidle")
    tab.emulate_media(media="print", color_scheme="dark")
    tab.wait_for_function(
        "dispatchEvent(new Event('beforeprint')) && document.querySelector('svg.nv[viewBox]')"
    )
    expect(tab.locator("#v-text")).to_be_visible()
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"
    drawn = tab.evaluate("""(() => {
      const svg = document.querySelector('svg.nv').getBoundingClientRect();
      return [...document.querySelectorAll('.nv-card__body')].every((card) => {
        const box = card.getBoundingClientRect();
        return box.left >= svg.left - 1 && box.right <= svg.right + 1;
      }) && document.querySelectorAll('.nv-card__body').length;
    })()""")
    assert drawn >= tab.locator(CARD).count()

    tab.emulate_media(media="screen")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(tab.locator("svg.nv[viewBox]")).to_have_count(0)
    assert not tab.evaluate("document.documentElement.dataset.theme")
