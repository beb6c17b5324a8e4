"""The attention explorer in a real browser: the right patch, the right numbers."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import settle
from vidcore import attention, zoo
from vidcore.media import Clip
from vidcore.media.synthetic import GALLERY

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
COLD = 120_000  # milliseconds: the first visitor may wait for torch, on a busy machine for long
HOT = (5, 2, 6)  # slice, row, column


READ = """canvas => {
    const pen = canvas.getContext("2d"), ratio = devicePixelRatio || 1, out = [];
    const side = Math.min(116, Math.floor((canvas.width / ratio - 42) / 8));
    const at = (k, n) => ((k + 0.5) * side) / n;
    for (let t = 0; t < 8; t++) for (let r = 0; r < 8; r++) for (let c = 0; c < 8; c++) {
        const x = (t * (side + 6) + at(c, 8)) * ratio, y = at(r, 8) * ratio;
        const [R, , B] = pen.getImageData(Math.round(x), Math.round(y), 1, 1).data;
        out.push(R - B);
    }
    return out;
}"""


def maps(page: Page) -> Locator:
    return page.locator(".explorer .row.map canvas")


@pytest.fixture(scope="module")
def warm(app: str, browser: Browser) -> str:
    """Return the app once torch and the networks are loaded."""
    page = browser.new_page()
    page.goto(f"{app}/attention?attention_learned=both")
    expect(maps(page).first).to_have_attribute("data-best", re.compile(r"\d"), timeout=COLD)
    page.context.close()
    return app


def best(canvas: Locator) -> tuple[int, int, int]:
    t, y, x = (int(v) for v in str(canvas.get_attribute("data-best")).split(","))
    return t, y, x


def loaded(page: Page) -> Page:
    expect(maps(page).first).to_have_attribute("data-best", re.compile(r"\d"))
    return page


def brightness(canvas: Locator) -> np.ndarray:
    """Return how much each patch of the strip glows, red less blue at its centre: `(8, 8, 8)`."""
    values: Any = canvas.evaluate(READ)
    return np.array(values).reshape(8, 8, 8)


def test_the_hot_patch_shines_where_it_is_and_nowhere_else(warm: str, visit: Visit) -> None:
    page = loaded(visit(f"{warm}/attention?attention_test=true"))
    joint, divided, space = (maps(page).nth(k) for k in range(3))
    clip, explorer = page.locator("canvas.clip"), page.locator(".explorer")
    for fx, fy in ((0.02, 0.2), (0.55, 0.5), (0.98, 0.1)):  # a query in three frames
        box = clip.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + fx * box["width"], box["y"] + fy * box["height"])
        page.wait_for_timeout(150)
        assert best(joint) == best(divided) == HOT
        shines = brightness(joint)
        assert np.unravel_index(shines.argmax(), shines.shape) == HOT
        assert np.sort(shines.ravel())[-2] < 0.3 * shines.max()
    expect(page.locator(".verdict").nth(2)).to_contain_text("cannot reach")  # space only
    explorer.focus()
    page.keyboard.press("Home")
    for _ in range(HOT[0]):
        page.keyboard.press("PageDown")
    page.wait_for_timeout(150)
    assert best(space) == HOT  # from its own frame it can
    assert page.locator(".verdict", has_text="WRONG").count() == 0


@pytest.mark.skipif("track_joint" not in zoo.names(), reason="track_joint is not trained yet")
def test_the_browser_computes_what_the_library_computes(warm: str, visit: Visit) -> None:
    scene = GALLERY["learned_world"](action=8, radius=0.13)
    read = Clip(zoo.prepare(scene.clip, frames=16, size=48), scene.clip.fps)
    result = attention.explore(read, "track_joint")
    link = f"{warm}/attention?attention_t=2&attention_y=21&attention_x=15"
    query = (2, 21 // 6, 15 // 6)
    asked = {
        "track_joint:2:gate:both": attention.attends(result, 2, query, head="gate"),
        "track_joint:2:1:both": attention.attends(result, 2, query, head=1),
        "track_joint:0:mean:both": attention.attends(result, 0, query),
        "rollout": attention.rolled(result, query),
    }
    for picks, expected in asked.items():
        more = "attention_show=rollout" if picks == "rollout" else f"attention_picks={picks}"
        canvas = maps(loaded(visit(f"{link}&{more}"))).first
        assert best(canvas) == np.unravel_index(expected.argmax(), expected.shape), picks
        shown = float(str(canvas.get_attribute("data-weight")))
        assert shown == pytest.approx(float(expected.max()), rel=2e-3), picks


@pytest.mark.skipif("space" not in zoo.names(), reason="space is not trained yet")
def test_a_row_with_other_frames_names_them(warm: str, visit: Visit) -> None:
    frames = attention.explore(
        Clip(np.zeros((16, 48, 48, 3), dtype=np.float32), 10.0), "space"
    ).frames
    link = f"{warm}/attention?attention_learned=classify&attention_t=7&attention_y=9&attention_x=9"
    page = loaded(visit(link))
    row = page.locator(".explorer .row", has_text="Space only")
    expect(row.locator(".about")).to_contain_text(", ".join(str(t) for t in frames))
    expect(row.locator(".says")).to_contain_text(f"at frame {frames[7]}")
    joint = page.locator(".explorer .row", has_text="every patch meets")
    expect(joint.locator(".about")).not_to_contain_text("0, 2")
    expect(page.locator(".where")).to_contain_text("frame 14")


def test_keys_move_the_query_and_the_link_keeps_it(warm: str, visit: Visit) -> None:
    page = loaded(visit(f"{warm}/attention?attention_t=1&attention_y=3&attention_x=3"))
    page.locator(".explorer").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "PageDown"):
        page.keyboard.press(key)
    expect(page.locator(".where")).to_contain_text("y 9, x 15")
    page.get_by_role("radio", name="Pairs that exist").click()
    expect(page.locator(".says").first).to_contain_text("448 keys of 512")  # all but its own frame
    expect(page).to_have_url(re.compile(r"attention_t=2.*attention_show=pairs"))
    settle(page)
    again = loaded(visit(page.url))
    expect(again.locator(".where")).to_contain_text("y 9, x 15")
    expect(again.get_by_role("radio", name="Pairs that exist")).to_have_attribute(
        "aria-checked", "true"
    )


def test_the_controls_stand_on_one_line(warm: str, visit: Visit) -> None:
    page = loaded(visit(f"{warm}/attention"))
    names = ("Clip", "The networks learned to", "What happens")
    tops = page.locator("[data-testid=stMain] [data-testid=stWidgetLabel]").evaluate_all(
        "(labels, names) => labels.filter(e => names.includes(e.innerText.trim()))"
        ".map(e => e.getBoundingClientRect().top)",
        names,
    )
    assert len(tops) == len(names)
    assert max(tops) - min(tops) <= 1  # pixels
