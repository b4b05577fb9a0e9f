"""Uploading through the form, and what hostile names do to the pages: nothing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.world import Site, card, open_diagram, shown, wait_until_live

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=alert(1)>"
HOSTILE = f"""
apiVersion: v1
kind: Pod
metadata:
  name: plain
  labels: {{app: plain}}
  annotations: {{note: "{MARKUP}", "example.com/b": "</script><script>alert(2)</script>"}}
spec:
  containers: [{{name: web, image: "{MARKUP}", ports: [{{containerPort: 80}}]}}]
---
apiVersion: v1
kind: Service
metadata: {{name: plain, annotations: {{note: "{MARKUP}"}}}}
spec: {{selector: {{app: plain}}, ports: [{{port: 80}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: "{MARKUP}"}}
spec: {{ports: [{{port: 80}}]}}
"""


def upload(tab: Page, served: Site, cluster: str, *files: Path) -> None:
    tab.goto(f"{served.url}/import?cluster={cluster}")
    expect(tab.locator("input[name=cluster]")).to_have_value(cluster)
    tab.set_input_files("input[type=file]", list(files))
    tab.get_by_role("button", name="Import", exact=True).click()


def test_an_upload_ends_in_one_line_and_the_map_draws_it(
    tab: Page, served: Site, root: Path
) -> None:
    upload(tab, served, "fresh", root / "demo" / "00-namespaces.yaml", root / "demo/20-shop.yaml")

    expect(tab.locator("[data-result]")).to_have_text(
        re.compile(r"^\d+ added · 0 updated · 0 skipped · 0 error$"), timeout=20_000
    )
    expect(tab.locator("[data-result]")).to_have_attribute("data-result", "done")

    tab.get_by_role("link", name="Map", exact=True).last.click()
    wait_until_live(tab)
    expect(tab.locator(card("Service/shop/cart"))).to_be_visible()


def test_markup_in_an_upload_is_text_wherever_it_is_shown(
    tab: Page, served: Site, tmp_path: Path
) -> None:
    file = tmp_path / "<b>hostile.yaml"
    file.write_text(HOSTILE)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", dismiss)
    upload(tab, served, "hostile", file)

    expect(tab.get_by_text(MARKUP).first).to_be_visible(timeout=20_000)
    tab.get_by_role("button", name="Keep the good ones").click()
    expect(tab.locator("[data-result=done]")).to_have_text(
        "2 added · 0 updated · 0 skipped · 1 error", timeout=20_000
    )

    for address in ("o/Pod/default/plain", "o/Pod/default/plain?tab=yaml", "events", "findings"):
        tab.goto(f"{served.url}/c/hostile/{address}")
        assert tab.locator("img, script:not([src]):not([type])").count() == 0
    open_diagram(tab, f"{served.url}/c/hostile/d/endpoints/default/plain")
    assert any(line.startswith("Pod/default/plain: Pod plain") for line in shown(tab))
    assert dialogs == []
