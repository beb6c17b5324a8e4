"""The flow page in a real browser: what JavaScript finds is what vidcore finds, live."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from vidcore import flow

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
TOLERANCE = 1e-6  # pixels: both sum the same numbers in float64, in another order
STILL = {"reduced_motion": "reduce"}
EXPORT = """section => {
  const { pair: [prev, next], solved, state } = section.stage, fields = {};
  for (const [name, { field }] of Object.entries(solved))
    fields[name] = { u: [...field.u], v: [...field.v], valid: [...field.valid] };
  return { W: prev.W, H: prev.H, prev: [...prev.a], next: [...next.a], state, fields };
}"""
REFERENCE = {
    "step": lambda a, b, s: flow.lucas_kanade(a, b, window=s["window"]),
    "iterated": lambda a, b, s: flow.pyramidal_lucas_kanade(
        a, b, window=s["window"], iterations=5, levels=1
    ),
    "pyramid": lambda a, b, s: flow.pyramidal_lucas_kanade(a, b, window=s["window"]),
    "smooth": lambda a, b, s: flow.horn_schunck(a, b, alpha=s["alpha"]),
}


def settled(page: Page) -> dict[str, Any]:
    """Wait until every method has answered for the pair on show; return pair and answers."""
    stage = page.locator("section.flow")
    stage.wait_for()
    page.wait_for_function(
        "section => { const s = section.stage; return s.pair && !s.busy"
        " && Object.values(s.solved).length === 4"
        " && Object.values(s.solved).every((answer) => answer.pair === s.pair); }",
        arg=stage.element_handle(),
    )
    exported: dict[str, Any] = stage.evaluate(EXPORT)
    return exported


@pytest.mark.parametrize(
    "link",
    [
        "flow_u=5.3&flow_v=-2.2",
        "flow_object=plain&flow_u=1.4&flow_v=0.7&flow_window=5&flow_alpha=0.03",
        "flow_object=clip&flow_t=3&scene=Two+layers&flow_window=15",
    ],
)
def test_the_browsers_flow_is_vidcores_flow(app: str, visit: Visit, link: str) -> None:
    seen = settled(visit(f"{app}/flow?{link}", **STILL))
    prev, next_ = (np.array(seen[k]).reshape(seen["H"], seen["W"]) for k in ("prev", "next"))
    assert np.ptp(prev) > 0.1
    for name, reference in REFERENCE.items():
        expected = reference(prev, next_, seen["state"])
        u, v, valid = (
            np.array(seen["fields"][name][k]).reshape(prev.shape) for k in ("u", "v", "valid")
        )
        np.testing.assert_array_equal(valid.astype(bool), expected.valid, err_msg=name)
        np.testing.assert_allclose(u, expected.flow[..., 0], atol=TOLERANCE, err_msg=name)
        np.testing.assert_allclose(v, expected.flow[..., 1], atol=TOLERANCE, err_msg=name)


def test_a_drag_aims_the_arrow_and_the_methods_follow_while_it_moves(
    app: str, visit: Visit
) -> None:
    page = visit(f"{app}/flow", **STILL)
    before = settled(page)
    pane = page.locator("section.flow .pane").first
    box = pane.bounding_box()
    assert box is not None
    scale = box["width"] / 64
    pictures = page.locator("section.flow canvas.pixels")
    step = pictures.nth(4)
    seen = {step.evaluate("canvas => canvas.toDataURL()")}
    page.mouse.move(box["x"] + 32 * scale, box["y"] + 32 * scale)
    page.mouse.down()
    for pixels in (2, 4, 6):
        page.mouse.move(box["x"] + (32 + pixels) * scale, box["y"] + 32 * scale)
        page.wait_for_timeout(150)
        seen.add(step.evaluate("canvas => canvas.toDataURL()"))
    assert len(seen) == 4  # a new picture at every move, before the button is let go
    page.mouse.up()
    after = settled(page)
    assert after["state"]["u"] == pytest.approx(6, abs=0.3)
    assert after["state"]["v"] == pytest.approx(0, abs=0.3)
    middle = np.s_[24:40, 24:40]
    found = np.array(after["fields"]["pyramid"]["u"]).reshape(64, 64)[middle]
    assert np.median(found) == pytest.approx(after["state"]["u"], abs=0.3)
    assert before["state"]["u"] == 3
    page.wait_for_function("() => location.search.includes('flow_u=')")
    page.locator("section.flow .handle").focus()
    page.keyboard.press("ArrowDown")
    assert settled(page)["state"]["v"] == pytest.approx(after["state"]["v"] + 0.5)


def test_a_symbol_shows_its_array_and_its_value_at_the_pointed_pixel(
    app: str, visit: Visit
) -> None:
    page = visit(f"{app}/flow?flow_chapter=The+aperture", **STILL)
    section = page.locator("section.aperture")
    expect(section.locator(".verdict")).to_contain_text("Edge")
    expect(section.locator(".verdict")).to_contain_text("λ₁ = 2.50, λ₂ = 0;")
    expect(section.locator(".plane .beside")).to_contain_text("normal flow (1.00, 0)")
    section.get_by_role("radio", name="Corner", exact=True).click()
    expect(section.locator(".verdict")).to_contain_text("Corner")
    windows = flow.apertures(flow.first_lesson().clip)
    x, y = windows.corner
    u, v = windows.flow[y, x]
    said = section.locator(".plane .beside").inner_text().replace("−", "-")
    found = [float(n) for n in said.split("(")[1].split(")")[0].split(",")]
    np.testing.assert_allclose(found, [u, v], atol=0.006)  # printed with two decimals
    picture = section.locator("canvas.pixels").first
    plain = picture.evaluate("canvas => canvas.toDataURL()")
    symbol = section.locator("[data-symbol=Syy]").first
    symbol.focus()
    assert picture.evaluate("canvas => canvas.toDataURL()") != plain
    Syy = flow.structure_tensor(windows.Ix, windows.Iy, window=5)[2]
    expect(section.locator(".meaning")).to_contain_text(f"here {Syy[y, x]:.2f}")
    page.keyboard.press("Enter")
    expect(symbol).to_have_attribute("aria-pressed", "true")


def test_every_chapter_fits_a_phone(app: str, visit: Visit) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    page = visit(f"{app}/flow?scene=Moving+square", **phone, **STILL)
    page.set_default_timeout(60_000)  # every method is timed, RAFT's library loaded on the way
    for chapter in ("The aperture", "Horn–Schunck", "Your clip", "Measured", "Drag the motion"):
        page.get_by_role("radio", name=chapter).click()
        settle(page)
        overflow = page.evaluate(
            "() => { const m = document.querySelector('[data-testid=stMain]');"
            " return m.scrollWidth - m.clientWidth; }"
        )
        assert overflow <= 0, f"{chapter}: {overflow} px stand out on the right"
        assert page.locator("[data-testid=stException]").count() == 0
