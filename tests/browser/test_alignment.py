"""Text finds video, as a visitor meets it: every key ranks, and the browser agrees with torch."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import settle
from vidcore import alignment

pytestmark = pytest.mark.browser


def test_every_key_ranks_and_the_browser_reads_as_torch_does(
    app: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{app}/alignment")
    first = page.locator(".tile.first")
    first.wait_for()
    drawn = alignment.gallery()
    vectors = alignment.embed_clips(drawn.frames)
    for text in ("a magenta square is thrown", "something rotates to the left", "a ring"):
        page.locator(".query").fill(text)
        page.wait_for_function(
            "t => document.querySelector('.query') || true", arg=text
        )  # ranking is synchronous with the key
        shown = page.locator(".tile").evaluate_all(
            "tiles => tiles.map(t => t.getAttribute('aria-label'))"
        )
        places = [int(re.search(r"Place (\d+)", label).group(1)) for label in shown]
        cosines = [
            float(re.search(r"cosine (−?[\d.]+)", label).group(1).replace("−", "-"))
            for label in shown
        ]
        found = alignment.find(text, vectors)
        np.testing.assert_allclose(cosines, found.similarity, atol=0.0052)  # two digits are shown
        assert places.index(1) == found.order[0]


def test_a_rested_query_is_in_the_link_and_the_link_brings_it_back(
    app: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{app}/alignment")
    page.locator(".tile.first").wait_for()
    page.locator(".query").fill("a huge cyan cross spins clockwise")
    assert "not known" in page.locator(".unread").inner_text()
    page.wait_for_url(re.compile("alignment_find_query=a.huge"))
    again = visit(page.url)
    again.locator(".tile.first").wait_for()
    assert again.locator(".query").input_value() == "a huge cyan cross spins clockwise"
    assert again.locator(".tile.first").get_attribute("aria-label") == page.locator(
        ".tile.first"
    ).get_attribute("aria-label")


def test_backwards_the_cells_move_and_the_temperature_moves_the_loss(
    app: str, visit: Callable[..., Page]
) -> None:
    page = visit(f"{app}/alignment?alignment_chapter=What+the+space+knows")
    page.locator(".matrix .best").first.wait_for()
    says = page.locator(".says").inner_text()
    own = int(says.split()[0])
    assert own >= 11
    page.get_by_role("radio", name="Clips backwards").click()
    assert int(page.locator(".says").inner_text().split()[0]) < own
    page.get_by_role("radio", name="The loss").click()
    settle(page)
    page.locator(".total").wait_for()
    learned = float(page.locator(".total").inner_text())
    assert learned == pytest.approx(alignment.lesson().loss(), abs=0.0011)
    page.locator(".temperature:visible").first.fill("100")
    assert float(page.locator(".total").inner_text()) > learned


def test_a_phone_scrolls_nothing_sideways(app: str, visit: Callable[..., Page]) -> None:
    page = visit(f"{app}/alignment", viewport={"width": 390, "height": 844})
    page.locator(".tile.first").wait_for()
    for chapter in ("The loss", "Three stages"):
        wide = page.evaluate(
            "(m => m.scrollWidth - m.clientWidth)(document.querySelector('[data-testid=stMain]'))"
        )
        assert wide <= 0
        page.get_by_role("radio", name=chapter).click()
        settle(page)
