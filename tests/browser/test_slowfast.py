"""SlowFast's stages in a real browser: sliders that answer at once, and agree with the library."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from vidcore import sampling, slowfast

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
STILL = {"reduced_motion": "reduce"}  # the stage does not play by itself


def given(page: Page) -> tuple[list[int], list[int]]:
    """Read which frames the timeline says that each pathway is given."""
    said = page.locator("canvas.timeline").get_attribute("aria-label") or ""
    slow, fast = (re.findall(r"\d+", part) for part in said.split(";"))
    return [int(t) for t in slow], [int(t) for t in fast]


def turn(slider: Locator, value: int) -> None:
    """Move a slider as a drag does: its value, then the event that follows."""
    slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", value)


def pictures(page: Page) -> list[str]:
    found: list[str] = page.locator(".clocks canvas.picture").evaluate_all(
        "all => all.map(canvas => canvas.toDataURL())"
    )
    return found


def test_the_clocks_follow_their_sliders_as_the_library_samples(app: str, visit: Visit) -> None:
    page = visit(f"{app}/slowfast?scene=Clap", **STILL)
    n, alphas = 300, (1, 2, 4, 8, 16)
    page.get_by_role("button", name="4×16, α 8").click()
    for slow, alpha, tau, start in [(4, 8, 16, 0), (8, 4, 8, 50), (7, 16, 48, 9), (1, 1, 5, 299)]:
        turn(page.locator("input.slow"), slow)
        turn(page.locator("input.alpha"), alphas.index(alpha))
        turn(page.locator("input.tau"), tau)
        turn(page.locator("input.start"), start)
        expected = sampling.slowfast(n, slow=slow, alpha=alpha, stride=tau, start=start)
        assert given(page) == tuple(indices.tolist() for indices in expected)
    expect(page).to_have_url(re.compile("slowfast_slow=1"))  # once the sliders rest
    expect(page.get_by_text("T × τ = 1 × 5 = 5")).to_be_visible()


def test_slow_holds_its_frame_while_fast_goes_on(app: str, visit: Visit) -> None:
    page = visit(f"{app}/slowfast?scene=Moving+circle", **STILL)
    page.locator(".clocks").focus()
    page.keyboard.press("Home")
    slow, fast = pictures(page)
    assert slow == fast  # both begin with the first frame
    page.keyboard.press("ArrowRight")
    held, moved = pictures(page)
    assert held == slow
    assert moved != fast
    expect(page.locator(".clocks figcaption small").first).to_have_text("frame 0 · 1/4")
    page.keyboard.press("End")
    assert len(set(pictures(page))) == 1  # and both end with the last


def test_the_bill_follows_its_sliders_as_the_library_counts(app: str, visit: Visit) -> None:
    page = visit(f"{app}/slowfast?slowfast_chapter=What+each+costs")
    total = page.locator(".cost .total strong")
    expect(total).to_have_text("36.1 G")
    for alpha, beta, at in [(16, 8, (4, 4)), (8, 4, (3, 2)), (2, 32, (1, 7))]:
        turn(page.locator(".cost input.alpha"), at[0])
        turn(page.locator(".cost input.beta"), at[1])
        layout = slowfast.Layout(4, 16, alpha, beta, 256)
        bill = slowfast.cost(layout)
        counted = (bill.multiply_adds() - bill.multiply_adds("Head")) / 1e9
        expect(total).to_have_text(f"{counted:.1f} G")
        share = bill.share("Fast")
        expect(page.locator(".cost .legend")).to_contain_text(
            f"Fast {100 * share:.{1 if share < 0.1 else 0}f} %"
        )


def test_every_chapter_fits_a_phone(app: str, visit: Visit) -> None:
    page = visit(f"{app}/slowfast", **PHONE, **STILL)
    for chapter in ("Two clocks", "What each costs", "Only Fast can tell", "As published"):
        page.get_by_role("radio", name=chapter).click()
        page.wait_for_timeout(1200)
        wide = page.evaluate(
            "() => { const m = document.querySelector('[data-testid=stMain]');"
            " return m.scrollWidth - m.clientWidth; }"
        )
        assert wide <= 0, f"{chapter}: {wide} px stand out on the right"
