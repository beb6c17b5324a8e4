"""A figure in a real browser: it stays in place, in the page's colours, as wide as its column."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import settle

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
COLOUR = "(element) => getComputedStyle(element).color"


@pytest.fixture
def figure(app: str, visit: Visit) -> Locator:
    """Return the first figure of a chapter with sliders."""
    page = visit(f"{app}/conv3d?conv3d_chapter=Budget")
    found = page.get_by_role("figure", name="Frames and pixels that one output sees")
    expect(found.locator(".main-svg").first).to_be_visible()
    settle(page)
    return found


def step(figure: Locator) -> None:
    """Make the clip longer by a few frames, and wait until the page has answered."""
    page = figure.page
    parameters = page.get_by_text("GMACs")
    before = parameters.inner_text()
    page.get_by_role("slider", name="Frames in").press("ArrowRight")
    expect(parameters).not_to_have_text(before)
    settle(page)


def test_a_slider_moves_what_is_drawn_and_draws_nothing_anew(figure: Locator) -> None:
    svg = figure.locator(".main-svg").first
    svg.evaluate("(element) => { element.probe = true; }")
    figure.evaluate("(box) => { box.drawn = 0; box.on('plotly_afterplot', () => box.drawn++); }")
    step(figure)
    assert svg.evaluate("(element) => element.probe")
    assert figure.evaluate("(box) => box.drawn") == 1


def test_what_the_legend_hides_stays_hidden(figure: Locator) -> None:
    hidden = "(box) => box._fullData.map((trace) => trace.visible)"
    assert figure.evaluate(hidden) == [True, True]
    figure.locator(".legendtoggle").first.click()
    expect(figure.locator(".traces").first).to_have_css("opacity", "0.5")
    step(figure)
    assert figure.evaluate(hidden) == ["legendonly", True]


def test_text_has_the_pages_colour_also_after_a_change_of_theme(figure: Locator) -> None:
    page = figure.page
    seen = set()
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        settle(page)
        ink = page.locator("h1").evaluate(COLOUR)
        label = figure.locator(".xtick text").first
        expect(label).to_have_css("fill", ink)
        seen.add(ink)
    assert len(seen) == 2


def test_a_figure_is_as_wide_as_its_column(figure: Locator) -> None:
    page = figure.page
    for width in (1280, 800, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(
            "(box) => box.querySelector('.main-svg').clientWidth === box.clientWidth",
            arg=figure.element_handle(),
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_start_page_fetches_the_script_and_the_others_find_it(app: str, visit: Visit) -> None:
    fetched = """() => performance.getEntriesByType("resource")
        .filter((entry) => entry.name.includes("scripts/plot-") && entry.responseEnd)
        .map((entry) => entry.transferSize)"""
    page = visit(app)
    page.wait_for_function(f"({fetched})().length")
    assert page.evaluate(fetched)[0] > 1_000_000
    page.get_by_role("link", name="What makes video hard").first.click()
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    assert page.evaluate(fetched)[1:] == [0]
