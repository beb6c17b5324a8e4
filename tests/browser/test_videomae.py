"""The VideoMAE stage in a real browser: hide, paint, wait for the network, open the link again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.test_app import LOOKS, Visit
from vidcore import videomae

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("masked" not in videomae.shipped(), reason="needs the trained `masked`"),
]
HOME = "videomae?scene=Learned+world"
CALM = {"reduced_motion": "reduce"}


def shown(page: Page, name: str) -> str:
    url: str = page.locator(f"canvas.{name}").evaluate("canvas => canvas.toDataURL()")
    return url


def answered(page: Page) -> None:
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some((e) => e.shadowRoot?.querySelector("
        "'.masks:not(.waiting) canvas.filled')?.width === 48)"
    )


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_opens_filled_in_and_fits_the_screen(app: str, visit: Visit, look: str) -> None:
    page = visit(f"{app}/{HOME}", **{**CALM, **LOOKS[look]})
    answered(page)
    expect(page.locator(".share")).to_contain_text("sees 56 of 512")
    assert len({shown(page, name) for name in ("seen", "filled", "truth", "error")}) == 4
    overflow = page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]');"
        " return Math.max(m.scrollWidth - m.clientWidth,"
        " document.documentElement.scrollWidth - innerWidth); }"
    )
    assert overflow <= 0, f"{overflow} px stand out on the right"


def test_dragging_hides_at_once_and_the_network_answers_after(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{HOME}", **CALM)
    answered(page)
    filled, seen = shown(page, "filled"), shown(page, "seen")
    ratio = page.locator("input.ratio")
    ratio.evaluate(
        "(input) => { for (let k = 0; k < 20; k++)"
        " { input.value = 40 + k; input.oninput({ target: input }); } }"
    )
    expect(page.locator(".share")).to_contain_text("59 % · sees 216 of 512")  # 64 - floor(37.76)
    assert shown(page, "seen") != seen
    settle(page)
    answered(page)
    assert shown(page, "filled") != filled
    expect(page.get_by_text("216 of 512 cubes")).to_be_visible()


def test_a_painted_mask_is_in_the_link(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{HOME}", **CALM)
    answered(page)
    seen = page.locator("canvas.seen")
    seen.focus()
    page.keyboard.press("ArrowLeft")  # a cursor in the middle, then one place to the left
    expect(page.locator(".readout")).to_contain_text("place (4, 3)")
    before = "hidden at all times" in page.locator(".readout").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".readout")).to_contain_text("visible" if before else "hidden at all times")
    expect(page.get_by_role("radio", name="Painted")).to_have_attribute("aria-checked", "true")
    page.wait_for_function("() => location.search.includes('videomae_painted=')")
    settle(page)
    told = page.locator(".share").inner_text()
    again = visit(page.url, **CALM)
    answered(again)
    expect(again.locator(".share")).to_have_text(told)
    expect(again.get_by_role("radio", name="Painted")).to_have_attribute("aria-checked", "true")


def test_another_way_to_fill_the_holes_needs_no_server(app: str, visit: Visit) -> None:
    page = visit(f"{app}/{HOME}&videomae_kind=random", **CALM)
    answered(page)
    network = page.locator(".wrong").inner_text()
    page.get_by_role("radio", name="nearest visible copy").click()
    expect(page.locator(".wrong")).not_to_have_text(network)
    expect(page.locator(".by")).to_have_text("Filled in by the nearest visible copy")
    page.get_by_role("radio", name="the network", exact=True).click()
    expect(page.locator(".wrong")).to_have_text(network)
