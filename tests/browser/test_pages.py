"""Every page of a cluster, in both themes: nothing serious for axe, no complaint of browsers."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.world import ROOT, Site

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/c/shop/map?lvl=L0",
    "/c/shop/map?lvl=L1",
    "/c/shop/map?lvl=L1&tab=table",
    "/c/shop/map?lvl=L1&tab=text",
    "/c/shop/d/endpoints/shop/frontend?sel=Service%2Fshop%2Ffrontend",
    "/c/shop/o/Service/shop/frontend",
    "/c/shop/o/Deployment/shop/frontend?tab=yaml",
    "/c/shop/o/Pod/shop/nothing-here",
    "/c/shop/map?lvl=L1&ns=shop&grp=node",
    "/c/shop/map?lvl=L1&ns=shop&open=Deployment/shop/cart&q=kind:pod",
    "/c/shop/map?lvl=L1&at=40",
    "/c/shop/findings",
    "/c/shop/findings?q=stat:x",
    "/c/shop/findings/mute?rule=NV101&kind=Service&ns=shop&name=reviews",
    "/?cluster=shop",
    "/?cluster=shop&form=table",
    "/c/shop/events",
    "/c/shop/search?q=frontend",
    "/c/shop/trace",
    "/c/shop/trace?from=shop/deploy/frontend&to=payments/svc/ledger",
    "/c/shop/trace?from=shop/deploy/frontend&to=payments/svc/ledger&tab=table",
    "/c/shop/trace?from=shop/nothing-here&to=db.shop",
    "/c/shop/plan",
)
SERIOUS = """async () => {
  const { violations } = await axe.run(document, {resultTypes: ['violations']});
  return violations
    .filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`);
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe."""
    if not AXE.exists():
        pytest.fail("axe-core is not installed; run `make js` first")
    return Path(AXE).read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_fault(
    tab: Page, served: Site, shop: str, axe: str, theme: Any
) -> None:
    tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
    faults: dict[str, list[str]] = {}
    for address in PAGES:
        tab.goto(f"{served.url}{address}")
        if "sel=" in address:
            expect(tab.locator("aside.drawer")).to_be_visible()
        tab.evaluate(axe)
        found = tab.evaluate(SERIOUS)
        if found:
            faults[address] = found

    assert faults == {}


def test_pages_forbid_scripts_of_their_own_text(tab: Page, served: Site, shop: str) -> None:
    for address in PAGES:
        response = tab.goto(f"{served.url}{address}")
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy.split("script-src")[1].split(";")[0], address
