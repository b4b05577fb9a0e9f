"""What one tab changes, another shows: without reload, without moving what stands."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.world import ROOT, Site, card, cards, open_diagram, shown, wait_until_live

pytestmark = pytest.mark.browser

PODS = 'nv-diagram svg a[data-id^="Pod/"]'


def set_replicas(tab: Page, served: Site, cluster: str, deployment: str, replicas: int) -> None:
    """Edit a Deployment in Django admin, from its object page on."""
    tab.goto(f"{served.url}/c/{cluster}/o/Deployment/shop/{deployment}")
    tab.get_by_role("link", name="Edit", exact=True).click()
    tab.fill("input[name=replicas]", str(replicas))
    tab.locator("[name=_save]").first.click()
    expect(tab).to_have_url(re.compile(r"/admin/cluster/deployment/(\?.*)?$"))


@pytest.fixture(scope="module")
def moving(served: Site) -> str:
    """Return the name of a cluster that tests change."""
    served.load("moving", ROOT / "demo")
    return "moving"


def test_replicas_edited_in_the_admin_reach_the_other_tab_and_no_card_moves(
    admin: BrowserContext, served: Site, moving: str
) -> None:
    watching, editing = admin.new_page(), admin.new_page()
    open_diagram(watching, f"{served.url}/c/{moving}/d/endpoints/shop/cart")
    expect(watching.locator(PODS)).to_have_count(3)
    watching.evaluate("document.title = 'not loaded again'")
    before = cards(watching)

    set_replicas(editing, served, moving, "cart", 5)

    expect(watching.locator(PODS)).to_have_count(5, timeout=15_000)
    after = cards(watching)
    assert {id_: after.get(id_) for id_ in before} == before
    assert watching.title() == "not loaded again"

    set_replicas(editing, served, moving, "cart", 2)

    leaving = watching.locator(f'{PODS}[aria-label*="terminating"]')
    expect(leaving).to_have_count(3, timeout=15_000)
    assert cards(watching) == after


def test_a_drill_makes_a_pod_unready_and_its_undo_takes_it_back(
    admin: BrowserContext, served: Site, moving: str
) -> None:
    watching, drilling = admin.new_page(), admin.new_page()
    open_diagram(watching, f"{served.url}/c/{moving}/d/endpoints/shop/catalog")
    pod = watching.locator(PODS).first
    name = str(pod.get_attribute("data-id"))
    expect(pod).not_to_have_attribute("aria-label", re.compile("not ready"))

    drilling.goto(f"{served.url}/c/{moving}/o/{name}")
    drilling.get_by_role("button", name="Make unready").click()

    expect(watching.locator(card(name))).to_have_attribute(
        "aria-label", re.compile("not ready"), timeout=15_000
    )
    drilling.get_by_role("button", name="Undo").click()
    expect(watching.locator(card(name))).not_to_have_attribute(
        "aria-label", re.compile("not ready"), timeout=15_000
    )


def test_a_page_that_was_cut_off_during_changes_equals_a_fresh_load(
    admin: BrowserContext,
    served: Site,
    moving: str,
) -> None:
    watching = admin.new_page()
    open_diagram(watching, f"{served.url}/c/{moving}/d/endpoints/shop/frontend")
    other = admin.browser
    assert other is not None
    with other.new_context(storage_state=admin.storage_state()) as apart:
        editing = apart.new_page()
        admin.set_offline(offline=True)
        watching.evaluate("document.querySelector('nv-diagram').socket?.socket?.close()")
        for replicas in (5, 6, 7):
            set_replicas(editing, served, moving, "frontend", replicas)
        fresh = apart.new_page()
        open_diagram(fresh, f"{served.url}/c/{moving}/d/endpoints/shop/frontend")
        expect(fresh.locator(PODS)).to_have_count(8, timeout=60_000)
        admin.set_offline(offline=False)
        wait_until_live(watching)
        expect(watching.locator(PODS)).to_have_count(8, timeout=60_000)
        open_diagram(fresh, fresh.url)

        assert shown(watching) == shown(fresh)
