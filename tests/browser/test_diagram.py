"""The diagram's contract with readers, assistive tools and links (design: names and URL state)."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.world import Site, card, open_diagram

pytestmark = pytest.mark.browser

ENDPOINTS = "d/endpoints/shop/frontend"
TRANSFORM = "document.querySelector('nv-diagram .nv-world').getAttribute('transform')"

INKED = """async ([data, scale]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = new OffscreenCanvas(200 * scale, 24 * scale);
  const context = canvas.getContext('2d');
  context.drawImage(image, -24 * scale, -16 * scale);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return [image.width, image.height, new Set(pixels).size > 20];
}"""  # size, and whether the title's place holds more than the background


def test_cards_are_the_nodes_of_the_graph_as_links(tab: Page, served: Site, shop: str) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/{ENDPOINTS}")
    source = tab.locator("nv-diagram").get_attribute("data-src")
    graph = tab.request.get(f"{served.url}{source}").json()

    links = tab.locator("nv-diagram svg a[data-id][aria-label]")
    found = links.evaluate_all(
        "all => all.map((a) => [a.dataset.id, a.getAttribute('aria-label')])"
    )
    labels = dict(found)
    assert sorted(labels) == sorted(node["id"] for node in graph["nodes"])
    for node in graph["nodes"]:
        assert node["id"].startswith(f"{node['kind']}/")
        assert labels[node["id"]].startswith(f"{node['kind']} {node['name']}"), node["id"]
    assert all("label" in group for group in graph["groups"])
    pods = [node for node in graph["nodes"] if node["kind"] == "Pod"]
    assert len(pods) == 5


def test_a_card_opens_the_drawer_and_says_that_it_is_the_current_one(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/{ENDPOINTS}")
    service = tab.locator(card("Service/shop/frontend"))

    service.click()

    expect(service).to_have_attribute("aria-current", "true")
    expect(tab.locator("aside.drawer h2")).to_have_text("frontend")
    expect(tab).to_have_url(re.compile(r"sel=Service(%2F|/)shop(%2F|/)frontend"))
    tab.keyboard.press("Escape")
    expect(tab.locator("aside.drawer")).to_be_hidden()


def test_a_click_moves_nothing_from_under_the_pointer_so_a_second_one_opens(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/map?lvl=L1&ns=shop")
    target = tab.locator("nv-diagram svg a[data-id='Service/shop/frontend']")
    middle = """(a) => {
        const { x, y, width, height } = a.getBoundingClientRect();
        return [x + width / 2, y + height / 2];
    }"""
    before = target.evaluate(middle)

    target.click()

    expect(tab.locator("aside.drawer")).to_be_visible()
    tab.wait_for_timeout(300)
    assert target.evaluate(middle) == before
    tab.keyboard.press("Escape")
    expect(tab.locator("aside.drawer")).to_be_hidden()
    tab.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    assert target.evaluate(middle) == before
    tab.mouse.dblclick(*before)
    tab.wait_for_url("**/map?lvl=L2&of=shop/frontend")


def test_the_keyboard_alone_reaches_every_card_and_every_form(
    tab: Page, served: Site, shop: str
) -> None:
    open_diagram(tab, f"{served.url}/c/{shop}/{ENDPOINTS}")
    count = tab.locator("nv-diagram svg a[data-id]").count()
    expect(tab.locator('nv-diagram svg a[data-id][tabindex="0"]')).to_have_count(1)
    tab.locator('nv-diagram svg a[data-id][tabindex="0"]').focus()
    tab.keyboard.press("Home")
    focused = "document.activeElement.dataset.id"
    reached = [tab.evaluate(focused)]
    for _step in range(count - 1):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate(focused))

    assert len(set(reached)) == count
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(focused) != reached[0]
    tab.keyboard.press("Enter")
    expect(tab.locator("aside.drawer")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("v")
    expect(tab.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("v")
    expect(tab.get_by_role("tab", name="Text")).to_have_attribute("aria-selected", "true")
    tab.keyboard.press("/")
    expect(tab.locator("input[type=search]")).to_be_focused()
    tab.keyboard.press("Escape")  # closes the list
    tab.keyboard.press("Escape")  # leaves the field
    tab.keyboard.press("?")
    expect(tab.locator("dialog[open]")).to_be_visible()
    tab.keyboard.press("Escape")
    tab.keyboard.press("g")
    tab.keyboard.press("f")
    expect(tab).to_have_url(re.compile("/findings"))


def test_a_link_brings_back_filter_selection_form_and_viewport(
    tab: Page, served: Site, shop: str
) -> None:
    state = "q=kind%3Apod&hide=kind%3Aslice&sel=Service%2Fshop%2Ffrontend&vp=40,60,0.8"
    open_diagram(tab, f"{served.url}/c/{shop}/{ENDPOINTS}?{state}")

    expect(tab.locator(card("Service/shop/frontend"))).to_have_attribute("aria-current", "true")
    expect(tab.locator("aside.drawer h2")).to_have_text("frontend")
    expect(tab.locator("nv-diagram g.is-dim").first).to_be_attached()
    assert tab.evaluate(TRANSFORM) == "translate(40.00 60.00) scale(0.8000)"

    tab.get_by_role("tab", name="Table").click()
    expect(tab).to_have_url(re.compile("tab=table"))
    tab.go_back()
    expect(tab.get_by_role("tab", name="Diagram")).to_have_attribute("aria-selected", "true")


def test_the_same_link_exports_the_same_bytes(
    tab: Page, served: Site, shop: str, tmp_path: Path
) -> None:
    saved = []
    for turn in range(2):
        open_diagram(tab, f"{served.url}/c/{shop}/{ENDPOINTS}")
        tab.get_by_role("button", name="Export").click()
        with tab.expect_download() as download:
            tab.get_by_role("menuitem", name="SVG").click()
        path = tmp_path / f"{turn}.svg"
        download.value.save_as(path)
        saved.append(path.read_bytes())

    assert saved[0] == saved[1]
    text = saved[0].decode()
    assert "<title>" in text
    assert "<desc>" in text
    assert "frontend-canary" in text


def test_bitmaps_are_as_large_as_the_picture_and_show_its_texts(
    tab: Page, served: Site, shop: str, tmp_path: Path
) -> None:
    """Texts have fonts of their own, which browsers load after the picture they stand in."""
    open_diagram(tab, f"{served.url}/c/{shop}/{ENDPOINTS}")
    saved = {}
    for item in ("SVG", "PNG 1x", "PNG 2x"):
        tab.get_by_role("button", name="Export").click()
        with tab.expect_download() as download:
            tab.get_by_role("menuitem", name=item).click()
        saved[item] = tmp_path / item
        download.value.save_as(saved[item])

    svg = saved["SVG"].read_text()
    width, height = map(int, re.findall(r'<svg[^>]* width="(\d+)" height="(\d+)"', svg)[0])
    assert re.search(r"\.nv-card__meta \{[^}]*JetBrains Mono", svg)
    for item, scale in (("PNG 1x", 1), ("PNG 2x", 2)):
        picture = base64.b64encode(saved[item].read_bytes()).decode()
        assert tab.evaluate(INKED, [picture, scale]) == [width * scale, height * scale, True]


def test_on_a_phone_the_table_comes_first_and_nothing_runs_over_the_edge(
    browser: Browser, served: Site, shop: str
) -> None:
    with browser.new_context(viewport={"width": 390, "height": 800}) as phone:
        page = phone.new_page()
        page.goto(f"{served.url}/c/{shop}/{ENDPOINTS}")

        expect(page.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
        expect(page.locator("table").first).to_be_visible()
        for address in ("/", f"/c/{shop}/map", f"/c/{shop}/findings", "/import"):
            page.goto(f"{served.url}{address}")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 390, address
