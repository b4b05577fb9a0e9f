"""Cards that a reader drags stay where they are put, until Tidy, which can be undone."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.offline import drill
from tests.browser.test_live import PODS
from tests.browser.world import ROOT, Site, card, cards, open_diagram

pytestmark = pytest.mark.browser

SERVICE = "Service/shop/cart"
PINS = """() => Object.entries(sessionStorage)
  .filter(([key]) => key.startsWith('nv-pins ')).flatMap(([, value]) => JSON.parse(value))"""
PLACED = """([card, place]) =>
  document.querySelector(card).closest('g[transform]').getAttribute('transform') === place"""


@pytest.fixture(scope="module")
def pinned(served: Site) -> str:
    """Return the name of a cluster that this module changes."""
    served.load("pinned", ROOT / "demo")
    return "pinned"


def drag(tab: Page, name: str, dx: int, dy: int) -> None:
    """Drag a card by the pointer."""
    box = tab.locator(card(name)).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + dx, y + dy, steps=6)
    tab.mouse.up()


def test_a_dragged_card_stays_through_a_change_and_a_reload_and_tidy_is_undone(
    admin: BrowserContext, served: Site, pinned: str
) -> None:
    tab = admin.new_page()
    address = f"{served.url}/c/{pinned}/d/endpoints/shop/cart"
    open_diagram(tab, address)
    fresh = cards(tab)

    drag(tab, SERVICE, 20, 90)

    own = cards(tab)
    assert own[SERVICE] != fresh[SERVICE]
    assert {id_: own[id_] for id_ in own if id_ != SERVICE} == {
        id_: fresh[id_] for id_ in fresh if id_ != SERVICE
    }
    assert [id_ for id_, _place in tab.evaluate(PINS)] == [SERVICE]

    pod = str(tab.locator(PODS).first.get_attribute("data-id"))
    drill(admin, served, f"{pinned}/o/{pod}", "unready")
    unready = re.compile("not ready")
    expect(tab.locator(card(pod))).to_have_attribute("aria-label", unready, timeout=15_000)
    assert cards(tab)[SERVICE] == own[SERVICE]

    tab.reload()
    expect(tab.locator(card(pod))).to_have_attribute("aria-label", unready)
    assert cards(tab)[SERVICE] == own[SERVICE]

    tab.get_by_role("button", name="Tidy").click()
    tab.wait_for_function(PLACED, arg=[card(SERVICE), fresh[SERVICE]])
    assert tab.evaluate(PINS) == []

    tab.get_by_role("button", name="Undo").click()
    tab.wait_for_function(PLACED, arg=[card(SERVICE), own[SERVICE]])
    assert [id_ for id_, _place in tab.evaluate(PINS)] == [SERVICE]
