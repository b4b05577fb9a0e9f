"""The first thing a person does after the first run: log in with the printed password."""

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from tests.browser.world import Site

pytestmark = pytest.mark.browser


def test_the_printed_password_opens_the_admin(page: Page, served: Site) -> None:
    page.goto(f"{served.url}/admin/")
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(served.password)
    page.locator("button[type=submit]").first.click()

    expect(page).to_have_url(f"{served.url}/admin/")
    expect(page.get_by_text("Users").first).to_be_visible()


def test_the_login_page_stays_within_its_policy(page: Page, served: Site) -> None:
    requests: list[str] = []
    errors: list[str] = []

    def on_request(request: Request) -> None:
        requests.append(request.url)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("request", on_request)
    page.on("console", on_console)
    page.goto(f"{served.url}/admin/login/", wait_until="networkidle")

    assert requests
    assert [url for url in requests if not url.startswith(served.url)] == []
    assert errors == []
