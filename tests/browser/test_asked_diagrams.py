"""The diagrams of names, requests and policies, used: forms, lens, matrix, live."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.world import ROOT, Site, card, cards, open_diagram

pytestmark = pytest.mark.browser

DB = 'nv-diagram svg a[data-id="StatefulSet/shop/db"]'
OPEN_DB = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
    - from: [{podSelector: {matchLabels: {app: reviews}}}]
      ports: [{port: 5432}]
"""


@pytest.fixture(scope="module")
def asked(served: Site) -> str:
    """Return the name of a cluster that these tests change."""
    served.load("asked", ROOT / "demo")
    return "asked"


def test_a_name_is_looked_up_from_a_pod_and_a_bad_one_keeps_the_form(
    browser: Browser, served: Site, asked: str
) -> None:
    tab = browser.new_page()
    open_diagram(tab, f"{served.url}/c/{asked}/d/dns/shop/db")
    expect(tab.locator("h1")).to_contain_text("db resolves to")

    tab.get_by_label("Name", exact=True).fill("frontend.shop")
    tab.get_by_role("radio", name="AAAA").check()
    tab.get_by_role("button", name="Resolve").click()

    expect(tab.locator("h1")).to_contain_text("frontend.shop resolves to")
    expect(tab).to_have_url(re.compile(r"name=frontend\.shop&type=AAAA"))
    expect(tab.locator("nv-diagram .nv-mark")).to_have_count(4)
    expect(tab.locator(card("Service/shop/frontend"))).to_be_attached()
    tab.get_by_role("tab", name="Table").click()
    expect(tab.locator("tbody tr", has_text="NXDOMAIN").first).to_be_visible()

    tab.get_by_label("Pod", exact=True).fill("shop/nobody")
    tab.get_by_role("button", name="Resolve").click()

    expect(tab.get_by_label("Pod", exact=True)).to_have_value("shop/nobody")
    expect(tab.locator("#e-pod")).to_have_text("There is nothing called nobody among the pods.")
    tab.close()


def test_a_url_lights_the_path_that_answers(browser: Browser, served: Site, asked: str) -> None:
    tab = browser.new_page()
    open_diagram(tab, f"{served.url}/c/{asked}/d/ingress/shop/shop-web")

    tab.get_by_label("Try a URL").fill("https://shop.example.com/api/catalog/7")
    tab.get_by_role("button", name="Try it").click()

    expect(tab.locator("h1")).to_contain_text("goes to catalog:8080")
    lit = tab.locator("nv-diagram .nv-card--lit")
    expect(lit.filter(has_text="/api/catalog")).to_have_count(1)
    expect(tab.locator("nv-diagram .nv-card--dim").filter(has_text="a longer path")).to_have_count(
        1
    )
    tab.get_by_label("Try a URL").fill("ftp://nowhere")
    tab.get_by_role("button", name="Try it").click()
    expect(tab.locator("#e-url")).to_contain_text("is not http or https")
    tab.close()


def test_the_matrix_is_a_grid_for_the_keyboard_and_its_cells_say_why(
    browser: Browser, served: Site, asked: str
) -> None:
    tab = browser.new_page()
    tab.goto(f"{served.url}/c/{asked}/d/policy/shop/default-deny")
    grid = tab.get_by_role("grid")
    expect(grid.locator("td.mx[tabindex='0']")).to_have_count(1)

    grid.locator("td.mx[tabindex='0']").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert re.match(r"catalog to catalog: denied", tab.evaluate(focused))
    tab.keyboard.press("Control+Home")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")

    expect(tab.locator("aside.drawer")).to_contain_text("Closest miss")
    expect(grid.locator("td[aria-selected='true']")).to_have_count(1)
    tab.get_by_role("link", name="Map", exact=True).last.click()
    expect(tab.get_by_role("grid")).to_have_count(0)
    tab.get_by_role("link", name="5432/TCP").click()
    expect(tab).to_have_url(re.compile(r"port=5432"))
    expect(tab.locator(".strip")).to_contain_text("enforcement depends on the CNI")
    tab.close()


def test_every_cell_of_the_matrix_opens_its_trace_and_the_middle_can_be_chosen(
    browser: Browser, served: Site, asked: str
) -> None:
    tab = browser.new_page()
    address = f"{served.url}/c/{asked}/d/policy/shop/default-deny?form=matrix"
    tab.goto(address)
    grid = tab.get_by_role("grid")
    grid.locator("td.mx[data-edge]").first.click()
    expect(tab.get_by_role("link", name="Trace this connection")).to_have_attribute(
        "href", re.compile(r"/trace\?from=shop/deployment/cart&to=")
    )
    tab.get_by_role("tab", name="Links").click()
    ends = tab.locator(".drawer dl.kv dd")
    expect(ends.first).to_contain_text("cart")
    expect(ends.nth(1)).not_to_be_empty()
    grid.locator("td.mx[data-edge]").first.press("t")
    expect(tab).to_have_url(re.compile(r"/trace\?from=shop/deployment/cart&to=.*port="))

    tab.goto(address)
    expect(grid.locator("td.mx[tabindex='0']")).to_have_count(1)
    grid.locator("td.mx[data-trace]:not([data-edge])").first.click()
    expect(tab).to_have_url(re.compile(r"/trace\?from="))

    tab.goto(address)
    expect(tab.get_by_role("button", name="Why?")).to_be_visible()
    tab.locator("[data-focus] summary").click()
    middle = tab.get_by_role("combobox", name="Workload or Pod in the middle")
    middle.press_sequentially("cart")
    tab.get_by_role("option", name="cart Deployment").click()
    expect(tab).to_have_url(re.compile(r"focus=Deployment%2Fshop%2Fcart"))
    expect(tab.locator("h1")).to_contain_text("default-deny isolates cart")
    tab.get_by_role("button", name="Why?").click()
    expect(tab.locator("aside.drawer")).to_contain_text("spec.podSelector")
    tab.close()


def test_a_changed_policy_changes_lines_and_moves_no_card(
    admin: BrowserContext, served: Site, asked: str, tmp_path: Path
) -> None:
    tab = admin.new_page()
    open_diagram(tab, f"{served.url}/c/{asked}/d/policy/shop/allow-db")
    expect(tab.locator("h1")).to_contain_text("lets cart and catalog reach db on 5432")
    before = cards(tab)
    changed = tmp_path / "policy.yaml"
    changed.write_text(OPEN_DB)

    served.load(asked, changed)

    expect(tab.locator("h1")).to_contain_text("lets reviews reach db on 5432", timeout=15_000)
    after = cards(tab)
    assert {id_: after[id_] for id_ in before if id_ in after} == {
        id_: place for id_, place in before.items() if id_ in after
    }
    assert len(before.keys() & after.keys()) > len(before) - 4
