"""Pages without a drawing keep themselves fresh: parts change, the reader stays where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.world import ROOT, Site, wait_until_live

LOST = """\
apiVersion: v1
kind: Service
metadata: {name: catalog, namespace: shop}
spec: {selector: {app: nobody}, ports: [{name: http, port: 80}]}
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fresh(served: Site) -> str:
    """Return the name of a cluster that tests change."""
    served.load("fresh", ROOT / "demo")
    return "fresh"


def test_an_objects_page_shows_what_changes_without_moving_its_reader(
    admin: BrowserContext, served: Site, fresh: str
) -> None:
    watching, drilling = admin.new_page(), admin.new_page()
    watching.set_viewport_size({"width": 1440, "height": 500})
    watching.goto(f"{served.url}/c/{fresh}/o/Service/shop/cart")
    wait_until_live(watching)
    names = watching.locator('[data-live="tab"] a.objlink[href*="/o/Pod/"]')
    count = names.count()
    assert count > 1
    watching.evaluate("document.title = 'not loaded again'")
    names.nth(count - 1).focus()
    focused = str(names.nth(count - 1).get_attribute("href"))
    top = watching.evaluate("document.querySelector('main').scrollTop")

    drilling.goto(f"{served.url}/c/{fresh}/o/Deployment/shop/cart")
    drilling.fill("input[name=number]", str(count + 2))
    drilling.get_by_role("button", name="Scale").click()

    expect(names).to_have_count(count + 2, timeout=15_000)
    assert watching.evaluate("document.activeElement.getAttribute('href')") == focused
    assert watching.evaluate("document.querySelector('main').scrollTop") == top
    assert watching.title() == "not loaded again"


def test_a_pods_conditions_follow_a_drill(admin: BrowserContext, served: Site, fresh: str) -> None:
    watching, drilling = admin.new_page(), admin.new_page()
    watching.goto(f"{served.url}/c/{fresh}/o/Pod/shop/db-0")
    wait_until_live(watching)
    conditions = watching.locator('[data-live="summary"] .kv--conditions')
    expect(conditions).not_to_contain_text("False")

    drilling.goto(watching.url)
    drilling.get_by_role("button", name="Make unready").click()

    expect(conditions).to_contain_text("False", timeout=15_000)


def test_findings_follow_on_every_page_that_shows_them(
    admin: BrowserContext, served: Site, fresh: str, tmp_path: Path
) -> None:
    service, findings, overview = (admin.new_page() for _ in range(3))
    service.goto(f"{served.url}/c/{fresh}/o/Service/shop/catalog")
    findings.goto(f"{served.url}/c/{fresh}/findings")
    overview.goto(f"{served.url}/?cluster={fresh}")
    for tab in (service, findings, overview):
        wait_until_live(tab)
    listed, verdict = findings.locator("#listed"), overview.locator("h1")
    before, said = listed.inner_text(), verdict.inner_text()
    expect(service.locator('[data-live="chips"]')).to_contain_text("no findings")

    lost = tmp_path / "lost.yaml"
    lost.write_text(LOST)
    served.load(fresh, lost)

    expect(service.locator('[data-live="chips"]')).to_contain_text("NV", timeout=15_000)
    expect(listed).not_to_have_text(before, timeout=15_000)
    expect(verdict).not_to_have_text(said, timeout=15_000)


def test_a_deleted_objects_page_says_so(admin: BrowserContext, served: Site, fresh: str) -> None:
    watching, deleting = admin.new_page(), admin.new_page()
    watching.goto(f"{served.url}/c/{fresh}/o/NetworkPolicy/shop/allow-cart")
    wait_until_live(watching)
    expect(watching.locator("[data-nv=gone]")).to_be_hidden()

    deleting.goto(watching.url)
    deleting.get_by_role("link", name="Edit", exact=True).click()
    deleting.get_by_role("link", name="Delete").first.click()
    deleting.locator("form [type=submit]").last.click()

    expect(watching.locator("[data-nv=gone]")).to_be_visible(timeout=15_000)
