"""Asking in a page: queries and what they left undrawn, time, actions, drills, the tour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.world import Site, card, open_diagram, wait_until_live

pytestmark = pytest.mark.browser

WORKLOAD = "Deployment/shop/cart"
PODS = 'nv-diagram svg a[data-id^="Pod/shop/cart-"]'


def test_a_filter_box_underlines_mistakes_completes_and_filters(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/findings")
    box = tab.get_by_label("Filter by a query")

    box.type("stat:error")
    expect(tab.locator(".palette--box u")).to_have_text("stat")
    expect(tab.locator(".palette--box")).to_contain_text("did you mean status?")
    box.fill("")
    box.type("ki")
    tab.keyboard.press("Tab")
    expect(box).to_have_value("kind:")
    box.type("Ing")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    expect(tab).to_have_url(re.compile("q=kind(:|%3A)Ingress"))
    objects = tab.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert objects
    assert all(name.startswith("Ingress ") for name in objects)


def test_a_query_says_what_is_not_drawn_and_opens_it_in_place(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    tab.keyboard.press("/")
    tab.keyboard.type("kind:pod label:app=cart")
    tab.keyboard.press("Enter")
    banner = tab.locator("[data-nv=match]")
    expect(banner).to_contain_text("3 match, 3 not drawn")

    banner.get_by_role("button", name="open Deployment cart (3)").click()

    expect(tab.locator(PODS)).to_have_count(3)
    expect(tab.locator(card(WORKLOAD))).to_have_count(0)
    expect(tab).to_have_url(re.compile(r"open=Deployment/shop/cart"))
    expect(banner).to_contain_text("3 match")
    tab.reload()
    expect(tab.locator(PODS)).to_have_count(3)
    tab.locator(PODS).first.focus()
    tab.keyboard.press("c")
    expect(tab.locator(card(WORKLOAD))).to_have_count(1)
    tab.locator(card(WORKLOAD)).focus()
    tab.keyboard.press("e")
    expect(tab.locator(PODS)).to_have_count(3)
    tab.go_back()
    expect(tab.locator(card(WORKLOAD))).to_have_count(1)


def test_the_table_shows_what_was_found_with_and_without_scripts(
    tab: Page, browser: Browser, served: Site, shop: str
) -> None:
    address = f"{served.url}/c/{shop}/map?lvl=L1&ns=shop&tab=table&q=name:cart&hide=kind:ingress"
    tab.goto(address)
    wait_until_live(tab)
    rows = tab.locator("#v-table tbody tr").all_inner_texts()
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(address)
        without = plain.locator("#v-table tbody tr").all_inner_texts()

    assert rows
    assert [row.split() for row in rows] == [row.split() for row in without]
    assert all("cart" in row for row in rows)


def test_the_map_is_grouped_by_node_and_a_link_brings_that_back(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")

    tab.get_by_role("button", name="Group workload").click()
    tab.get_by_role("menuitem", name="node").click()

    expect(tab.locator('nv-diagram svg a[data-id^="Pods/shop/node-"]').first).to_be_attached()
    expect(tab).to_have_url(re.compile("grp=node"))
    tab.go_back()
    expect(tab.locator(card(WORKLOAD))).to_have_count(1)


def test_keys_step_back_in_time_and_a_banner_leads_to_live(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    tab.keyboard.press("[")
    banner = tab.locator("[data-nv=at]")
    expect(banner).to_be_visible()
    expect(tab).to_have_url(re.compile(r"at=\d+"))
    expect(tab.locator("[data-nv=live]")).to_contain_text("read-only snapshot")
    first = re.search(r"at=(\d+)", tab.url)
    tab.keyboard.press("[")
    expect(tab).not_to_have_url(re.compile(f"at={first[1] if first else ''}$"))

    banner.get_by_role("link", name="Return to live").click()

    expect(banner).to_be_hidden()
    expect(tab).not_to_have_url(re.compile("at="))
    expect(tab.locator("[data-nv=live]")).to_have_attribute("data-state", "live", timeout=20_000)
    tab.get_by_role("button", name="Time").click()
    expect(tab.get_by_role("slider", name="Revision")).to_be_focused()


def test_the_search_box_offers_pages_and_actions(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map")
    tab.keyboard.press("/")
    tab.keyboard.type(">table")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("/")
    tab.keyboard.type(">findings")
    tab.keyboard.press("Enter")

    expect(tab).to_have_url(re.compile("/findings$"))


def test_a_drill_beside_the_drawing_tells_what_follows_and_is_taken_back(
    tab: Page, served: Site, root: Path
) -> None:
    served.load("drills", root / "demo")
    open_diagram(tab, f"{served.url}/c/drills/d/endpoints/shop/cart")
    verdict = tab.locator("[data-slot=verdict]")
    before = verdict.inner_text()
    tab.locator(PODS).first.click()

    tab.locator(".drawer [data-drills]").get_by_role("button", name="Make unready").click()

    followed = tab.locator(".followed")
    expect(followed).to_contain_text("EndpointSlice shop/cart-", timeout=20_000)
    expect(verdict).not_to_have_text(before)
    followed.get_by_role("link", name="before").click()
    expect(verdict).to_have_text(before)
    assert "at=" in tab.url
    tab.get_by_role("link", name="Return to live").or_(
        tab.get_by_role("button", name="Return to live")
    ).click()
    expect(verdict).not_to_have_text(before)
    followed.get_by_role("button", name="Undo").click()
    expect(verdict).to_have_text(before, timeout=20_000)


def test_the_focus_goes_with_a_drill_and_a_pod_of_a_controller_has_no_undo(
    tab: Page, served: Site, root: Path
) -> None:
    served.load("drills", root / "demo")
    open_diagram(tab, f"{served.url}/c/drills/d/endpoints/shop/cart")
    tab.locator(PODS).first.focus()
    tab.keyboard.press("Enter")
    buttons, followed = tab.locator(".drawer [data-drills]"), tab.locator(".followed")
    buttons.get_by_role("button", name="Make unready").press("Enter")
    undo = followed.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(undo).to_have_count(0)
    expect(followed.get_by_role("button", name="Close")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(followed).to_have_count(0)
    assert tab.evaluate("document.activeElement !== document.body")

    buttons.get_by_role("button", name="Delete").press("Enter")
    expect(followed).to_contain_text("makes another, so there is nothing to undo.")
    expect(followed.get_by_role("button")).to_have_count(1)
    expect(followed.get_by_role("button", name="Close")).to_be_focused()


def test_the_tour_is_offered_once_and_again_from_the_keys(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/?cluster={shop}")
    tab.evaluate("localStorage.removeItem('nv-tour')")
    tab.reload()
    tour = tab.locator(".tour")
    expect(tour).to_contain_text("1 of 5")
    for _stop in range(4):
        tour.get_by_role("button", name="Next").click()
    tour.get_by_role("button", name="Done").click()
    expect(tour).to_have_count(0)
    tab.reload()
    expect(tab.locator("[data-nv=live]")).to_have_attribute("data-state", "live", timeout=20_000)
    expect(tour).to_have_count(0)

    tab.keyboard.press("?")
    tab.get_by_role("button", name="Take the tour").click()

    expect(tour).to_contain_text("1 of 5")
    tab.keyboard.press("Escape")
    expect(tour).to_have_count(0)


def test_the_list_of_events_draws_only_what_is_in_sight(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/events")
    rows = tab.locator("[data-nv=events] tbody tr:not(.spacer)")
    expect(rows.first).to_be_visible()
    drawn = rows.count()
    last = rows.last.inner_text()

    tab.locator("main").evaluate("main => main.scrollTo(0, main.scrollHeight)")

    expect(rows.last).not_to_have_text(last)
    assert drawn < 60
    assert rows.count() < 60


def test_names_and_addresses_in_a_table_read_from_left_to_right(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/d/endpoints/shop/cart?tab=table")
    wait_until_live(tab)
    tab.evaluate("document.documentElement.dir = 'rtl'")
    names = tab.locator("[data-nv=table] :is(td code, td a.objlink)")

    expect(names.filter(has_text="10.").first).to_have_css("direction", "ltr")
    expect(names.filter(has_text="cart-").first).to_have_css("direction", "ltr")
    assert names.evaluate_all("(all) => all.every((each) => each.dir === 'ltr')")


def test_at_400_percent_a_drawing_gives_way_to_its_table(
    tab: Page, served: Site, shop: str
) -> None:
    tab.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
    for address in ("map?lvl=L1", "d/endpoints/shop/cart"):
        tab.goto(f"{served.url}/c/{shop}/{address}")
        expect(tab.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
