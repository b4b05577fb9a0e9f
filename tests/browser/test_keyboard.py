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

CELL = """(() => {
  const row = document.activeElement.closest('tr');
  return [row.sectionRowIndex, document.activeElement.cellIndex - 1];
})()"""


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


def test_a_card_hidden_by_its_key_is_in_the_address_and_back_shows_it(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    service, others = tab.locator(card("Service/shop/cart")), tab.locator(CARD)
    count = others.count()
    service.focus()
    tab.keyboard.press("h")
    expect(tab).to_have_url(re.compile(r"hide=kind%3DService\+ns%3Dshop\+name%3Dcart"))
    assert tab.evaluate(FOCUSED) == "Deployment/shop/cart"
    tab.keyboard.press("h")
    expect(others).to_have_count(count - 2)

    tab.go_back()
    expect(others).to_have_count(count - 1)
    tab.reload()
    expect(others).to_have_count(count - 1)
    expect(service).to_have_count(0)
    tab.go_back()
    expect(service).to_have_count(1)
    expect(tab).not_to_have_url(re.compile("hide="))


def test_the_matrix_of_a_policy_is_walked_by_keyboard(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/d/policy/shop/allow-db?form=matrix")
    tab_to(tab, "td.mx", most=80)
    expect(tab.locator("td.mx[tabindex='0']")).to_have_count(1)
    size = tab.evaluate(
        "[...document.querySelectorAll('.matrix__wrap tbody tr')].map((r) => r.cells.length - 1)"
    )
    rows, columns = len(size), size[0]
    for key, where in (
        ("ArrowUp", [0, 0]),
        ("ArrowRight", [0, 1]),
        ("ArrowDown", [1, 1]),
        ("ArrowLeft", [1, 0]),
        ("End", [1, columns - 1]),
        ("ArrowRight", [1, columns - 1]),
        ("Home", [1, 0]),
        ("Control+End", [rows - 1, columns - 1]),
        ("PageUp", [rows - 9, columns - 1]),
        ("Control+Home", [0, 0]),
    ):
        tab.keyboard.press(key)
        assert tab.evaluate(CELL) == where, key
    expect(tab.locator("td.mx:focus")).to_have_css("outline", re.compile("solid 3px"))
    expect(tab.locator("td.mx:focus")).to_have_css("outline-offset", "2px")

    tab.keyboard.press("Enter")
    expect(tab.locator("aside.drawer")).to_contain_text("db")
    tab.keyboard.press("Escape")
    expect(tab.locator("aside.drawer")).to_be_hidden()
    assert tab.evaluate(CELL) == [0, 0]
    tab.keyboard.press("t")
    expect(tab).to_have_url(re.compile("/trace"))


def test_time_is_walked_and_left_by_keyboard(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    banner, slider = tab.locator("[data-nv=at]"), tab.get_by_role("slider", name="Revision")
    seen: list[str] = []
    for key in "[[]":
        tab.keyboard.press(key)
        expect(tab).to_have_url(re.compile(rf"at=(?!{seen[-1] if seen else 'none'}\b)\d+"))
        expect(banner).to_contain_text(re.compile(r"Viewing .*\d\d:\d\d"))
        seen.append(str(tab.evaluate("new URLSearchParams(location.search).get('at')")))
    assert seen[0] == seen[2]
    assert int(seen[1]) < int(seen[0])
    tab.keyboard.press("Escape")
    expect(banner).to_be_hidden()
    expect(tab).not_to_have_url(re.compile("at="))
    tab.go_back()
    expect(banner).to_contain_text(f"revision {seen[2]}")
    banner.get_by_role("link", name="Return to live").press("Enter")
    expect(banner).to_be_hidden()
    expect(tab.locator("main")).to_be_focused()

    tab.get_by_role("button", name="Time").press("Enter")
    expect(slider).to_be_focused()
    tab.keyboard.press("ArrowLeft")
    expect(banner).to_contain_text(f"revision {seen[0]}")
    tab.keyboard.press("Escape")
    expect(slider).to_be_hidden()
    expect(tab.get_by_role("button", name="Time")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(banner).to_be_hidden()


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


def test_from_the_search_box_the_next_stop_is_a_control_not_the_list_below(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/findings")
    tab_to(tab, "form.search input")
    tab.keyboard.type("front")
    expect(tab.locator("#palette-list [role=option]").first).to_be_visible()
    tab.keyboard.press("Tab")

    assert tab.evaluate("document.activeElement.matches('button, a')")


def test_a_card_tells_its_lines_as_its_description(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    cart = tab.locator(card("Service/shop/cart"))

    expect(cart).to_have_accessible_description(
        re.compile(r"^\d+ edges: .*to Deployment cart: allowed")
    )
