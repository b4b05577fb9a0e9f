"""The keys of ux.md section 3, and that the focus is never lost by what they do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_tracing import tab_to
from tests.browser.world import Site, card, open_diagram, wait_until_live

pytestmark = pytest.mark.browser

CARD = "nv-diagram svg a[data-id]"
FOCUSED = "document.activeElement?.getAttribute('data-id') ?? document.activeElement?.id"


def test_cards_are_one_tab_stop_with_arrows_and_a_ring(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    tab.keyboard.press("Tab")
    expect(tab.locator("a.skip")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("main")).to_be_focused()
    tab_to(tab, CARD)
    expect(tab.locator(f"{CARD}[tabindex='0']")).to_have_count(1)
    first = tab.evaluate(FOCUSED)
    tab.keyboard.press("Tab")
    assert tab.evaluate(FOCUSED) != first
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate(FOCUSED) == first

    tab.locator(card("Service/shop/cart")).focus()
    for key, where in (
        ("ArrowRight", "Deployment/shop/cart"),
        ("ArrowDown", "Deployment/shop/catalog"),
        ("ArrowLeft", "Service/shop/catalog"),
        ("ArrowUp", "Service/shop/cart"),
    ):
        tab.keyboard.press(key)
        assert tab.evaluate(FOCUSED) == where
    ring = tab.locator(f"{card('Service/shop/cart')} .nv-card__hit")
    expect(ring).to_have_css("stroke-width", "3px")
    expect(ring).to_have_css("stroke-opacity", "1")

    tab.keyboard.press("Enter")
    expect(tab.locator("aside.drawer")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("aside.drawer")).to_be_hidden()
    assert tab.evaluate(FOCUSED) == "Service/shop/cart"
    tab.keyboard.press(".")
    expect(tab.locator(CARD)).to_have_count(3)
    tab.keyboard.press("Escape")
    tab.keyboard.press("h")
    expect(tab.locator(card("Service/shop/cart"))).to_have_count(0)
    assert tab.evaluate(f"{FOCUSED}")
    tab.keyboard.press("Escape")
    expect(tab.locator(card("Service/shop/cart"))).to_have_count(1)
    tab.keyboard.press("v")
    expect(tab.get_by_role("tab", name="Table")).to_be_focused()


@pytest.mark.parametrize("address", ["/?cluster=shop", "/c/shop/findings", "/c/shop/events"])
def test_every_live_page_is_paused_by_its_key(
    tab: Page, served: Site, shop: str, address: str
) -> None:
    tab.goto(f"{served.url}{address}")
    wait_until_live(tab)
    tab.locator("main").focus()
    tab.keyboard.press("p")
    expect(tab.locator("[data-nv=live]")).to_have_attribute("data-state", "paused")
    tab.keyboard.press("p")
    expect(tab.locator("[data-nv=live]")).to_have_attribute("data-state", "live")


def test_letters_are_switched_off_in_settings_and_what_every_widget_has_stays(
    browser: Browser, session: Any, served: Site, shop: str
) -> None:
    with browser.new_context(storage_state=session) as context:
        tab = context.new_page()
        tab.goto(f"{served.url}/settings")
        tab.get_by_label("Shortcuts").select_option("off")
        tab.get_by_role("button", name="Save").press("Enter")
        expect(tab.locator("html")).to_have_attribute("data-keys", "off")
        open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
        address, count = tab.url, tab.locator(CARD).count()
        tab.locator(card("Service/shop/cart")).focus()
        for key in "/fv+-0pxhetc.[]?gm":
            tab.keyboard.press(key)
        assert tab.url == address
        assert tab.evaluate(FOCUSED) == "Service/shop/cart"
        expect(tab.locator(CARD)).to_have_count(count)
        expect(tab.locator("dialog[open], #menu-export:not([hidden])")).to_have_count(0)
        expect(tab.locator("[data-nv=live]")).to_have_attribute("data-state", "live")

        tab.keyboard.press("ArrowRight")
        assert tab.evaluate(FOCUSED) == "Deployment/shop/cart"
        tab.keyboard.press("Enter")
        expect(tab.locator("aside.drawer")).to_be_visible()


def test_a_finding_is_muted_and_unmuted_by_keyboard_alone(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/findings?q=finding:NV204")
    tab_to(tab, "a[href*='/findings/mute']", most=80)
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("/findings/mute"))
    tab_to(tab, "[name=reason]")
    tab.keyboard.type("known, on the list for Monday")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(r"/findings(\?|$)"))
    tab.goto(f"{served.url}/c/{shop}/findings?state=muted")
    expect(tab.locator("main")).to_contain_text("known, on the list for Monday")

    tab_to(tab, "form[action*='/mutes/'] button", most=80)
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    tab.goto(f"{served.url}/c/{shop}/findings?state=muted")

    expect(tab.locator("main")).not_to_contain_text("known, on the list for Monday")


def test_an_object_is_picked_for_a_plan_by_keyboard_alone(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/plan")
    expect(tab.locator(".planform__cm")).to_be_visible()
    tab_to(tab, "#id_object")
    tab.keyboard.type("allow-db")
    expect(tab.locator("#id_object")).to_have_attribute("aria-expanded", "true")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.locator("#id_object")).to_have_value("NetworkPolicy/shop/allow-db")
    tab_to(tab, "button[value=add-deletion]")
    tab.keyboard.press("Enter")

    expect(tab.locator("[name=text]")).to_have_value(re.compile("patch: delete"))
