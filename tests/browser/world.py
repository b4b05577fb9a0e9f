"""Clusters for the browser tests, and what the pages of a diagram show."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
CARDS = """() => Object.fromEntries(
  [...document.querySelectorAll('nv-diagram svg a[data-id]')].map((link) => [
    link.dataset.id, link.closest('g[transform]').getAttribute('transform'),
  ]))"""
SHOWN = """() => [...document.querySelectorAll('nv-diagram svg a[data-id]')]
  .map((link) => `${link.dataset.id}: ${link.getAttribute('aria-label')}`).sort()"""


@dataclass(frozen=True)
class Site:
    """A running netviz, `admin`'s password, and the environment of its commands."""

    url: str
    password: str
    environment: Mapping[str, str]

    def load(self, cluster: str, *paths: Path) -> None:
        """Load manifests into a cluster with the command line; returns when it is at rest."""
        subprocess.run(
            [sys.executable, "manage.py", "load", "--cluster", cluster, *map(str, paths)],
            cwd=ROOT,
            env=dict(self.environment),
            check=True,
            capture_output=True,
        )


def open_diagram(page: Page, address: str) -> None:
    """Open a page with a drawing and wait until it is live."""
    page.goto(address)
    expect(page.locator("nv-diagram svg a[data-id]").first).to_be_attached()
    wait_until_live(page)


def wait_until_live(page: Page) -> None:
    """Wait until the page hears of changes."""
    expect(page.locator("[data-nv=live]")).to_have_attribute("data-state", "live", timeout=20_000)


def cards(page: Page) -> dict[str, str]:
    """Return the place of every card by its id."""
    found: dict[str, str] = page.evaluate(CARDS)
    return found


def shown(page: Page) -> list[str]:
    """Return id and label of every card, sorted."""
    found: list[str] = page.evaluate(SHOWN)
    return found


def card(name: str) -> str:
    """Return the selector of a card."""
    return f'nv-diagram svg a[data-id="{name}"]'
