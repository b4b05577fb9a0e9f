"""A page that loses its line for a minute while the cluster changes (ux.md section 11)."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.world import Site, cards, open_diagram, shown, wait_until_live

PODS = 'nv-diagram svg a[data-id^="Pod/"]'
STALE = re.compile("is-stale")


def drill(context: BrowserContext, served: Site, address: str, name: str, **more: str) -> None:
    """Press a drill's button on an object's page, from outside of the pages that look on."""
    token = next(each["value"] for each in context.cookies() if each["name"] == "netviz_csrf")
    answer = context.request.post(
        f"{served.url}/c/{address}/drill",
        form={"drill": name, **more},
        headers={"X-CSRFToken": token, "Accept": "application/json", "Referer": served.url},
    )
    assert answer.ok, answer.text()


def cut_off(tab: Page, *, is_off: bool) -> None:
    """Take the network away, the open socket with it, or give it back."""
    tab.context.set_offline(is_off)
    if is_off:
        tab.evaluate("document.querySelector('nv-diagram').socket.socket?.close()")


def equals_a_fresh_load_after_a_minute_offline(
    watching: Page, served: Site, cluster: str, passes: Callable[[int], object]
) -> None:
    """Change the cluster while a page has no line; `passes` lets milliseconds pass for the page.

    The page says how old it is, fades after half a minute and moves nothing; with its line back it
    shows what a fresh load shows, and the cards that stay have not moved.
    """
    watched = f"{cluster}/o/Deployment/shop/frontend"
    open_diagram(watching, f"{served.url}/c/{cluster}/d/endpoints/shop/frontend")
    badge, drawing = watching.locator("[data-nv=live]"), watching.locator("nv-diagram")
    before = cards(watching)

    cut_off(watching, is_off=True)
    for replicas in ("5", "6"):
        drill(watching.context, served, watched, "scale", number=replicas)
    expect(badge).to_contain_text(re.compile(r"reconnecting in \d+ s, showing \d\d:\d\d:\d\d"))
    expect(badge).to_have_attribute("data-state", "reconnecting")
    passes(25_000)
    expect(drawing).not_to_have_class(STALE)
    passes(10_000)
    expect(drawing).to_have_class(STALE)
    expect(drawing).to_have_css("filter", "saturate(0.25)")
    drill(watching.context, served, watched, "scale", number="7")
    passes(25_000)
    assert cards(watching) == before
    cut_off(watching, is_off=False)
    passes(30_000)

    wait_until_live(watching)
    expect(watching.locator(PODS)).to_have_count(8, timeout=60_000)
    expect(drawing).not_to_have_class(STALE)
    after = cards(watching)
    assert {id_: place for id_, place in after.items() if id_ in before} == {
        id_: place for id_, place in before.items() if id_ in after
    }
    fresh = watching.context.new_page()
    open_diagram(fresh, watching.url)
    expect(fresh.locator(PODS)).to_have_count(8, timeout=60_000)
    assert shown(watching) == shown(fresh)
