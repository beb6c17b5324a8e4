"""The page on two streams in a real browser: the weight, the stack, and what both read out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from pages._chapters.twostream import generated
from vidcore import twostream
from vidcore.media.synthetic.actions import ACTIONS
from vidcore.weights import names

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
STILL = {"reduced_motion": "reduce"}
needs_weights = pytest.mark.skipif(
    not {"frame", "flow"} <= set(names("classify")), reason="frame and flow are not trained"
)


def turn(slider: Locator, value: int) -> None:
    """Move a slider as a drag does: its value, then the event that follows."""
    slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", value)


@needs_weights
@pytest.mark.parametrize("rule", ["Average answers", "Average logits"])
def test_the_dragged_weight_says_what_the_library_says(app: str, visit: Visit, rule: str) -> None:
    page = visit(f"{app}/twostream", **STILL)
    result = twostream.watch(generated(ACTIONS.index("throw"), 0, 0, 0))
    s, t = result.spatial["action"], result.temporal["action"]
    page.get_by_role("radio", name=rule).click()
    fuse = twostream.fuse if "answers" in rule else twostream.fuse_logits
    for weight in (0, 37, 50, 98, 100):
        turn(page.locator("input.weight"), weight)
        p = fuse(s, t, weight=weight / 100)
        best = ACTIONS[int(p.argmax())]
        verdict = page.locator(".verdict")
        expect(verdict).to_contain_text(f"{weight} % spatial, {100 - weight} % temporal: {best}, ")
        said = re.search(rf"{best}, ([\d.]+) %", verdict.inner_text())
        assert said is not None
        assert abs(float(said[1]) - 100 * p.max()) < 0.6  # percent, as rounded on the screen
    expect(page).to_have_url(re.compile("twostream_fusion_weight=100"))


@needs_weights
def test_a_rival_lies_beyond_the_turned_boundary_exactly_where_it_is_ahead(
    app: str, visit: Visit
) -> None:
    page = visit(f"{app}/twostream", **STILL)
    result = twostream.watch(generated(ACTIONS.index("throw"), 0, 0, 0))
    s, t = result.spatial["action"], result.temporal["action"]
    first = int(t.argmax())
    reach = [
        max(abs(p[first] - p)) / 0.85  # of the plane's half: where the farthest rival is drawn
        for p in (twostream.softmax(s), twostream.softmax(t))
    ]
    slopes = []
    for weight in (10, 50, 90, 99):
        turn(page.locator("input.weight"), weight)
        p = twostream.fuse(s, t, weight=weight / 100)
        ahead = int((p > p[first]).sum())
        said = f"{ahead} of them" if ahead else "None is on the coloured side"
        expect(page.locator(".turn figcaption")).to_contain_text(said)
        x, y = (float(page.locator(".boundary").get_attribute(f"{a}2") or 0) for a in "xy")
        w = weight / 100
        across, down = w * reach[0], (1 - w) * reach[1]
        assert x * across - y * down == pytest.approx(0, abs=1e-3)  # logits come with four digits
        slopes.append(y / x)
    assert len({round(slope, 3) for slope in slopes}) == len(slopes)


@needs_weights
def test_a_press_on_the_plot_moves_the_weight_there(app: str, visit: Visit) -> None:
    page = visit(f"{app}/twostream", **STILL)
    plot = page.locator(".plot")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": 0.25 * box["width"], "y": 60})
    expect(page.locator(".verdict")).to_contain_text("25 % spatial")
    page.locator("input.weight").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".verdict")).to_contain_text("26 % spatial")


def test_the_stack_reads_out_the_flow_of_the_library_and_its_mean(app: str, visit: Visit) -> None:
    page = visit(f"{app}/twostream?twostream_chapter=Flow+as+an+image", **STILL)
    found = twostream.fields(generated(ACTIONS.index("throw"), 0, 0, 0))
    expect(page.locator(".tile")).to_have_count(20)
    frame = page.locator("canvas.frame")
    box = frame.bounding_box()
    assert box is not None
    frame.hover(position={"x": 10.5 / 48 * box["width"], "y": 25.5 / 48 * box["height"]})
    page.get_by_role("radio", name="Channel 4: v2, down").click()
    v2, mean = found.channels[1, 1, 25, 10], found.means[1, 1]
    expect(page.locator(".readout")).to_contain_text(f"(y, x) = (25, 10): v2 = {signed(v2)} px")
    before = page.locator("canvas.large").evaluate("c => c.toDataURL()")
    page.get_by_label("Subtract each field").check()
    expect(page.locator(".readout")).to_contain_text(f"v2 = {signed(v2 - mean)} px")
    assert page.locator("canvas.large").evaluate("c => c.toDataURL()") != before


def test_fewer_fields_are_fewer_channels_and_the_keys_move_the_stack(
    app: str, visit: Visit
) -> None:
    page = visit(f"{app}/twostream?twostream_chapter=Flow+as+an+image", **STILL)
    expect(page.locator(".tile")).to_have_count(20)
    turn(page.locator("input.fields"), 3)
    expect(page.locator(".tile")).to_have_count(6)
    expect(page.locator(".channels")).to_have_text("3 fields × 2 = 6 channels")
    page.locator(".streams").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".count")).to_have_text("frames 1 to 4")
    page.keyboard.press("End")
    expect(page.locator(".count")).to_have_text("frames 12 to 15")


def signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.2f}"
