"""No page breaks a rule of axe-core that matters, in either theme, wide or narrow."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.world import Site

pytestmark = pytest.mark.browser

AXE = "node_modules/axe-core/axe.min.js"
RUN = """axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations
  .filter(({impact}) => impact !== 'minor')
  .map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 200)}`))"""
PAGES = (
    "/",
    "/login",
    "/clusters",
    "/settings",
    "/import",
    "/learn",
    "/help/findings/NV101",
    "/kubeconfig",
    "/learn/endpoints",
    "/c/shop/trace?from=payments/deployment/pay&to=monitoring/svc/prometheus",
    "/c/shop/o/Service/shop/frontend",
    "/no",
)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("width", [1440, 390], ids=["wide", "narrow"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit_the_screen(
    browser: Browser, served: Site, root: Path, theme: Literal["light", "dark"], width: int
) -> None:
    context = browser.new_context(
        bypass_csp=True, color_scheme=theme, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    found: dict[str, object] = {}
    for address in PAGES:
        page.goto(f"{served.url}{address}", wait_until="networkidle")
        page.add_script_tag(path=root / AXE)
        broken: list[str] = page.evaluate(RUN)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            broken.append("wider than the screen")
        if broken:
            found[address] = broken
    context.close()

    assert found == {}
