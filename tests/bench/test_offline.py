"""A real minute without a line, which CI does not wait for: there the page's own clock is run."""

from __future__ import annotations

from playwright.sync_api import BrowserContext

from tests.browser.conftest import admin, browser_type_launch_args, chromium, served, session
from tests.browser.offline import equals_a_fresh_load_after_a_minute_offline
from tests.browser.world import ROOT, Site

__all__ = ["admin", "browser_type_launch_args", "chromium", "served", "session"]


def test_a_page_without_a_line_for_60_s_equals_a_fresh_load(
    admin: BrowserContext, served: Site
) -> None:
    served.load("moving", ROOT / "demo")
    watching = admin.new_page()

    equals_a_fresh_load_after_a_minute_offline(
        watching, served, "moving", watching.wait_for_timeout
    )
