"""Trace and plan by keyboard alone, kept live, and as a change that is planned and applied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.world import ROOT, Site, cards, wait_until_live

pytestmark = pytest.mark.browser

CLOSED = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: close-frontend, namespace: shop}
spec: {podSelector: {matchLabels: {app: frontend}}, policyTypes: [Egress]}
"""
SELECTED = "li.step[aria-current='step']"


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press Tab until an element has the focus."""
    for _turn in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement?.matches(s) ?? false", selector):
            return
    pytest.fail(f"Tab does not come to {selector}")


@pytest.fixture(scope="module")
def traced(served: Site) -> str:
    """Return the name of a cluster that these tests change."""
    served.load("traced", ROOT / "demo")
    return "traced"


def test_the_form_of_a_trace_is_filled_in_by_keyboard_alone(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    expect(tab.locator("nv-diagram svg a[data-id]").first).to_be_attached()
    tab.keyboard.press("g")
    tab.keyboard.press("t")
    tab.wait_for_url("**/trace")

    # the two pickers: type, choose with the arrows, take with Enter
    tab_to(tab, "#f-from")
    tab.keyboard.type("frontend")
    expect(tab.locator("#f-from")).to_have_attribute("aria-expanded", "true")
    tab.keyboard.press("ArrowDown")
    active = tab.locator("#f-from").get_attribute("aria-activedescendant")
    assert active
    expect(tab.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("Escape")
    expect(tab.locator("#f-from")).to_have_attribute("aria-expanded", "false")
    tab.keyboard.press("Control+a")
    tab.keyboard.type("shop/deploy/frontend")
    tab_to(tab, "#f-to")
    tab.keyboard.type("ledger")
    expect(tab.locator("#f-to")).to_have_attribute("aria-expanded", "true")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.locator("#f-to")).to_have_value("payments/svc/ledger")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_contain_text("Blocked at step 5 of 6")


def test_the_steps_of_a_trace_are_walked_and_acted_on_by_keyboard_alone(
    tab: Page, served: Site, shop: str
) -> None:
    tab.goto(f"{served.url}/c/{shop}/trace?from=shop/deploy/frontend&to=payments/svc/ledger")
    wait_until_live(tab)
    before = tab.locator("nv-diagram svg > g").first.get_attribute("transform")
    tab.keyboard.press("Escape")
    for step in (1, 2, 3, 4, 5):
        tab.keyboard.press("j")
        expect(tab.locator(SELECTED)).to_have_attribute("data-step", str(step))
    expect(tab.locator(f"{SELECTED} .step__more")).to_be_visible()
    chosen = tab.locator("nv-diagram svg a[aria-current='true']")
    expect(chosen).to_have_attribute("data-id", "Pod/payments/ledger-0")
    tab.keyboard.press("k")
    expect(tab.locator(SELECTED)).to_have_attribute("data-step", "4")
    assert tab.locator("nv-diagram svg > g").first.get_attribute("transform") == before
    assert "sel=step-4" in tab.url

    # table and text, the change as a plan, and back; swap; a trace from a card
    tab.keyboard.press("v")
    expect(tab.locator("#v-table")).to_be_visible()
    tab.keyboard.press("v")
    expect(tab.locator("#v-text")).to_contain_text("Step 5, Ingress, stops here")
    tab.keyboard.press("v")
    tab.keyboard.press("j")
    tab_to(tab, f"{SELECTED} a.btn--primary")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(r"/plan\?.*step=5"))
    expect(tab.locator("[name=text]")).to_have_value(re.compile("allow-ledger"))
    tab.go_back()
    tab_to(tab, "[data-trace=swap]")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("from=payments/svc/ledger&to=shop/deploy/frontend"))
    tab.go_back()
    wait_until_live(tab)
    tab_to(tab, "nv-diagram svg a[data-id]")
    tab.keyboard.press("t")
    tab.wait_for_url(re.compile(r"/trace\?from=Pod"))
    expect(tab.locator("#f-to")).to_be_focused()


def test_a_trace_is_renewed_in_place_and_the_change_that_did_it_was_planned_and_applied(
    tab: Page, served: Site, traced: str, tmp_path: Path
) -> None:
    tab.goto(f"{served.url}/c/{traced}/trace?from=shop/deploy/frontend&to=shop/svc/cart")
    expect(tab.locator("h1")).to_contain_text("reaches")
    wait_until_live(tab)
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    places = cards(tab)

    plan = tab.context.new_page()
    plan.goto(f"{served.url}/c/{traced}/plan")
    editor = plan.locator(".planform__cm .cm-content")
    editor.click()
    plan.keyboard.insert_text(CLOSED)
    plan.keyboard.press("Tab")
    plan.get_by_role("button", name="Show what it changes").press("Enter")
    expect(plan.locator("h1")).to_contain_text("closes")
    lost = plan.locator(".planline.is-lost", has_text="shop/frontend loses TCP 7070 to shop/cart")
    expect(plan.locator("nv-diagram .nv-sign.is-lost").first).to_be_attached()
    after = plan.context.new_page()
    after.goto(served.url + str(lost.first.get_by_text("trace after").get_attribute("href")))
    expect(after.locator("h1")).to_contain_text("Blocked")
    after.close()
    plan.keyboard.press("v")
    expect(plan.locator("#v-side nv-diagram svg a[data-id]").first).to_be_visible()
    plan.get_by_role("link", name="Apply…").press("Enter")
    plan.get_by_role("button", name="Apply this plan").press("Enter")
    expect(plan.locator(".messages")).to_contain_text("Applied: 1 of 1")

    expect(tab.locator("h1")).to_contain_text("Blocked", timeout=15_000)
    expect(tab.locator("li.step.is-deny").first).to_contain_text("close-frontend")
    expect(tab.locator(SELECTED)).to_have_attribute("data-step", "2")
    assert {name: place for name, place in cards(tab).items() if name in places} == places


def test_files_are_dropped_into_the_editor_and_mistakes_lead_to_their_line(
    tab: Page, served: Site, traced: str, tmp_path: Path
) -> None:
    file = tmp_path / "svc.yaml"
    file.write_text("apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\n"
                    "spec:\n  ports: [{port: 99999}]\n")  # fmt: skip
    tab.goto(f"{served.url}/c/{traced}/plan?delete=Service/shop/cart")
    expect(tab.locator(".planform__cm")).to_be_visible()
    tab.locator("#id_file").set_input_files(file)
    expect(tab.locator(".planform__cm .cm-content")).to_contain_text("# Source: svc.yaml")
    tab.get_by_role("button", name="Show what it changes").click()

    expect(tab.locator("#h-faults")).to_be_visible()
    row = tab.locator("tr", has_text="Service shop/x").first
    expect(row).to_contain_text("svc.yaml")
    row.locator("a[data-line]").click()
    expect(tab.locator(".planform__cm .cm-activeLine")).to_contain_text("99999")
    expect(tab.locator(".planobject.is-removed")).to_contain_text("shop/cart")
