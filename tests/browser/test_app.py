"""The app as a visitor meets it: real browser, real upload, real links."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pages._clip import UPLOAD_MB
from tests.browser.conftest import settle, started_app

pytestmark = pytest.mark.browser

PAGES = [
    *("", "motion", "sampling", "flow", "raft", "conv3d", "twostream", "slowfast", "attention"),
    *("videomae", "alignment", "sources", "about"),
]
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
# The stage draws in a shadow root; Playwright's CSS locators look into open ones.
PICTURE = "canvas.picture"
Visit = Callable[..., Page]


def picture(page: Page) -> str:
    """Return what the stage shows, as a data URL."""
    url: str = page.locator(PICTURE).first.evaluate("canvas => canvas.toDataURL()")
    return url


def paused(page: Page) -> Page:
    page.get_by_role("button", name="Pause").first.click()
    return page


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_errors_and_fits_the_screen(
    app: str, visit: Visit, name: str, look: str
) -> None:
    page = visit(f"{app}/{name}", **LOOKS[look])
    assert page.locator("[data-testid=stException]").count() == 0
    overflow = page.evaluate(
        "() => { const m = document.querySelector('[data-testid=stMain]');"
        " return Math.max(m.scrollWidth - m.clientWidth,"
        " document.documentElement.scrollWidth - innerWidth); }"
    )
    assert overflow <= 0, f"{overflow} px stand out on the right"


def test_the_first_picture_moves_without_a_click(app: str, visit: Visit) -> None:
    page = visit(app)
    before = picture(page)
    page.wait_for_timeout(500)
    assert picture(page) != before


def test_who_prefers_less_motion_gets_a_still_picture(app: str, visit: Visit) -> None:
    page = visit(app, reduced_motion="reduce")
    before = picture(page)
    page.wait_for_timeout(500)
    assert picture(page) == before
    page.get_by_role("button", name="Play", exact=True).first.click()
    page.wait_for_timeout(500)
    assert picture(page) != before


def test_the_arrow_keys_step_through_the_frames(app: str, visit: Visit) -> None:
    page = paused(visit(f"{app}/motion"))
    stage, count = page.locator(".stage").first, page.locator(".count").first
    stage.focus()
    page.keyboard.press("Home")
    expect(count).to_contain_text("t = 0 /")
    first = picture(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(count).to_contain_text("t = 2 /")
    assert picture(page) != first
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert picture(page) == first


def test_reversed_plays_the_same_frames_from_the_end(app: str, visit: Visit) -> None:
    page = paused(visit(f"{app}/motion"))
    page.locator(".stage").first.focus()
    page.keyboard.press("End")
    last = picture(page)
    page.get_by_role("radio", name="Reversed").click()
    page.locator(".stage").first.focus()
    page.keyboard.press("Home")
    assert picture(page) == last


def test_hovering_reads_the_true_pixel_of_the_square(app: str, visit: Visit) -> None:
    url = f"{app}/motion?scene=Moving+square&motion_chapter=Differences"
    page = paused(visit(url))
    page.locator(".stage").first.focus()
    page.keyboard.press("Home")
    canvas = page.locator(PICTURE).first
    box = canvas.bounding_box()
    assert box is not None
    scale = box["width"] / 64
    canvas.hover(position={"x": 5.5 * scale, "y": 25.5 * scale})  # the column that it leaves
    readout = page.locator(".readout").first
    expect(readout).to_contain_text("(t, y, x) = (0, 25, 5)")
    expect(readout).to_contain_text("RGB 1.00 1.00 1.00")
    expect(readout).to_contain_text("Differences 0.700")
    canvas.hover(position={"x": 50.5 * scale, "y": 50.5 * scale})
    expect(readout).to_contain_text("RGB 0.20 0.30 0.40")
    expect(readout).to_contain_text("Differences 0.000")


def test_a_drag_on_the_slice_measures_a_speed(app: str, visit: Visit) -> None:
    page = paused(visit(f"{app}/motion?motion_chapter=Space-time+slice&scene=Moving+circle"))
    cut = page.locator("canvas.cut")
    box = cut.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.50 * box["width"], box["y"] + box["height"] - 1, steps=4)
    page.mouse.up()
    expect(page.locator(".slope")).to_contain_text("16.0 px / 9.9")
    expect(page.locator(".slope")).to_contain_text("1.61 px per frame")


def test_a_real_upload_reaches_both_pages(app: str, visit: Visit, clips: Path) -> None:
    page = visit(f"{app}/motion")
    scene = picture(page)
    page.locator("input[type=file]").set_input_files(clips / "mmaction2_demo.mp4")
    expect(page.get_by_text("In use: 280 of 280 frames")).to_be_visible()
    settle(page)
    page.wait_for_function("() => true")
    page.wait_for_timeout(1500)
    assert picture(page) != scene
    size = page.locator(PICTURE).first.evaluate("c => [c.width, c.height]")
    assert size == [160, 96]  # the largest usual height at which all 280 frames fit
    page.get_by_role("link", name="Which frames does a model see?").click()
    expect(page.get_by_role("heading", name="Which frames does a model see?")).to_be_visible()
    settle(page)
    expect(page.get_by_text("In use: 280 of 280 frames")).to_be_visible()
    expect(page.locator(".sample")).to_have_count(5)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("is not in the link")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("audio_only.mp4", "no picture"),
        ("no_moov.mp4", "not a video that can be read"),
        ("bomb_8192x4320_3000f.mp4", "8192 x 4320"),
    ],
)
def test_a_bad_upload_is_refused_in_words_and_the_clip_stays(
    app: str, visit: Visit, clips: Path, name: str, says: str
) -> None:
    page = visit(f"{app}/motion")
    page.locator("input[type=file]").set_input_files(clips / name)
    expect(page.get_by_text(says)).to_be_visible()
    settle(page)
    expect(page.get_by_text("Scene with known motion")).to_be_visible()
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.locator(PICTURE).first.evaluate("c => c.width") == 96


def test_only_the_latest_file_is_complained_of(
    app: str, visit: Visit, clips: Path, tmp_path: Path
) -> None:
    page, large = visit(f"{app}/motion"), tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate((UPLOAD_MB + 1) * 2**20)
    drop = page.locator("input[type=file]").set_input_files
    unreadable, too_large = page.get_by_text("was not read"), page.get_by_text("or smaller")
    for path, says, silent in [
        (clips / "no_moov.mp4", unreadable, too_large),
        (large, too_large, unreadable),  # refused by the browser: the server hears nothing of it
        (clips / "empty.mp4", unreadable, too_large),
    ]:
        drop(path)
        expect(says).to_be_visible()
        expect(silent).to_be_hidden()


def test_a_long_clip_is_used_in_part_and_the_page_says_so(
    app: str, visit: Visit, clips: Path
) -> None:
    page = visit(f"{app}/motion")
    page.locator("input[type=file]").set_input_files(clips / "long10min.mp4")
    expect(page.get_by_text("Longer than 120 s")).to_be_visible()


def values(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stSlider] input[type=range],"
        " [data-testid=stSlider] [role=slider]')]"
        ".map((e) => e.getAttribute('aria-valuetext') || e.value)"
    )
    return found


def moved(page: Page, label: str, *keys: str) -> None:
    slider = page.locator("[data-testid=stSlider]", has_text=label)
    slider.locator("input[type=range], [role=slider]").first.focus()
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    settle(page)


def test_a_copied_link_opens_the_same_view_in_a_fresh_browser(app: str, visit: Visit) -> None:
    page = paused(visit(f"{app}/sampling"))
    moved(page, "Frames to take", "ArrowRight", "ArrowRight")
    page.get_by_text("Change the scene").click()
    moved(page, "Distance", "ArrowLeft")
    page.locator(".stage").first.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    for said in ("sampling_t=1", "sampling_count=10"):  # under load the link comes after the slider
        page.wait_for_function(f"() => /{said}(&|$)/.test(location.search)")
    again = visit(page.url, reduced_motion="reduce")
    assert len(values(page)) > 5  # the scene's knobs as well
    assert values(again) == values(page)
    expect(again.locator(".count").first).to_contain_text("t = 1 /")


def test_the_first_change_of_page_keeps_what_the_link_said(app: str, visit: Visit) -> None:
    page = visit(f"{app}/sampling?scene=Wheel&wheel_spokes=5")
    page.get_by_role("link", name="What makes video hard").first.click()
    expect(page).to_have_url(re.compile(r"/motion\?.*scene=Wheel.*wheel_spokes=5"))
    settle(page)
    expect(page.get_by_test_id("stSidebar").locator("input").nth(1)).to_have_value("Wheel")


def test_a_link_is_right_as_the_first_request_to_a_fresh_server(visit: Visit) -> None:
    with started_app() as base:
        page = visit(f"{base}/sampling?sampling_count=5&sampling_chapter=Timeline")
        expect(page.get_by_role("heading", name="Which frames does a model see?")).to_be_visible()
        assert page.locator("[data-testid=stSidebarNavLink]").count() == len(PAGES)
        expect(page.locator(".sample").first.locator("canvas")).to_have_attribute(
            "aria-label", "Dense, 5 frames takes frames 0, 1, 2, 3, 4"
        )


def test_junk_in_a_link_is_ignored(app: str, visit: Visit) -> None:
    junk = "motion_chapter=zz&motion_freeze=zz&motion_t=zz&scene=zz&seed=-1&motion_order=%F0%9F"
    page = visit(f"{app}/motion?{junk}")
    assert page.locator("[data-testid=stException]").count() == 0
    expect(page.locator(".count").first).to_contain_text("/ 31")


def test_presenting_hides_the_controls_and_keeps_the_figure(app: str, visit: Visit) -> None:
    page = visit(f"{app}/motion?present=1&motion_freeze=3")
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text("Freeze at frame")).to_be_hidden()
    expect(page.get_by_text("Upload a video")).to_be_hidden()


def test_presenting_lasts_from_page_to_page_until_it_is_left(app: str, visit: Visit) -> None:
    page = visit(f"{app}/?present=1")
    page.locator(".card").first.click()
    expect(page).to_have_url(re.compile(r"/motion\?.*present=1"))
    leave = page.get_by_role("button", name="Leave presenting")
    expect(leave).to_be_visible()
    expect(page.get_by_text("Upload a video")).to_be_hidden()
    settle(page)
    leave.click()
    expect(page.get_by_text("Upload a video")).to_be_visible()
    expect(page).not_to_have_url(re.compile("present"))
    for _ in range(2):  # over addresses that still ask for it
        settle(page)
        page.go_back()
        expect(page.get_by_text("Upload a video")).to_be_visible()
        expect(page).not_to_have_url(re.compile("present"))


def test_the_answers_carry_security_headers_and_bundles_are_compressed(
    app: str, visit: Visit
) -> None:
    page = visit(app)
    with page.expect_response(lambda r: "/static/js/" in r.url) as bundle:
        page.goto(f"{app}/about")
    headers = bundle.value.all_headers()
    assert headers["content-encoding"] == "gzip"
    assert headers["x-content-type-options"] == "nosniff"
    assert "object-src 'none'" in headers["content-security-policy"]


def test_the_map_names_every_page_as_the_menu_does_and_its_pictures_move(
    app: str, visit: Visit
) -> None:
    page = visit(app)
    menu = page.locator("[data-testid=stSidebarNavLink]").all_inner_texts()
    cards = page.locator(".card .title")
    assert cards.all_inner_texts() == [name.split("\n")[-1] for name in menu[1:]]
    card = page.locator(".card", has_text="Which frames does a model see?")
    card.hover()
    thumb = card.locator("canvas")
    before = thumb.evaluate("canvas => canvas.toDataURL()")
    page.wait_for_timeout(500)
    assert thumb.evaluate("canvas => canvas.toDataURL()") != before


def test_a_card_opens_its_page_on_the_same_clip(app: str, visit: Visit, clips: Path) -> None:
    page = visit(f"{app}/?scene=Wheel")  # a scene in the link is bound: st.switch_page would fail
    page.locator("input[type=file]").set_input_files(clips / "1frame.mp4")
    expect(page.get_by_text("In use: 1 of 1 frames")).to_be_visible()
    page.locator(".card", has_text="Which frames does a model see?").click()
    expect(page.get_by_role("heading", name="Which frames does a model see?")).to_be_visible()
    settle(page)
    expect(page.get_by_text("In use: 1 of 1 frames")).to_be_visible()


def test_what_is_never_reached_is_named_beside_its_row(app: str, visit: Visit) -> None:
    page = visit(f"{app}/sampling?sampling_flawed=true&sampling_count=9")
    says = page.locator(".sample .unseen").all_inner_texts()
    assert says == ["", "last 7 frames never reached", "last 5 frames never reached"]


def test_a_clip_that_is_slow_to_come_is_announced_until_it_is_there(app: str, visit: Visit) -> None:
    page = visit(f"{app}/motion?scene=square")
    note = page.locator(".stage .note").first
    expect(note).to_be_empty()
    page.route("**/arrays/**", lambda _: None)  # held until the route is gone
    page.locator(".grid [role=radio]").last.click()
    expect(note).to_have_text("Loading the clip…")
    page.unroute("**/arrays/**")
    expect(note).to_be_empty()
