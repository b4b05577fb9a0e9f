"""Paths, compare, slices and families of one Service: from its page, by menu, and live."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.world import ROOT, Site, card, cards, open_diagram

pytestmark = pytest.mark.browser

VIEWS = ("paths", "compare", "slices", "families")
PULSES = """() => {
  window.pulsed = new Set();
  new MutationObserver((all) => {
    for (const { target, addedNodes } of all) {
      if (target.dataset?.edge && target.classList.contains('is-pulse'))
        window.pulsed.add(target.dataset.edge);
      if ([...addedNodes].some((added) => added.classList?.contains('is-pulse')))
        window.pulsed.add(target.querySelector('a[data-id]')?.dataset.id);
    }
  }).observe(document.querySelector('nv-diagram svg'), {
    subtree: true, childList: true, attributes: true, attributeFilter: ['class'],
  });
}"""


def test_the_object_page_leads_to_each_diagram_which_is_whole_in_all_its_forms(
    tab: Page, served: Site, shop: str
) -> None:
    for view in VIEWS:
        tab.goto(f"{served.url}/c/{shop}/o/Service/shop/cart")
        tab.get_by_role("link", name=view, exact=True).click()
        expect(tab).to_have_url(re.compile(f"/d/{view}/shop/cart$"))
        expect(tab.locator("nv-diagram svg a[data-id]").first).to_be_attached()
        source = tab.locator("nv-diagram").get_attribute("data-src")
        graph = tab.request.get(f"{served.url}{source}").json()

        drawn = cards(tab)
        assert sorted(drawn) == sorted(node["id"] for node in graph["nodes"]), view
        expect(tab.locator("h1, [data-nv=verdict]").first).to_contain_text("shop/cart")
        tab.get_by_text("How to read this").click()
        expect(tab.locator(".guide li")).to_have_count(3)
        tab.keyboard.press("Escape")
        tab.get_by_role("tab", name="Table").click()
        expect(tab.locator("[data-nv=table] tbody tr")).to_have_count(len(graph["table"]["rows"]))
        tab.get_by_role("tab", name="Text").click()
        expect(tab.locator("[data-nv=text]")).to_contain_text(graph["text"][-1]["text"])
        tab.get_by_role("tab", name="Diagram").click()


def test_a_choice_of_the_menu_is_part_of_the_address_and_of_the_socket(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/d/paths/shop/cart")
    expect(tab.locator(card("Proxy/node-2/internal"))).to_be_attached()

    tab.get_by_role("button", name=re.compile("^Client")).click()
    tab.get_by_role("menuitem", name="a Pod on node-1").click()

    expect(tab).to_have_url(re.compile(r"\?client=node-1$"))
    expect(tab.locator(card("Proxy/node-1/internal"))).to_be_attached()
    expect(tab.locator(card("Proxy/node-2/internal"))).not_to_be_attached()
    diagram = tab.locator("nv-diagram")
    expect(diagram).to_have_attribute("data-ws", re.compile("client=node-1"))
    expect(tab.locator("[data-nv=live]")).to_have_attribute("data-state", "live", timeout=20_000)
    refused = tab.request.get(f"{served.url}/c/{shop}/d/paths/shop/cart?client=nowhere")
    assert refused.status == 400
    assert "client: there is no Node nowhere" in refused.text()


def test_one_unready_pod_flashes_one_bin_and_moves_no_card(
    admin: BrowserContext, served: Site
) -> None:
    served.load("flashing", ROOT / "demo")
    slices, paths, drilling = admin.new_page(), admin.new_page(), admin.new_page()
    open_diagram(slices, f"{served.url}/c/flashing/d/slices/shop/cart")
    open_diagram(paths, f"{served.url}/c/flashing/d/paths/shop/cart")
    before = [cards(page) for page in (slices, paths)]
    churn = slices.locator("nv-diagram svg .nv-churn + text")
    expect(churn).to_have_text(re.compile(r"^\d+ writes?$"))  # of before the page was opened
    writes = int(str(churn.text_content()).split()[0])
    slices.evaluate(PULSES)
    bins = slices.locator('nv-diagram svg a[data-id^="EndpointSlice/"]')
    pod = str(paths.locator('nv-diagram svg a[data-id^="Pod/"]').first.get_attribute("data-id"))

    drilling.goto(f"{served.url}/c/flashing/o/{pod}")
    drilling.get_by_role("button", name="Make unready").click()

    expect(bins).to_have_attribute("aria-label", re.compile("2 of 3 ready"), timeout=15_000)
    expect(paths.locator(card(pod))).to_have_attribute(
        "aria-label", re.compile("not ready"), timeout=15_000
    )
    slices.wait_for_function("() => window.pulsed.size > 0")
    pulsed = set(slices.evaluate("() => [...window.pulsed]"))
    assert {name for name in pulsed if "->" not in name} == {bins.get_attribute("data-id")}
    assert {name for name in pulsed if "->" in name} == {
        f"ControlPlane//kube-apiserver->Watchers//{name}"
        for name in ("kube-proxy", "coredns", "ingress", "others")
    }
    assert [cards(page) for page in (slices, paths)] == before

    expect(churn).to_have_text(f"{writes + 1} writes")
    slices.reload()
    expect(churn).to_have_text(f"{writes + 1} writes")
    bins.click()
    expect(slices.locator("aside.drawer .evid small").first).to_have_text(
        re.compile(r"^EndpointSlice shop/cart-\w+ · rev \d+ · read (\S+ )?\d\d:\d\d:\d\d$")
    )
