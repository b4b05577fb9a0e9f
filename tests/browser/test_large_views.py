"""Very large drawings: what the DOM holds, and that nothing moves."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import free_ports
from tests.browser.drawing import (
    BEYOND,
    ELEMENTS,
    LOOK,
    ZOOMS,
    changed,
    opened,
    pages,
    pan,
    places,
)

pytestmark = pytest.mark.browser

MOST_ELEMENTS = 1_500  # ux.md section 11


@pytest.fixture(scope="module")
def drawings() -> Iterator[str]:
    """Return where the pages of the drawing alone are served."""
    (port,) = free_ports(1)
    with pages(port) as address:
        yield address


def test_twenty_thousand_cards_are_moved_over_with_few_elements_in_the_page(
    page: Page, drawings: str
) -> None:
    opened(page, f"{drawings}/stress")

    assert len(places(page)) >= 20_000
    assert page.evaluate(ELEMENTS) <= MOST_ELEMENTS
    for zoom in ZOOMS:
        assert pan(page, zoom, steps=21).most_elements <= MOST_ELEMENTS, f"zoom {zoom}"


def test_a_change_of_ten_cards_moves_none_that_were_there(page: Page, drawings: str) -> None:
    opened(page, f"{drawings}/huge")
    before = places(page)

    told = changed(page, 10)

    after = places(page)
    assert told["changed"] == 8
    assert "Pod/load/late" in after
    assert {id_: after[id_] for id_ in before if id_ != told["removed"]} == {
        id_: place for id_, place in before.items() if id_ != told["removed"]
    }


def test_all_cards_of_a_small_view_are_links_and_only_those_in_view_are_drawn(
    page: Page, drawings: str
) -> None:
    opened(page, f"{drawings}/huge")

    links = page.locator("nv-diagram svg a[data-id]").count()
    drawn = page.evaluate(
        "document.querySelectorAll('nv-diagram .nv-card > [aria-hidden] > *:first-child').length"
    )

    assert links == len(places(page))
    assert 0 < drawn < links / 2


def test_zoom_decides_what_a_card_shows(page: Page, drawings: str) -> None:
    opened(page, f"{drawings}/endpoints")
    svg = page.locator("nv-diagram > svg")

    for zoom, detail in ((0.6, "full"), (0.59, "name"), (0.3, "name"), (0.29, "link")):
        page.evaluate(LOOK, zoom)
        expect(svg).to_have_attribute("data-detail", detail)
        texts = page.locator("nv-diagram .nv-card text").count()
        assert (texts == 0) is (detail == "link")
    assert page.locator("nv-diagram .nv-far__cards").count() > 0


def test_only_cards_near_the_viewport_are_in_a_large_page(page: Page, drawings: str) -> None:
    opened(page, f"{drawings}/huge")
    page.evaluate(LOOK, 0.8)
    page.wait_for_timeout(200)

    beyond = page.evaluate(BEYOND, 0.25)

    assert beyond["drawn"] > 0
    assert beyond["outside"] == []
