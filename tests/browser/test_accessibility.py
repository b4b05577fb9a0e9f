"""Every page in every state: no rule of axe-core that matters is broken, in any theme; nothing is
wider than a screen of 320 px, which is 400 % zoom; nothing that is pressed is smaller than 24 px.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, resolve
from playwright.sync_api import Browser, BrowserContext, Page

from cluster.web.urls import urlpatterns
from tests.browser.conftest import Watch
from tests.browser.states import STATES, UNSEEN, State
from tests.browser.world import Site

pytestmark = pytest.mark.browser

DRAWN = {"map", "diagram"}
"""Pages that choose by the width of the window, once, whether they show a drawing or its table."""
ANSWERED = re.compile(r"status of 40[34]")  # some states are those of an answer that says no
AXE = "node_modules/axe-core/axe.min.js"
RUN = """([part, rules]) => axe
  .run(part, {resultTypes: ['violations'], preload: false, ...(rules ? {runOnly: rules} : {})})
  .then(({violations}) => violations
    .filter(({impact}) => impact !== 'minor')
    .map(({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 200)}`))"""
# WCAG 2.2, 2.5.8: a link within a sentence is exempt, and what its label enlarges has its size.
SMALL = """() => {
  const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary, ' +
    '[role=tab], [role=slider], [role^=menuitem], [role=option], [role=separator][tabindex]';
  const size = (element) => {
    const label = element.matches('input[type=checkbox], input[type=radio], input[type=file]')
      ? element.closest('label') : null;
    const card = element.closest('svg') ? element.querySelector('.nv-card__hit') : null;
    const { width, height, right, bottom } = (label ?? card ?? element).getBoundingClientRect();
    const around = ['::before', '::after'].map((each) => getComputedStyle(element, each))
      .filter(({ position, content }) => position === 'absolute' && content !== 'none');
    return {
      width: Math.max(width, ...around.map((each) => parseFloat(each.width) || 0)),
      height: Math.max(height, ...around.map((each) => parseFloat(each.height) || 0)),
      isSeen: right > 0 && bottom > 0 && width > 0,
    };
  };
  const isInSentence = (element) =>
    getComputedStyle(element).display === 'inline' &&
    element.parentElement.textContent.trim().length > element.textContent.trim().length + 3;
  return [...document.querySelectorAll(pressed)]
    .filter((element) => !element.disabled && element.checkVisibility({visibilityProperty: true}))
    .filter((element) => !element.matches('.skip, .sr, .sr *') && !element.closest('.yaml .l'))
    .filter((element) => {
      const { width, height, isSeen } = size(element);
      return isSeen && (width < 23.5 || height < 23.5) && !isInSentence(element);
    })
    .map((element) => `smaller than 24 px: ${element.outerHTML.slice(0, 120)}`)
    .slice(0, 5);
}"""
WIDE = """() => {
  const main = document.querySelector('main');
  return document.documentElement.scrollWidth > window.innerWidth ||
    main.scrollWidth > main.clientWidth;
}"""


@pytest.fixture(scope="module")
def context(browser: Browser, session: Any, shop: str) -> Iterator[BrowserContext]:
    """Return the context of somebody who has seen the tour."""
    with browser.new_context(storage_state=session, reduced_motion="reduce") as context:
        context.add_init_script("localStorage.setItem('nv-tour', '1')")
        yield context


@pytest.fixture(scope="module")
def watch(context: BrowserContext) -> Watch:
    """Return what pages complain of."""
    return Watch(context)


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    """Return one page for all states."""
    return context.new_page()


@pytest.fixture(scope="module")
def axe(root: Path) -> str:
    """Return the script of axe-core."""
    if not (root / AXE).exists():
        pytest.fail("axe-core is not installed; run `make js` first")
    return (root / AXE).read_text()


def test_every_address_that_shows_a_page_is_looked_at() -> None:
    names = {pattern.name for pattern in urlpatterns if isinstance(pattern, URLPattern)}
    told = {state.page for state in STATES}
    refusals = {"403", "404", "500"}

    assert told >= refusals
    assert told - refusals | UNSEEN.keys() == names
    assert told.isdisjoint(UNSEEN)
    plain = (state for state in STATES if state.then is None and state.page not in refusals)
    for state in plain:
        assert resolve(state.address.partition("?")[0], "cluster.web.urls").url_name == state.page


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_state_of_a_page_is_accessible(
    page: Page, watch: Watch, served: Site, axe: str, state: State
) -> None:
    watch.complaints.clear()
    page.set_viewport_size({"width": state.width, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(f"{served.url}{state.address}")
    if state.then:
        state.then(page)
    page.evaluate(axe)
    broken = found(page, state.part)
    broken += page.evaluate(SMALL)
    page.emulate_media(color_scheme="dark")
    broken += found(page, state.part, "color-contrast")
    if state is next(each for each in STATES if each.page == state.page):
        page.evaluate("document.documentElement.dataset.theme = 'contrast'")
        broken += found(page, state.part, "color-contrast")
    if state.then is None:
        broken += narrowed(page)

    assert broken == []
    assert [each for each in watch.complaints if not ANSWERED.search(each)] == []


def found(page: Page, part: str, *rules: str) -> list[str]:
    """Return what axe finds in a part of the page, by all of its rules or by some."""
    broken: list[str] = page.evaluate(RUN, [part, list(rules) or None])
    return broken


def test_no_page_allows_scripts_of_its_own_text(context: BrowserContext, served: Site) -> None:
    addresses = {state.address for state in STATES if state.page != "import-job"}
    for address in sorted(addresses):
        answer = context.request.get(f"{served.url}{address}")
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy.split("script-src")[1].split(";")[0], address


def narrowed(page: Page) -> list[str]:
    """Return what is wrong at 400 %: the page scrolls sideways, or what is pressed is small."""
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
    broken: list[str] = page.evaluate(SMALL)
    if page.evaluate(WIDE):
        broken.append("wider than the screen")
    return [f"at 400 %: {fault}" for fault in broken]


def test_a_drawing_that_is_first_seen_at_400_percent_does_not_scroll_sideways(
    page: Page, served: Site
) -> None:
    """Any other page is the same whether it was wide before or not."""
    page.set_viewport_size({"width": 320, "height": 256})
    broken: list[str] = []
    for state in STATES:
        if state.then is None and state.page in DRAWN:
            page.goto(f"{served.url}{state.address}")
            broken += [f"{state}: {fault}" for fault in narrowed(page)]

    assert broken == []


def test_without_scripts_drawings_are_tables_and_texts_and_no_button_is_dead(
    browser: Browser, session: Any, served: Site, shop: str
) -> None:
    broken: list[str] = []
    with browser.new_context(storage_state=session, java_script_enabled=False) as plain:
        page = plain.new_page()
        plain_ones = [state for state in STATES if state.then is None]
        first = {
            state.page if state.page != "diagram" else str(state): state
            for state in reversed(plain_ones)
        }
        for state in first.values():
            page.goto(f"{served.url}{state.address}")
            if page.locator("button[type=button]:visible").count():
                broken.append(f"{state}: a button that needs scripts")
            forms = page.locator("table:visible").count(), page.locator(".outline:visible").count()
            if page.locator("nv-diagram").count() and not all(forms):
                broken.append(f"{state}: no table or no text")

    assert broken == []
