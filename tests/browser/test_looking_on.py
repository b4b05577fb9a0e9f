"""From what is wrong to where it is: fields, findings and events lead into drawings, live."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.world import ROOT, Site, wait_until_live

CHANGED = """\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: shop, labels: {{app: {name}, changed: "yes"}}}}
spec: {{selector: {{app: {name}}}, ports: [{{name: http, port: 80}}]}}
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def looked_at(served: Site) -> str:
    """Return the name of a cluster that tests change."""
    served.load("looked-at", ROOT / "demo")
    return "looked-at"


def test_a_field_of_the_yaml_lights_the_edges_it_causes_and_a_finding_its_path(
    admin: BrowserContext, served: Site, looked_at: str
) -> None:
    page = admin.new_page()
    page.goto(f"{served.url}/c/{looked_at}/o/Service/shop/frontend?tab=yaml")
    expect(page.locator(".picks__pre.is-drawn svg.pre")).to_have_count(6)
    field = page.locator('.yaml .l[data-path="spec.selector"]')
    expect(page.locator("nv-diagram svg a[data-id]").first).to_be_attached()

    field.focus()
    page.keyboard.press("Enter")

    expect(field).to_have_attribute("aria-pressed", "true")
    expect(page.locator("nv-diagram [data-edge].is-lit").first).to_be_attached()
    expect(page.locator("[data-nv=caused] a").first).to_contain_text("Pod shop/frontend")

    page.keyboard.press("Enter")

    expect(page.locator("nv-diagram .is-lit")).to_have_count(0)

    page.goto(f"{served.url}/c/{looked_at}/findings?q=name:cache")
    page.get_by_role("link", name="diagram").first.click()
    expect(page.locator("nv-diagram [data-edge].is-lit").first).to_be_attached()


def test_events_that_only_the_server_can_judge_come_in_by_themselves(
    admin: BrowserContext, served: Site, looked_at: str, tmp_path: Path
) -> None:
    page = admin.new_page()
    page.goto(f"{served.url}/c/{looked_at}/events?q=label:changed=yes")
    wait_until_live(page)
    rows = page.locator("[data-nv=events] tbody tr[data-id]")
    expect(rows).to_have_count(0)

    for name in ("cart", "catalog"):
        (tmp_path / f"{name}.yaml").write_text(CHANGED.format(name=name))
    served.load(looked_at, tmp_path)

    expect(rows.filter(has_text="Service shop/cart").first).to_be_attached(timeout=15_000)
    expect(rows.filter(has_text="Service shop/catalog").first).to_be_attached()
    expect(page.locator("[data-nv=none]")).to_have_count(0)


def test_planning_needs_neither_scripts_nor_a_login(
    browser: object, served: Site, looked_at: str, tmp_path: Path
) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(CHANGED.format(name="catalog").replace("port: 80", "port: 81"))
    with browser.new_context(java_script_enabled=False) as context:  # type: ignore[attr-defined]
        page = context.new_page()
        page.goto(f"{served.url}/c/{looked_at}/plan")
        page.set_input_files("#id_file", str(file))
        page.get_by_role("button", name="Show what it changes").click()

        expect(page.locator("h1")).to_contain_text("This change")
        expect(page.get_by_role("heading", name="Objects")).to_be_visible()
        expect(page.locator("#v-table table")).to_be_visible()
