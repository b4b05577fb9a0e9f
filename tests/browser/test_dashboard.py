"""A reader's way through the dashboard: import, choose, look, try a failure, take it back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.world import Site

pytestmark = pytest.mark.browser

CLUSTER = "browser"
SERVICE = {
    "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80}]},
}  # fmt: skip
PODS = [
    {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"web-{number}", "namespace": "shop", "labels": {"app": "web"}},
        "spec": {"containers": [{"name": "main", "image": "example/web:1"}]},
    }
    for number in (1, 2)
]  # fmt: skip
BAD = {**SERVICE, "metadata": {"name": "bad", "namespace": "shop"},
       "spec": {"ports": [{"port": 70000}]}}  # fmt: skip


@pytest.fixture
def signed_in(page: Page, served: Site) -> Page:
    """Return a page whose reader is logged in as admin."""
    page.goto(f"{served.url}/login")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(served.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    return page


@pytest.fixture(scope="module")
def loaded(browser: Browser, served: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a cluster with a Service and two Pods, imported by the form."""
    with_mistake = tmp_path_factory.mktemp("upload") / "shop.json"
    with_mistake.write_text("\n".join(json.dumps(item) for item in [SERVICE, *PODS, BAD]))
    page = browser.new_page()
    page.goto(f"{served.url}/login?next=/import?cluster={CLUSTER}")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(served.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    import_file(page, served, with_mistake)
    expect(page.locator("[data-result]")).to_have_text(
        "3 added · 0 updated · 0 skipped · 1 error", timeout=30_000
    )
    page.get_by_role("button", name="Keep the good ones").click()
    expect(page.locator("[data-result=done]")).to_have_text(
        "3 added · 0 updated · 0 skipped · 1 error", timeout=30_000
    )
    page.close()
    return CLUSTER


def import_file(page: Page, served: Site, file: Path) -> None:
    page.goto(f"{served.url}/import?cluster={CLUSTER}")
    page.locator("[name=cluster]").fill(CLUSTER)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("main").get_by_role("button", name="Import").click()


@pytest.fixture
def errors(page: Page) -> Iterator[list[str]]:
    """Return what the page complained of; a test that uses it fails on any."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda m: found.append(m.text) if m.type == "error" else None)
    yield found
    assert found == []


def test_a_view_follows_what_another_page_does(
    signed_in: Page, served: Site, loaded: str, errors: list[str]
) -> None:
    view = signed_in.context.new_page()
    view.goto(f"{served.url}/c/{loaded}/d/endpoints/shop/web")
    expect(view.get_by_role("heading", level=1)).to_contain_text("2 of its 2 Pods", timeout=20_000)

    signed_in.goto(f"{served.url}/c/{loaded}/o/Pod/shop/web-1")
    signed_in.get_by_role("button", name="Make unready").click()
    expect(view.get_by_role("heading", level=1)).to_contain_text("1 of its 2 Pods", timeout=20_000)

    signed_in.get_by_role("button", name="Undo").click()
    expect(view.get_by_role("heading", level=1)).to_contain_text("2 of its 2 Pods", timeout=20_000)


def test_cards_are_links_with_names_and_the_drawer_shows_the_yaml(
    page: Page, served: Site, loaded: str, errors: list[str]
) -> None:
    page.goto(f"{served.url}/c/{loaded}/d/endpoints/shop/web")
    card = page.locator('nv-diagram svg a[data-id="Service/shop/web"][aria-label]')
    card.click()

    expect(card).to_have_attribute("aria-current", "true")
    drawer = page.get_by_role("complementary")
    drawer.get_by_role("tab", name="YAML").click()
    expect(drawer.get_by_text("kind: Service")).to_be_visible()


def test_the_three_forms_are_tabs(page: Page, served: Site, loaded: str) -> None:
    page.goto(f"{served.url}/c/{loaded}/d/endpoints/shop/web")

    page.get_by_role("tab", name="Table").click()
    expect(page.get_by_role("cell", name="web-1")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=table"))

    page.get_by_role("tab", name="Text").click()
    expect(page.locator("ol.outline")).to_contain_text("web-1")


def test_the_view_is_exported_as_a_drawing(page: Page, served: Site, loaded: str) -> None:
    page.goto(f"{served.url}/c/{loaded}/d/endpoints/shop/web")
    page.get_by_role("button", name="Export").click()

    with page.expect_download() as download:
        page.get_by_role("menuitem", name="SVG").click()

    text = Path(download.value.path()).read_text()
    assert "<title>" in text
    assert "web-1" in text


def test_search_jumps_to_an_object(page: Page, served: Site, loaded: str) -> None:
    page.goto(f"{served.url}/c/{loaded}/events")
    page.keyboard.press("/")
    page.keyboard.type("web-2")
    page.get_by_role("option", name="web-2").click()

    expect(page).to_have_url(f"{served.url}/c/{loaded}/o/Pod/shop/web-2")


def test_without_scripts_a_view_is_a_table_and_a_text(
    browser: Browser, served: Site, loaded: str
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{served.url}/c/{loaded}/d/endpoints/shop/web")

    expect(page.get_by_role("cell", name="web-1")).to_be_visible()
    expect(page.locator("ol.outline")).to_be_visible()
    expect(page.locator("nv-diagram")).to_be_hidden()
    page.close()


def test_on_a_narrow_screen_the_table_comes_first(
    browser: Browser, served: Site, loaded: str
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{served.url}/c/{loaded}/d/endpoints/shop/web")

    expect(page.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()


def test_a_theme_chosen_in_settings_replaces_that_of_the_button(page: Page, served: Site) -> None:
    page.goto(f"{served.url}/settings")
    page.get_by_role("button", name="Dark theme").click()
    page.get_by_label("Theme", exact=True).select_option("contrast")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{served.url}/learn")

    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
