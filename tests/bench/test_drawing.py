"""Frame times of large drawings in headless Chromium, without a GPU (ux.md section 11)."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import BROWSERS, free_ports
from tests.browser.drawing import changed, opened, pages, pan


def test_large_drawings_are_painted_moved_and_changed(
    figures: dict[str, dict[str, float]],
) -> None:
    chromium = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("no Chromium")
    (port,) = free_ports(1)
    column = figures.setdefault("browser", {})
    with pages(port) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )

        def fresh() -> Page:
            return browser.new_page(viewport={"width": 1440, "height": 900})

        page = fresh()
        column["paint_ms"] = min(opened(fresh(), f"{address}/huge") for _turn in range(3))
        opened(page, f"{address}/huge")
        column["pan_ms"] = min(pan(page, 1).p95_ms for _turn in range(3))
        column["delta_ms"] = changed(page, 10)["ms"]
        page = fresh()
        column["stress_paint_ms"] = opened(page, f"{address}/stress")
        for name, zoom in (("near", 1.0), ("far", 0.2)):
            found = min(pan(page, zoom) for _turn in range(3))
            column[f"stress_{name}_ms"] = found.p95_ms
            column[f"stress_{name}_elements"] = found.most_elements
        browser.close()
    assert column["stress_near_elements"] <= 1_500
