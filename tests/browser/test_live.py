"""What one tab changes, another shows: without reload, without moving what stands."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.offline import drill, equals_a_fresh_load_after_a_minute_offline
from tests.browser.world import ROOT, Site, card, cards, open_diagram, shown

pytestmark = pytest.mark.browser

PODS = 'nv-diagram svg a[data-id^="Pod/"]'

PULSES = """(id) => {
  const pulsing = document.querySelector(`svg a[data-id="${id}"]`).closest('.nv-card');
  const told = document.documentElement.dataset;
  let begun = null;
  new MutationObserver(() => {
    const ring = pulsing.querySelector(':scope > .is-pulse');
    const isOn = ring !== null;
    if (isOn && begun === null) {
      begun = performance.now();
      const [animation] = ring.getAnimations();
      told.animation = `${animation?.animationName} ${animation?.effect.getTiming().duration}`;
    } else if (!isOn && begun !== null) {
      told.ms = performance.now() - begun;
      told.pulses = Number(told.pulses ?? 0) + 1;
      begun = null;
    }
  }).observe(pulsing, { childList: true });
}"""
"""Notes how long a card pulses, how often, and by which animation."""


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


def test_a_page_without_a_line_for_a_minute_of_its_clock_equals_a_fresh_load(
    admin: BrowserContext, served: Site, moving: str
) -> None:
    """The minute is the page's own, run at once; `make bench` waits for a real one."""
    watching = admin.new_page()
    watching.clock.install()

    equals_a_fresh_load_after_a_minute_offline(watching, served, moving, watching.clock.run_for)


def test_a_paused_page_counts_what_waits_and_says_on_resume_what_came(
    admin: BrowserContext, served: Site, moving: str
) -> None:
    watching = admin.new_page()
    open_diagram(watching, f"{served.url}/c/{moving}/d/endpoints/shop/search")
    badge, before = watching.locator("[data-nv=live]"), shown(watching)

    watching.keyboard.press("p")
    expect(badge).to_contain_text("paused, 0 waiting")
    drill(admin, served, f"{moving}/o/Deployment/shop/search", "scale", number="4")
    expect(badge).to_contain_text(re.compile("paused, [1-9][0-9]* waiting"), timeout=15_000)
    expect(badge).to_have_attribute("data-state", "paused")
    assert shown(watching) == before
    watching.get_by_role("button", name="Resume live updates").click()

    toast = watching.locator(".toast")
    expect(toast).to_have_text(re.compile(r"^\+[1-9]\d* .0 ~\d+"))
    expect(badge).to_have_attribute("data-state", "live")
    assert shown(watching) != before


def test_what_changed_pulses_once_and_is_told_to_those_who_do_not_see_it(
    admin: BrowserContext, served: Site, moving: str
) -> None:
    watching = admin.new_page()
    open_diagram(watching, f"{served.url}/c/{moving}/d/endpoints/shop/frontend")
    ready = watching.locator(f'{PODS}[aria-label*=", ready"]').first
    name = str(ready.get_attribute("data-id"))
    watching.evaluate(PULSES, name)

    drill(admin, served, f"{moving}/o/{name}", "unready")
    expect(watching.locator("html")).to_have_attribute("data-pulses", "1", timeout=15_000)

    # A busy machine is late, but never early.
    assert 1_450 < float(watching.evaluate("document.documentElement.dataset.ms")) < 4_000
    assert watching.evaluate("document.documentElement.dataset.animation") == "nv-card-pulse 1500"
    expect(watching.locator(".sr[aria-live=polite]")).to_have_count(1)
    expect(watching.locator(".sr[aria-live=polite]")).to_have_text(re.compile(r"^\d+ changed$"))


def test_what_was_removed_is_a_ghost_for_5_s_and_its_slot_stays_empty(
    admin: BrowserContext, served: Site, moving: str
) -> None:
    watching = admin.new_page()
    watching.clock.install()
    open_diagram(watching, f"{served.url}/c/{moving}/map?lvl=L1&ns=shop")
    before = cards(watching)
    ghosts, dots = watching.locator(".nv-card--removed"), watching.locator(".nv-card__dot")

    drill(admin, served, f"{moving}/o/Service/shop/cache", "delete")
    expect(ghosts).to_have_count(1, timeout=15_000)
    expect(watching.locator(card("Service/shop/cache"))).to_have_count(0)
    drill(admin, served, f"{moving}/o/Service/shop/cache", "restore")
    drill(admin, served, f"{moving}/o/Deployment/shop/cart", "scale", number="6")
    expect(watching.locator(card("Service/shop/cache"))).to_have_count(1, timeout=15_000)
    expect(ghosts).to_have_count(0)
    assert cards(watching) == before

    drill(admin, served, f"{moving}/o/Service/shop/cache", "delete")
    expect(ghosts).to_have_count(1, timeout=15_000)
    watching.clock.run_for(6_000)
    expect(ghosts).to_have_count(0)
    del before["Service/shop/cache"]
    assert cards(watching) == before
    expect(dots).not_to_have_count(0)
    watching.clock.run_for(61_000)
    expect(dots).to_have_count(0)


def test_a_source_that_refuses_is_named(tab: Page, served: Site, moving: str) -> None:
    def refuse(socket: WebSocketRoute) -> None:
        socket.send('{"type": "error", "message": "Reading needs a login here."}')
        socket.close()

    tab.route_web_socket(re.compile("/ws/"), refuse)
    tab.goto(f"{served.url}/c/{moving}/map?lvl=L1&ns=shop")

    badge = tab.locator("[data-nv=live]")
    expect(badge).to_contain_text("source lost: Reading needs a login here.")
    expect(badge).to_have_attribute("data-state", "lost")
    expect(tab.locator(card("Service/shop/cart"))).to_be_attached()
